/* SPDX-License-Identifier: MIT */
/* The body of exceptions, shared by exception.c (objects, raising), exception_class.c (the hierarchy),
 * exception_kind.c and exception_unicode.c (what some classes do beyond the plain ones). For those files only. */
#ifndef REF_VALUE_EXCEPTION_H
#define REF_VALUE_EXCEPTION_H

#include "ref/value/core.h"

/* What distinguishes classes beyond their names: the constructor's checks, named members, str and the reduction. */
enum exception_kind {
    KIND_PLAIN,
    KIND_GROUP,
    KIND_EXIT,
    KIND_STOP,
    KIND_ATTRIBUTE,
    KIND_NAME,
    KIND_IMPORT,
    KIND_KEY,
    KIND_OS,
    KIND_SYNTAX,
    KIND_DECODE,
    KIND_ENCODE,
    KIND_TRANSLATE,
    KIND_REMOTE,
    KIND_RESULT,
    KIND_SHOWN,
    KIND_FAULT
};

enum exception_id {
#define CLASS(id, module, name, base, kind, since, until) EXCEPTION_##id,
#define ALIAS(module, name, id)
#include "ref/value/exceptions.def"
#undef CLASS
#undef ALIAS
    EXCEPTION_NONE
};

struct exception_class {
    const char *module, *name;
    enum exception_id base;
    enum exception_kind kind;
    short since, until;
};

enum { EXCEPTION_MEMBERS = 9 };

/* The members of the kinds, as indices. */
enum { GROUP_MESSAGE, GROUP_EXCEPTIONS };
enum { EXIT_CODE };
enum { STOP_VALUE };
enum { ATTRIBUTE_NAME, ATTRIBUTE_OBJ };
enum { IMPORT_MSG, IMPORT_NAME, IMPORT_PATH, IMPORT_NAME_FROM };
enum { OS_ERRNO, OS_STRERROR, OS_FILENAME, OS_FILENAME2, OS_WRITTEN };
enum {
    SYNTAX_MSG,
    SYNTAX_FILENAME,
    SYNTAX_LINENO,
    SYNTAX_OFFSET,
    SYNTAX_TEXT,
    SYNTAX_END_LINENO,
    SYNTAX_END_OFFSET,
    SYNTAX_METADATA
};
enum { UNICODE_ENCODING, UNICODE_OBJECT, UNICODE_START, UNICODE_END, UNICODE_REASON };

struct exception {
    struct value head;
    const struct exception_class *class;
    struct value *args; /* a tuple; NULL stands for () in the static MemoryError */
    struct value *dict; /* __dict__, or NULL while empty */
    struct value *members[EXCEPTION_MEMBERS];
};

struct exception_member {
    const char *name;
    short since; /* before this version it is an attribute like any other, in __dict__ */
};

struct exception_kind_row {
    struct exception_member
        members[EXCEPTION_MEMBERS + 1]; /* attributes that are not in __dict__; unset ones read as None */
    /* The constructor's part after args are set; 0, or -1 after raising. May change class, args and members. NULL:
     * nothing. */
    int (*init)(struct ctx *ctx, struct exception *e);
    struct value *(*str)(struct ctx *ctx, struct exception *e);          /* NULL: BaseException's */
    struct value *(*reduced_args)(struct ctx *ctx, struct exception *e); /* NULL: args */
    /* Adds to the copy of __dict__ what the state has beyond it: 0, or -1 after raising. NULL: nothing. *state is NULL
     * while there is none. */
    int (*add_state)(struct ctx *ctx, struct exception *e, struct value **state);
};

const struct exception_class *exception_class_at(enum exception_id id);
const struct exception_kind_row *exception_kind_of(const struct exception *e);
struct exception *exception_peek(const struct value *v);
/* args, also of the static MemoryError. */
struct value *exception_args_peek(const struct exception *e);
/* str(e) and repr(e) of BaseException itself. */
struct value *exception_plain_str(struct ctx *ctx, struct exception *e);
/* What a traceback shows behind "SyntaxError: ". */
struct value *exception_syntax_line(struct ctx *ctx, struct exception *e);
/* Sets a member, releasing what was there; item is borrowed, or NULL. */
void exception_set_member(struct exception *e, unsigned i, struct value *item);

/* ---- for the kinds */
size_t exception_count_args(const struct exception *e);
/* Borrowed. */
struct value *exception_arg(const struct exception *e, size_t i);
/* v, or None in the place of NULL. Borrowed. */
struct value *exception_or_none(struct value *v);
/* A str made of str() of some parts: format has %S for str(), %R for repr() of the next. New. */
struct value *exception_compose(struct ctx *ctx, const char *format, struct value *const *parts);

/* ---- exception_unicode.c: slots of its kinds */
int exception_decode_init(struct ctx *ctx, struct exception *e);
int exception_encode_init(struct ctx *ctx, struct exception *e);
int exception_translate_init(struct ctx *ctx, struct exception *e);
struct value *exception_decode_str(struct ctx *ctx, struct exception *e);
struct value *exception_encode_str(struct ctx *ctx, struct exception *e);

#endif
