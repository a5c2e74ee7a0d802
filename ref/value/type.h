/* SPDX-License-Identifier: MIT */
/* What a type is: a constant table of slots, where a missing slot means "unsupported", and a table of methods, whose
 * rows say how they are called and in which versions they exist.  `--compat` is a filter over rows. */
#ifndef REF_VALUE_TYPE_H
#define REF_VALUE_TYPE_H

#include "ref/value/value.h"

/* How CPython checks the arguments, which decides the wording of TypeError. */
enum call_style {
    CALL_NO_ARGS,    /* METH_NOARGS:  "list.reverse() takes no arguments (1 given)" */
    CALL_ONE,        /* METH_O:       "list.append() takes exactly one argument (0 given)" */
    CALL_POSITIONAL, /* METH_VARARGS or FASTCALL without names: "pop expected at most 1 argument, got 2" */
    CALL_KEYWORDS,   /* Argument Clinic with names: "sort() takes at most 2 keyword arguments …" */
    CALL_SLOT,       /* a slot wrapper such as __len__: "expected 0 arguments, got 1" */
    CALL_PYTHON,     /* written in Python: "Value.set() missing 1 required positional argument: 'value'" */
    CALL_ANY,        /* takes everything; the function looks itself */
    CALL_VARARGS     /* METH_VARARGS: as CALL_POSITIONAL, but "union() takes no keyword arguments", without the class */
};

/* argv has the positional arguments, then, for styles with names, the keyword ones in the order of the row's
 * parameters, NULL where not given. argc counts them all (for CALL_KEYWORDS and CALL_PYTHON: the parameters, and with
 * max -1 what was given beyond them). For CALL_ANY kwds is the dict or NULL. Returns new, or NULL after raising. */
typedef struct value *method_fn(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,
                                struct value *kwds);

struct method {
    const char *name;
    enum call_style style;
    short min, max;     /* positional arguments without self; max -1: any number (*args; not for CALL_KEYWORDS) */
    short since, until; /* CPython versions (313), 0: no bound; until is the last that has it */
    /* Names for CALL_KEYWORDS and CALL_PYTHON, without self: "a b *c d!". From the one with "*" on they are
     * keyword-only; a "!" behind a keyword-only one makes it required (of the others the first min are). Else NULL. */
    const char *parameters;
    method_fn *call;
};

typedef int visit_fn(struct value *item, void *arg);

struct type {
    const char *name;        /* as messages show it: type.__name__, with the module before it for array.array */
    const char *module;      /* type.__module__, "builtins" for most */
    const struct type *base; /* NULL for those directly under object. Methods are inherited, slots are not: a derived
                                type names them again. */
    size_t size;             /* bytes of the struct, for value_new */
    void (*destroy)(struct value *v);                             /* releases what it holds, not v itself */
    int (*traverse)(struct value *v, visit_fn *visit, void *arg); /* containers: calls visit for each reference held */
    void (*clear)(struct value *v); /* containers: drops the references, to break a cycle */
    int (*truth)(struct ctx *ctx, struct value *v);
    /* 1, 0, -1, or COMPARE_UNSUPPORTED (Python's NotImplemented) */
    int (*compare)(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b);
    int (*hash)(struct ctx *ctx, struct value *v,
                int64_t *out); /* NULL: by identity if hash_by_identity, else unhashable */
    bool hash_by_identity;
    struct value *(*repr)(struct ctx *ctx, struct value *v); /* NULL: <module.name object at 0x…> */
    struct value *(*str)(struct ctx *ctx, struct value *v);  /* NULL: as repr */
    ssize_t (*length)(struct ctx *ctx, struct value *v);
    struct value *(*get_item)(struct ctx *ctx, struct value *v, struct value *key);
    int (*set_item)(struct ctx *ctx, struct value *v, struct value *key, struct value *item); /* item NULL: delete */
    int (*contains)(struct ctx *ctx, struct value *v, struct value *item);
    /* called for either operand; new, NULL after raising, or &value_not_implemented */
    struct value *(*binary)(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b);
    struct value *(*iter)(struct ctx *ctx, struct value *v);
    struct value *(*next)(struct ctx *ctx, struct value *it);
    struct value *(*get_attr)(struct ctx *ctx, struct value *v, const char *name);
    int (*set_attr)(struct ctx *ctx, struct value *v, const char *name, struct value *item); /* item NULL: delete */
    const struct method *methods; /* ends with {0}; NULL: none */
    const char *(*name_of)(
        const struct value *v); /* type(v).__name__ where one C type stands for many Python classes; NULL: name */
    /* what pickle writes in the object's place, as __reduce_ex__ would tell: a new opaque instance, or NULL after
     * raising; without it an object that pickle does not know is TypeError "cannot pickle 'X' object" */
    struct value *(*reduce)(struct ctx *ctx, struct value *v);
};

enum { COMPARE_UNSUPPORTED = 2 };

/* A new zeroed object of the type with one reference, known to the cycle collector if the type has traverse; NULL after
 * MemoryError. */
struct value *value_new(struct ctx *ctx, const struct type *type);
/* Is v of this type or of one derived from it? */
bool value_is(const struct value *v, const struct type *type);
/* Finds a row by name that exists in the version, in type or its bases; NULL if none. */
const struct method *type_find_method(const struct type *type, const char *name, int compat);
/* Checks the arguments against the row as CPython would, then calls it. type_name stands before the dot in messages. A
 * plain function, outside any class, has type_name NULL (then no self is counted among the arguments). args is a tuple
 * or NULL, kwds a dict or NULL. */
struct value *method_call(struct ctx *ctx, const struct method *m, const char *type_name, struct value *self,
                          struct value *args, struct value *kwds);

#endif
