/* SPDX-License-Identifier: MIT */
/* Python's `function(*args, **kwds)` with arguments that came over the wire, and so may be anything: how CPython turns
 * them into a tuple and a dict, and what it says where that fails (CALL_FUNCTION_EX, LIST_EXTEND, DICT_MERGE in
 * Python/ceval.c). */
#ifndef REF_MANAGER_CALL_H
#define REF_MANAGER_CALL_H

#include "ref/value/types.h"

/* A function as messages name it. */
struct callee {
    const struct method *row;
    const char *module, *class; /* where the class of a function written in Python was defined, and its name; class
                                 * NULL: a function outside of classes */
    struct value *object;       /* what is no function, and is shown by its str; else NULL */
};

/* The row that getattr(object, name) finds for a C type, with the class that defines it. False if there is none. */
bool callee_find(struct callee *out, const struct value *object, const char *name, int compat);
/* After an attempt to iterate over args, or before one: is it what cannot be iterated? What a proxy raised that cannot
 * be, is then dropped, so that the caller may say it in the words of its place. */
bool call_no_iterable(struct ctx *ctx, const struct value *args);
/* func(*args, **kwds) of a function or another object, before func is known to take them, or to be callable at all:
 * args as a new tuple, kwds (NULL: none) as a new dict. 0, or -1 after raising. */
int call_arguments(struct ctx *ctx, struct value *func, bool is_function, struct value *args, struct value *kwds,
                   struct value **tuple, struct value **dict);
/* row(*first, *args, **kwds) on self; first is a tuple or NULL. New, or NULL after raising. */
struct value *callee_call(struct ctx *ctx, const struct callee *f, struct value *self, struct value *first,
                          struct value *args, struct value *kwds);

#endif
