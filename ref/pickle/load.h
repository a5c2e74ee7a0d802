/* SPDX-License-Identifier: MIT */
/* What the files of the reader share: its state, its stack and its cursor. For the files of pickle/ only. */
#ifndef REF_PICKLE_LOAD_H
#define REF_PICKLE_LOAD_H

#include "ref/pickle/pickle.h"

struct load_memo_slot {
    size_t index;
    struct value *item; /* owned; NULL: a free slot */
};

struct unpickler {
    struct ctx *ctx;
    const struct pickle_reader *reader; /* or NULL */
    const unsigned char *data;
    size_t size, at;
    int protocol;
    bool stopped;
    struct buf line; /* the line last read, as a C string */
    struct value **stack;
    size_t length, capacity;
    size_t *marks; /* stack lengths when MARK was met */
    size_t mark_count, mark_capacity;
    struct load_memo_slot *memo; /* open addressing, a power of two */
    size_t memo_used, memo_size;
};

/* An opcode's handler: 0, or -1 after raising. */
typedef int load_fn(struct unpickler *u, int argument);
#define OPCODE(name, byte, handler, argument) load_fn handler;
#include "ref/pickle/opcodes.def"
#undef OPCODE

/* ---- load_cursor.c */
/* The next size bytes, or NULL after UnpicklingError "pickle data was truncated". */
const unsigned char *load_read(struct unpickler *u, size_t size);
/* The next line with its newline into u->line, NUL-terminated: its length, or -1 after raising. A line shorter than
 * least is truncated, too. */
ssize_t load_line(struct unpickler *u, size_t least);
/* A little-endian unsigned number of 1 to 8 bytes. */
uint64_t load_number(const unsigned char *bytes, int count);
/* Reads a size of count bytes: 0, or -1 after raising; one beyond SSIZE_MAX is OverflowError "WHAT exceeds system's
 * maximum …". */
int load_size(struct unpickler *u, int count, const char *what, size_t *out);
/* raise _pickle.UnpicklingError(message); -1, always. */
int load_error(struct unpickler *u, const char *format, ...) PRINTF_LIKE(2, 3);
/* raise UnicodeDecodeError(encoding, data, start, end, reason); -1, always. */
int load_unicode_error(struct unpickler *u, const char *encoding, const void *data, size_t size, size_t start,
                       size_t end, const char *reason);

/* ---- load.c: the stack */
/* Pushes, consuming item; NULL passes through as failure. */
int load_push_take(struct unpickler *u, struct value *item);
/* The reference to the top is the caller's; NULL after raising. */
struct value *load_pop_value(struct unpickler *u);
/* raise "unpickling stack underflow", or "unexpected MARK found" if there is a mark; -1, always. */
int load_underflow(struct unpickler *u);
/* The length of the stack below which only opcodes after the closing of the top mark may reach. */
size_t load_fence(const struct unpickler *u);
/* Takes the top mark away: where it stood, or -1 after "could not find MARK". */
ssize_t load_marker(struct unpickler *u);
/* Everything from start up as a new tuple; the stack is cut there. NULL after raising. */
struct value *load_take_tuple(struct unpickler *u, size_t start);
/* Releases what stands above length. */
void load_cut(struct unpickler *u, size_t length);

/* ---- load_scalars.c */
/* PyLong_FromString(text, NULL, base): base 0 or 10; ValueError as int() words it. size is the text's length. */
struct value *load_parse_int(struct unpickler *u, const char *text, size_t size, int base);

/* ---- globals.c: the globals that mean something to C */
/* callable(*args) for REDUCE: a native value, or an opaque instance; new, or NULL after raising. */
struct value *globals_call(struct unpickler *u, struct value *callable, struct value *args);
/* cls.__new__(cls, *args, **kwds) for NEWOBJ (kwds NULL) and NEWOBJ_EX. */
struct value *globals_create(struct unpickler *u, struct value *cls, struct value *args, struct value *kwds);
/* Is it known to be a function, so that NEWOBJ refuses it? */
bool globals_is_function(const struct value *v);

/* ---- fix_imports.c */
/* Replaces a Python 2 name by its Python 3 name, or the other way round if writing; the pointers then lead to
 * constants. */
void fix_imports(int compat, bool writing, const char **module, const char **name);

#endif
