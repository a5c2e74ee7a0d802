/* SPDX-License-Identifier: MIT */
/* The opcodes by name: OPCODE_MARK and so on, from opcodes.def. */
#ifndef REF_PICKLE_OPCODE_H
#define REF_PICKLE_OPCODE_H

enum opcode {
#define OPCODE(name, byte, handler, argument) OPCODE_##name = byte,
#include "ref/pickle/opcodes.def"
#undef OPCODE
};

/* Containers are filled in batches of so many elements. */
enum { PICKLE_BATCH = 1000 };

#endif
