/* SPDX-License-Identifier: MIT */
/* Constructors and accessors of each type: what pickle, manager, proxy and programs use. Bodies of the structs are
 * private to value/.  Ownership and errors as in value.h: constructors return new, or NULL after raising MemoryError
 * (or what they say). */
#ifndef REF_VALUE_TYPES_H
#define REF_VALUE_TYPES_H

#include <stdarg.h>

#include "ref/value/type.h"

/* ---- int.c (bool is value_true, value_false; is an int too) */
extern const struct type int_type, bool_type;
/* From -5 to 256, since 3.15 to 1024, there is one immortal object each, as in CPython. */
struct value *int_new(struct ctx *ctx, int64_t n);
struct value *int_new_unsigned(struct ctx *ctx, uint64_t n);
/* From little-endian two's complement, as LONG1 and LONG4 carry it; size 0 is 0. */
struct value *int_new_bytes(struct ctx *ctx, const unsigned char *data, size_t size);
/* From decimal text with optional sign, whole; ValueError otherwise (as int(text) words it). As int(text) it allows for
 * white space around and underscores between digits; but without the limit of digits. */
struct value *int_new_decimal(struct ctx *ctx, const char *text, size_t size);
/* int(text) as a program has it: ValueError also beyond LIMIT_INT_DIGITS. */
struct value *int_new_literal(struct ctx *ctx, const char *text, size_t size);
bool int_check(const struct value *v); /* int or bool */
/* Does it fit? Then *out. False raises nothing. */
bool int_peek_i64(const struct value *v, int64_t *out);
/* Its shortest little-endian two's complement bytes into b (nothing for 0), as CPython's LONG1 writes it. */
int int_to_bytes(struct ctx *ctx, const struct value *v, struct buf *b);
/* Decimal text into b, without a digit limit. 0, or -1 after MemoryError. */
int int_to_decimal(struct ctx *ctx, const struct value *v, struct buf *b);
/* Python's index protocol: an int from v, clipped to ssize_t if clip, else IndexError "cannot fit 'int' into an
 * index-sized integer"; TypeError
 * "'str' object cannot be interpreted as an integer" if it is none. 0, or -1 after raising. */
int int_as_index(struct ctx *ctx, struct value *v, bool clip, ssize_t *out);

/* ---- float.c, complex.c */
extern const struct type float_type, complex_type;
struct value *float_new(struct ctx *ctx, double x);
double float_peek(const struct value *v);
struct value *complex_new(struct ctx *ctx, double real, double imag);
void complex_peek(const struct value *v, double *real, double *imag);
/* Shortest decimal that reads back, as repr(float) writes it; buffer of at least 32 bytes. */
void float_format(double x, char *out);

/* ---- str.c: UTF-8, where lone surrogates are three bytes each (U+D800 … U+DFFF); NUL is a character like any other.
 * As in CPython there is one immortal object for '' and for each character up to U+00FF (and for b'' and each single
 * byte). */
extern const struct type str_type;
struct value *str_new(struct ctx *ctx, const char *utf8, size_t size); /* UnicodeDecodeError if it is not such UTF-8 */
struct value *str_new_text(struct ctx *ctx, const char *text);
/* before + v + after, whatever v holds: "%s" would end at a NUL. */
struct value *str_between(struct ctx *ctx, const char *before, const struct value *v, const char *after);
struct value *str_printf(struct ctx *ctx, const char *format, ...) PRINTF_LIKE(2, 3);
struct value *str_new_latin1(struct ctx *ctx, const unsigned char *data, size_t size);
bool str_check(const struct value *v);
/* The bytes, NUL-terminated, valid as long as v; *size may be NULL. */
const char *str_peek(const struct value *v, size_t *size);
bool str_equals(const struct value *v, const char *text); /* also false if v is no str */
size_t str_length(const struct value *v);                 /* code points */
/* The one str object per runtime for this text, for names that recur (so that the pickle memo sees one object). New
 * reference. */
struct value *str_intern(struct ctx *ctx, const char *text);

/* ---- bytes.c, bytearray.c */
extern const struct type bytes_type, bytearray_type;
struct value *bytes_new(struct ctx *ctx, const void *data, size_t size);
struct value *bytearray_new(struct ctx *ctx, const void *data, size_t size);
const unsigned char *bytes_peek(const struct value *v, size_t *size); /* of bytes or bytearray */

/* ---- tuple.c */
extern const struct type tuple_type;
extern struct value *const tuple_empty; /* (), immortal */
/* A tuple with n empty slots; fill each with tuple_set_take before anyone sees it. n 0 gives (). */
struct value *tuple_new(struct ctx *ctx, size_t n);
void tuple_set_take(struct value *tuple, size_t i, struct value *item);
/* Of the n objects given as arguments, each consumed; NULL among them passes through as NULL (the others are released).
 */
struct value *tuple_pack_take(struct ctx *ctx, size_t n, ...);
struct value *tuple_pack_list_take(struct ctx *ctx, size_t n, va_list items);
size_t tuple_length(const struct value *tuple);
struct value *tuple_peek(const struct value *tuple, size_t i);
/* From any iterable: tuple(v). */
struct value *tuple_from(struct ctx *ctx, struct value *v);

/* ---- list.c */
extern const struct type list_type;
struct value *list_new(struct ctx *ctx);
/* Appends item, consuming it; 0, or -1 after raising. */
int list_push_take(struct ctx *ctx, struct value *list, struct value *item);
size_t list_length(const struct value *list);
struct value *list_peek(const struct value *list, size_t i);
struct value *list_from(struct ctx *ctx, struct value *iterable); /* list(v) */
int list_extend_from(struct ctx *ctx, struct value *list, struct value *iterable);
/* list.sort(key=None, reverse=False); stable. */
int list_sort_in_place(struct ctx *ctx, struct value *list, bool reverse);

/* ---- dict.c: insertion order */
extern const struct type dict_type;
struct value *dict_new(struct ctx *ctx);
size_t dict_length(const struct value *dict);
/* Borrowed value, or NULL with or without raising (unhashable key). */
struct value *dict_get_peek(struct ctx *ctx, struct value *dict, struct value *key);
struct value *dict_get_text_peek(struct ctx *ctx, struct value *dict, const char *key);
int dict_set(struct ctx *ctx, struct value *dict, struct value *key, struct value *item);
int dict_set_text_take(struct ctx *ctx, struct value *dict, const char *key, struct value *item);
int dict_delete(struct ctx *ctx, struct value *dict, struct value *key); /* KeyError if missing */
/* Walks the entries: start with *position 0; false at the end. key and item are borrowed; the dict must not change
 * meanwhile. */
bool dict_next_peek(const struct value *dict, size_t *position, struct value **key, struct value **item);
struct value *dict_from(struct ctx *ctx, struct value *mapping_or_pairs,
                        struct value *kwds); /* dict(v, **kwds); either may be NULL */
int dict_update_from(struct ctx *ctx, struct value *dict, struct value *mapping_or_pairs);
/* The entries of what has a method `keys`, also a proxy: 1, 0 if other has none, -1 after raising. */
int dict_update_mapping(struct ctx *ctx, struct value *dict, struct value *other);

/* ---- set.c */
extern const struct type set_type, frozenset_type;
struct value *set_new(struct ctx *ctx);
struct value *frozenset_new(struct ctx *ctx); /* fill with set_add before anyone sees it */
int set_add(struct ctx *ctx, struct value *set, struct value *item);
/* The hash of an element, with what CPython says if it has none: 0, or -1 after raising. */
int set_hash_element(struct ctx *ctx, struct value *key, int64_t *out);
size_t set_length(const struct value *set);
bool set_next_peek(const struct value *set, size_t *position, struct value **item);
struct value *set_from(struct ctx *ctx, struct value *iterable, bool frozen);

/* ---- range.c, slice.c */
extern const struct type range_type, slice_type;
/* range(start, stop, step): ints of any size; ValueError "range() arg 3 must not be zero". Arguments borrowed. */
struct value *range_new(struct ctx *ctx, struct value *start, struct value *stop, struct value *step);
struct value *slice_new(struct ctx *ctx, struct value *start, struct value *stop, struct value *step);
/* The three members, borrowed; part 0 start, 1 stop, 2 step. */
struct value *range_peek(const struct value *range, unsigned part);
struct value *slice_peek(const struct value *slice, unsigned part);
/* slice.indices as PySlice_Unpack and PySlice_AdjustIndices: *start, *step for walking, returns how many; -1 after
 * raising. */
ssize_t slice_resolve(struct ctx *ctx, struct value *slice, ssize_t length, ssize_t *start, ssize_t *step);

/* ---- array.c: array.array, typecodes b B u w h H i I l L q Q f d, native sizes and order */
extern const struct type array_type;
/* From a typecode and raw machine bytes (ValueError as array.array words it), or from any iterable of items. */
struct value *array_new_bytes(struct ctx *ctx, char typecode, const void *data, size_t size);
struct value *array_from(struct ctx *ctx, char typecode, struct value *iterable);
/* array.array(typecode, initial) with everything it says about a wrong typecode. */
struct value *array_create(struct ctx *ctx, struct value *typecode, struct value *initial);
char array_typecode(const struct value *v);
const unsigned char *array_peek(const struct value *v, size_t *size);
size_t array_length(const struct value *v);
struct value *array_item(struct ctx *ctx, const struct value *v, size_t i);

/* ---- iter.c: iterators over lists, tuples, dicts, sets, ranges, strings; list_reverseiterator and the like know how
 * pickle writes them */
extern const struct type list_iterator_type, list_reverse_iterator_type, dict_key_iterator_type;
/* The `iter` slot of list, tuple, dict, set, frozenset, range, str, bytes, bytearray and array: the iterator of that
 * type. */
struct value *iter_new(struct ctx *ctx, struct value *v);
/* reversed(v) of a list, tuple, dict, str, bytes, range; TypeError "'set' object is not reversible" otherwise. */
struct value *iter_reversed(struct ctx *ctx, struct value *v);
/* What the iterator's __reduce__ gives: a tuple (function global, args[, state]); NULL with TypeError "cannot pickle
 * 'X' object" if it has none. */
struct value *iter_reduce(struct ctx *ctx, struct value *it);
/* Its __setstate__: 0, or -1 after raising (AttributeError if it has none). */
int iter_set_state(struct ctx *ctx, struct value *it, struct value *state);

/* ---- global.c: a class or function by name, the only thing a pickle's GLOBAL makes. Two with the same names are the
 * same. */
extern const struct type global_type;
struct value *global_new(struct ctx *ctx, const char *module, const char *qualname);
const char *global_module(const struct value *v);
const char *global_qualname(const struct value *v);
bool global_is(const struct value *v, const char *module, const char *qualname); /* false also if v is no global */

/* ---- opaque.c: an instance of a class that C does not know, held as its reduction and written back the same */
extern const struct type opaque_type;
enum opaque_form { OPAQUE_REDUCE, OPAQUE_NEWOBJ, OPAQUE_NEWOBJ_EX };
/* callable(*args) or cls.__new__(cls, *args, **kwds): callable is a global (or any value), args a tuple, kwds a dict or
 * NULL. */
struct value *opaque_new(struct ctx *ctx, enum opaque_form form, struct value *callable, struct value *args,
                         struct value *kwds);
/* What follows the creation, in order: BUILD state, APPENDS items, SETITEMS pairs, ADDITEMS elements, and a call
 * setter(self, state), whose result is dropped (the sixth item of a reduction): first is the setter, second the state.
 */
enum opaque_step { OPAQUE_BUILD, OPAQUE_APPEND, OPAQUE_SET_ITEM, OPAQUE_ADD, OPAQUE_SETTER };
/* Records one step; second is the value for OPAQUE_SET_ITEM and OPAQUE_SETTER, else NULL. 0, or -1 after raising. */
int opaque_record(struct ctx *ctx, struct value *v, enum opaque_step step, struct value *first, struct value *second);
enum opaque_form opaque_form_of(const struct value *v);
struct value *opaque_callable_peek(const struct value *v);
struct value *opaque_args_peek(const struct value *v);
struct value *opaque_kwds_peek(const struct value *v); /* NULL if none */
size_t opaque_steps(const struct value *v);
enum opaque_step opaque_step_peek(const struct value *v, size_t i, struct value **first, struct value **second);
/* The class: the callable if it looks like one, or args[0] of copyreg._reconstructor / __newobj__. Borrowed global or
 * NULL. */
struct value *opaque_class_peek(const struct value *v);
/* False if its class is known to be no exception. */
bool opaque_may_be_raised(const struct value *v);

/* ---- functions.c, functions_*.c: the functions and classes that C can call itself, for sort keys, pools and the like:
 * len, abs, str, operator.neg, math.sqrt, … */
/* Functions of a module that a program adds: rows end with {0}; they are called with None as self. */
struct library {
    struct library *next;
    const char *module;
    const struct method *rows;
};
/* Adds a library, before anything is called; takes it away. */
void function_register(struct runtime *rt, struct library *l);
void function_unregister(struct runtime *rt, struct library *l);
/* The module operator as an object: the functions of C's table are its methods. Immortal. */
extern struct value value_operator_module;
/* The module of a function as messages name it: CPython knows operator.add as that of _operator. */
const char *function_module(const struct ctx *ctx, const struct value *function);
/* Can the function be called here? */
bool function_known(const struct ctx *ctx, const struct value *function);
/* function(*args, **kwds): TypeError if it is no global, or one that is not known here. args a tuple, kwds a dict or
 * NULL. */
struct value *function_call(struct ctx *ctx, struct value *function, struct value *args, struct value *kwds);
/* Whether there is such a function, or class of exceptions, for a global: 0, or -1 after raising what a call of it
 * would raise. */
int function_check(struct ctx *ctx, const struct value *function);

/* ---- exception.c, exceptions.def: the built-in hierarchy, and the few others that the protocol sends (queue,
 * threading, multiprocessing) */
extern const struct type exception_type;
struct exception_class; /* one row of exceptions.def */
/* The class by Python's name, e.g. ("builtins", "KeyError"), ("_queue", "Empty"); NULL if unknown or not in the
 * version. */
const struct exception_class *exception_class_find(const char *module, const char *name, int compat);
const char *exception_class_name(const struct exception_class *c);
const char *exception_class_module(const struct exception_class *c);
const struct exception_class *exception_class_base(const struct exception_class *c); /* NULL for BaseException */
/* The i-th of __mro__: 0 is c itself; NULL behind BaseException. */
const struct exception_class *exception_class_mro(const struct exception_class *c, unsigned i);
bool exception_class_is(const struct exception_class *c, const struct exception_class *base);
/* An exception object with args (a tuple, borrowed). OSError chooses its subclass by errno and so on, as Python's
 * constructors do; TypeError where they refuse (UnicodeDecodeError, ExceptionGroup). */
struct value *exception_new(struct ctx *ctx, const struct exception_class *c, struct value *args);
const struct exception_class *exception_class_of(const struct value *v);
/* What its __reduce__ in the imitated version gives: args (new tuple) and state (new dict, or NULL if none). 0, or -1
 * after raising. */
int exception_reduce(struct ctx *ctx, struct value *v, struct value **args, struct value **state);
/* Its __dict__, borrowed; NULL while it is empty. What a class keeps in members of its own is not in it. */
struct value *exception_attributes_peek(const struct value *v);
/* BUILD: merges state (a dict) into attributes, as BaseException.__setstate__ does. */
int exception_set_state(struct ctx *ctx, struct value *v, struct value *state);
/* raise: puts the exception in ctx->raised (consuming), replacing what stood there. Always returns NULL, for `return
 * raise_…`. */
void *raise_take(struct ctx *ctx, struct value *exception);
/* raise NAME(message) for a built-in class, with a formatted message; NULL, always. */
void *raise_format(struct ctx *ctx, const char *name, const char *format, ...) PRINTF_LIKE(3, 4);
/* raise KeyError(key) and the like: one argument object, borrowed. */
void *raise_value(struct ctx *ctx, const char *name, struct value *argument);
/* raise NAME() without arguments. */
void *raise_bare(struct ctx *ctx, const char *name);
/* raise MemoryError(), without allocating anything: one static object, whose attributes cannot be set. */
void *raise_memory(struct ctx *ctx);
/* AttributeError with a name, which pickles show since 3.12, and any message. */
void *raise_attribute_named(struct ctx *ctx, const char *name, const char *format, ...) PRINTF_LIKE(3, 4);
/* AttributeError as getattr raises it: "'list' object has no attribute 'x'", with the name, which pickles show
 * since 3.12. */
void *raise_no_attribute(struct ctx *ctx, const struct value *v, const char *name);
/* As del v.name raises it where v has a __dict__: just 'x' up to 3.10; no name before 3.15. */
void *raise_no_attribute_to_delete(struct ctx *ctx, const struct value *v, const char *name);
/* Is the pending exception of this built-in class (or derived from it)? Where an instance of a class that C does not
 * know is raised (raise_take of an opaque value), that is an Exception and nothing more is known. */
bool raised_is(const struct ctx *ctx, const char *name);
/* Takes the pending exception out of ctx: new reference, or NULL. */
struct value *raised_fetch(struct ctx *ctx);
/* "KeyError: 'x'": the last line of Python's traceback for this exception, new str. Modules other than builtins are
 * named. */
struct value *exception_line(struct ctx *ctx, struct value *exception);

/* ---- proxyref.c: a proxy as a value: what RebuildProxy carries. The layers above hang an owner on it. */
extern const struct type proxyref_type;
struct proxyref;
/* What a living proxy does where a type would have slots: as those of struct type (type.h), always all there. */
struct proxyref_surface {
    int (*truth)(struct ctx *ctx, struct value *v);
    int (*compare)(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b);
    struct value *(*str)(struct ctx *ctx, struct value *v);
    ssize_t (*length)(struct ctx *ctx, struct value *v);
    struct value *(*get_item)(struct ctx *ctx, struct value *v, struct value *key);
    int (*set_item)(struct ctx *ctx, struct value *v, struct value *key, struct value *item);
    int (*contains)(struct ctx *ctx, struct value *v, struct value *item);
    struct value *(*binary)(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b);
    struct value *(*iter)(struct ctx *ctx, struct value *v);
    struct value *(*next)(struct ctx *ctx, struct value *it);
    struct value *(*keys)(struct ctx *ctx, struct value *v); /* v.keys(); NULL without exception: no such method */
    struct value *(*get_attr)(struct ctx *ctx, struct value *v, const char *name);
    int (*set_attr)(struct ctx *ctx, struct value *v, const char *name, struct value *item);
};
struct proxyref {
    struct value head;
    struct value *function;                 /* global: the proxy class, or AutoProxy */
    struct value *typeid;                   /* str */
    struct value *address;                  /* str, bytes or (str, int) */
    struct value *id;                       /* str */
    struct value *serializer;               /* str */
    struct value *kwds;                     /* dict: {} or {'exposed': (…)} */
    struct value *class_name;               /* str: type(p).__name__, 'ListProxy' or 'AutoProxy[Queue]' */
    void *owner;                            /* the layer's own data, or NULL */
    void (*on_destroy)(struct proxyref *p); /* called once before the members go, or NULL; the lock is held */
    /* Slots that the layer above lends to this proxy, or NULL: then it is an object without operations.  The slots of
     * proxyref_type (truth, compare, str, length, get_item, set_item, contains, binary, iter, next, get_attr,
     * set_attr) ask here first.  They may give up the lock. */
    const struct proxyref_surface *surface;
    /* What keeps the referent alive if it is in this very process: a manager's own objects. on_drop is called once,
     * after on_destroy. */
    void *keeper, *keeper_of;
    void (*on_drop)(struct proxyref *p);
};
struct proxyref *proxyref_new(struct ctx *ctx, struct value *function, struct value *typeid, struct value *address,
                              struct value *id, struct value *serializer, struct value *kwds);

#endif
