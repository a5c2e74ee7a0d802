/* SPDX-License-Identifier: MIT */
/* What functions written in Python do that is no single operation of values: raising any object, taking `name, *args`.
 * For the files of manager/ only. */
#ifndef REF_MANAGER_PYTHON_H
#define REF_MANAGER_PYTHON_H

#include "ref/value/types.h"

/* A method body, and arguments that it does not look at. */
#define METHOD(name)                                                                                                   \
    static struct value *name(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,             \
                              struct value *kwds)
#define UNUSED (void)ctx, (void)self, (void)argv, (void)argc, (void)kwds

/* The arguments from the i-th on, a new tuple. */
struct value *python_rest(struct ctx *ctx, struct value *const *argv, size_t argc, size_t i);
/* def method(self, *args): no keyword is known. 0, or -1 after raising. qualname is "Class.method", or the name of a
 * plain function. */
int python_no_keywords(struct ctx *ctx, const char *qualname, struct value *kwds);
/* def method(self, name, *args): name, borrowed, from the front or from kwds; *rest is where args begins. NULL after
 * raising. */
struct value *python_first(struct ctx *ctx, const char *qualname, const char *name, struct value *const *argv,
                           size_t argc, struct value *kwds, size_t *rest);
/* The stop of itertools.islice: 0, or -1 after raising ValueError in its words. */
int python_islice_stop(struct ctx *ctx, struct value *stop, size_t *count);
/* raise v: an instance, or a class, which is called. Always NULL. */
void *python_raise(struct ctx *ctx, struct value *v);
/* raise module.name(): always NULL. The class is one that the imitated version has. */
void *python_raise_class(struct ctx *ctx, const char *module, const char *name);
/* An instance of an exception class that only the fixtures' module knows, args consumed. */
struct value *python_exception_take(struct ctx *ctx, const char *module, const char *name, struct value *args);
/* getattr(builtins, name): 0, or -1 after raising. */
int python_find_builtin(struct ctx *ctx, struct value *name);
/* getattr(builtins, name)(*args): new, or NULL after raising. */
struct value *python_builtin(struct ctx *ctx, struct value *name, struct value *args);

#endif
