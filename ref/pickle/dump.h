/* SPDX-License-Identifier: MIT */
/* What the files of the writer share: its state, its memo and its output with frames. For the files of pickle/ only. */
#ifndef REF_PICKLE_DUMP_H
#define REF_PICKLE_DUMP_H

#include "ref/pickle/opcode.h"
#include "ref/pickle/pickle.h"

/* What CPython would find to be one object: the value itself, or for things that exist once per name their text. */
enum identity {
    IDENTITY_VALUE,
    IDENTITY_GLOBAL,
    IDENTITY_NAME,
    IDENTITY_FUNCTION_MODULE,
    IDENTITY_CHARACTER,
    IDENTITY_EMPTY
};

struct dump_memo_slot {
    struct value *key; /* owned: it must not be freed, or its address could come again; NULL: a free slot */
    enum identity identity;
    size_t index;
};

struct pickler {
    struct ctx *ctx;
    struct buf *out;
    int protocol, compat;
    bool framing;
    size_t frame;                    /* where the open frame's header stands in out, or NO_FRAME */
    unsigned nesting, nesting_limit; /* CPython's count of recursive calls */
    struct dump_memo_slot *memo;     /* open addressing, a power of two */
    size_t memo_used, memo_size;
    size_t memo_count;    /* indices given out */
    struct value *latin1; /* owned: the encoding that protocol 2 names for bytes, or NULL */
};

#define NO_FRAME ((size_t)-1)

/* ---- dump.c */
/* Writes a value, or the number under which it was written already. 0, or -1 after raising. */
int dump_value(struct pickler *p, struct value *v);
/* As dump_value, and releases v; NULL passes through as failure. */
int dump_value_take(struct pickler *p, struct value *v);
/* Notes where a value stood that could not be written, as CPython 3.14 and later do. Returns -1, always. */
int dump_note(struct pickler *p, const char *format, ...) PRINTF_LIKE(2, 3);
/* type(v) with its module unless that is builtins, as notes and messages name it; into a buffer of 256 bytes. */
const char *dump_type_name(const struct value *v, char *out);
/* One level deeper by CPython's count: 0, or -1 after RecursionError. */
int dump_enter(struct pickler *p);
void dump_leave(struct pickler *p);

/* ---- dump_output.c: bytes, frames, memo */
void dump_put(struct pickler *p, const void *data, size_t size);
void dump_op(struct pickler *p, enum opcode op);
/* An opcode with a little-endian number of count bytes. */
void dump_op_number(struct pickler *p, enum opcode op, uint64_t n, int count);
/* A header and its data, outside of frames if the data is large. */
void dump_put_large(struct pickler *p, enum opcode op, int count, const void *data, size_t size);
/* Between two opcodes: ends a frame that is large enough. */
void dump_boundary(struct pickler *p);
void dump_end_frame(struct pickler *p);
/* Gives v (with this identity) the next number. 0, or -1 after MemoryError. */
int dump_memoize(struct pickler *p, struct value *v, enum identity identity);
/* Writes the number that v has: 1, or 0 if it has none. */
int dump_recall(struct pickler *p, struct value *v, enum identity identity);
bool dump_remembers(const struct pickler *p, const struct value *v, enum identity identity);
/* How CPython would tell this value from others. */
enum identity dump_identity(const struct value *v);
void dump_memo_free(struct pickler *p);

/* ---- dump_scalars.c, dump_containers.c, dump_globals.c, dump_objects.c, dump_opaque.c: 0, or -1 after raising */
typedef int dump_fn(struct pickler *p, struct value *v);
dump_fn dump_none, dump_bool, dump_int, dump_float, dump_str, dump_bytes, dump_bytearray;
dump_fn dump_tuple, dump_list, dump_dict, dump_set, dump_frozenset;
dump_fn dump_global, dump_named, dump_complex, dump_range, dump_slice, dump_array, dump_exception, dump_proxy,
    dump_other;
/* What a type says of its objects (type.h, reduce). */
dump_fn dump_opaque, dump_reduced;
/* A str under an identity of its own. */
int dump_str_as(struct pickler *p, struct value *v, enum identity identity);
/* A str that Python interns: the same text is one object. */
int dump_name(struct pickler *p, struct value *name);
/* raise _pickle.PicklingError(message), formatted; -1, always. */
int dump_error(struct pickler *p, const char *format, ...) PRINTF_LIKE(2, 3);
/* callable(*args) as REDUCE, then v's number; v NULL: it gets none. Both are consumed. */
int dump_reduce_take(struct pickler *p, struct value *v, struct value *callable, struct value *args);
/* As dump_reduce_take for a type whose own __reduce__ said so: a failure is noted with the object. */
int dump_reduce_object_take(struct pickler *p, struct value *v, struct value *callable, struct value *args);
/* v's number after it was made; if making it wrote it already (it holds itself), the copy is thrown away. */
int dump_remember(struct pickler *p, struct value *v);
/* dump_note "when serializing TYPE PART"; v NULL: none. Returns -1, always. */
int dump_note_part(struct pickler *p, const struct value *v, const char *part);
/* BUILD with an instance's state: a dict, or (dict or None, slots), whose keys are interned; or anything. */
int dump_state(struct pickler *p, const struct value *owner, struct value *state);
/* An instance's attributes: a dict whose keys are interned. */
int dump_attributes(struct pickler *p, struct value *dict);

#endif
