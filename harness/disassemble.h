/* SPDX-License-Identifier: MIT */
/* A pickle in words, opcode by opcode, in the form of CPython's pickletools: offset, byte, name (further to the
 * right for each mark that stands on the stack), argument, and the memo entry or the mark that is meant.  Whatever the
 * bytes are, each is accounted for: what cannot be read is shown as it is, behind the reason. */
#ifndef HARNESS_DISASSEMBLE_H
#define HARNESS_DISASSEMBLE_H

#include "harness/text.h"

#include <stddef.h>

/* How much is shown; 0 is everything. */
struct disassembly_limits {
    size_t lines;    /* opcodes; the others are counted */
    size_t argument; /* bytes of an argument */
};

/* What a pickle came to. */
struct disassembly {
    size_t opcodes;
    int protocol; /* the highest that one of its opcodes needs, -1 without opcodes */
};

/* Appends one line for each opcode, each begun by indent and ended by a newline. */
struct disassembly disassemble(struct text *out, const void *bytes, size_t length, const char *indent,
                               struct disassembly_limits limits);

#endif
