/* SPDX-License-Identifier: MIT */
/* A pickle as the sequence of its opcodes: for reading it (unpickle.h) and for showing it.  Knows what follows each
 * opcode, not what it does. */
#ifndef HARNESS_OPCODE_H
#define HARNESS_OPCODE_H

#include "harness/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum opcode {
#define OPCODE(name, byte, argument, protocol) OPCODE_##name = byte,
#include "harness/opcode.def"
#undef OPCODE
};

/* What follows the byte of an opcode: bytes behind a little-endian length of 1, 4 or 8 bytes, a number, lines. */
enum opcode_argument {
    OPCODE_ARGUMENT_NONE,
    OPCODE_ARGUMENT_UNSIGNED1,
    OPCODE_ARGUMENT_UNSIGNED2,
    OPCODE_ARGUMENT_UNSIGNED4,
    OPCODE_ARGUMENT_UNSIGNED8,
    OPCODE_ARGUMENT_SIGNED4,
    OPCODE_ARGUMENT_FLOAT8,
    OPCODE_ARGUMENT_BYTES1,
    OPCODE_ARGUMENT_BYTES4,
    OPCODE_ARGUMENT_BYTES8,
    OPCODE_ARGUMENT_LINE,
    OPCODE_ARGUMENT_LINES2
};

/* One opcode with its argument. */
struct instruction {
    size_t offset, size; /* in the pickle, in bytes: the opcode and all that belongs to it */
    enum opcode opcode;
    const char *name; /* MARK, … */
    int protocol;     /* that brought it */
    enum opcode_argument argument;
    int64_t number;             /* UNSIGNED and SIGNED; an UNSIGNED8 beyond INT64_MAX is refused */
    const unsigned char *bytes; /* BYTES, LINE and LINES2: borrowed from the pickle */
    size_t length;              /* … without the newline at its end; LINES2: both, with the newline between them */
    double real;                /* FLOAT8 */
};

/* Where a walk through a pickle is.  Begin with {bytes, length, 0, NULL}. */
struct opcodes {
    const unsigned char *bytes;
    size_t length, at;
    const char *error; /* why it cannot go on: "ends early", "unknown opcode", …; static */
};

/* The next instruction.  False behind the STOP opcode is the caller's business: this goes on as long as there are
 * bytes, and returns false at their end or with an error set. */
bool opcodes_next(struct opcodes *walk, struct instruction *out);

/* The number of a LONG1 or LONG4 (two's complement, the lowest byte first) in decimal, new; NULL if it has too many
 * digits. */
char *opcode_decimal(const struct instruction *in);

/* Appends the text of a UNICODE line (Latin-1 with \uXXXX and \UXXXXXXXX) as UTF-8, surrogates as three bytes each. */
void opcode_unescape(struct text *out, const struct instruction *in);

#endif
