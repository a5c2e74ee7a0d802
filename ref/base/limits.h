/* SPDX-License-Identifier: MIT */
/* Every limit of the reference, each with its reason.  CPython has few of these: a limit is where ref says no to a peer
 * that would make CPython run out of memory or stack.  Checked before anything is allocated. */
#ifndef REF_BASE_LIMITS_H
#define REF_BASE_LIMITS_H

#include <stdint.h>

/* Nesting of values while reading, writing, comparing, printing: the recursion of a thread with an 8 MiB stack stays
 * well below it and CPython's own default recursion limit is 1000. */
#define LIMIT_DEPTH 1000
/* Values looked at for one repr, comparison or hash. A pickle of a few hundred bytes describes lists that are shared so
 * often that these never end; CPython, which holds its lock as we do, stands still then. Seconds, and more than memory
 * holds of values that are not shared. */
#define LIMIT_STEPS ((uint64_t)1 << 30)
/* Bytes of the repr of a container, for the same reason: CPython goes on until it has no memory. */
#define LIMIT_REPR ((size_t)1 << 28)
/* One frame: CPython has no cap; 4 GiB keep the 64-bit form testable and a lying header harmless (memory grows as bytes
 * arrive). */
#define LIMIT_FRAME ((size_t)1 << 32)
/* A frame is read in pieces of this size, as CPython 3.14 does, so that memory follows the bytes and not the header. */
#define LIMIT_READ_CHUNK ((size_t)65536)
/* A handshake message: CPython's own limit. */
#define LIMIT_HANDSHAKE 256
/* Memo slots and marks of one pickle: an index is never larger than the bytes that could have stored into it. */
#define LIMIT_MEMO ((size_t)1 << 28)
/* A counted bytes or bytearray in a pickle: what no machine can allocate, told as MemoryError by CPython up to 3.14
 * before it looks for the bytes. */
#define LIMIT_READ_AHEAD ((size_t)1 << 46)
/* Elements that a pickle may ask for by a range or an iterator state instead of spelling them out. */
#define LIMIT_UNSPELLED ((size_t)1 << 20)
/* Nesting of containers in an XML-RPC message that is written: CPython's Marshaller takes two Python calls for each
 * level and ends at its recursion limit of 1000. */
#define LIMIT_MARSHAL_DEPTH 490
/* Elements of an XML document that are open at once: LIMIT_DEPTH values take at most four each (value, struct, member,
 * and what is in it). CPython has no cap. */
#define LIMIT_XML_DEPTH 4096
/* Digits of an integer printed or read in decimal: CPython's sys.int_info.default_max_str_digits (3.11 and later). */
#define LIMIT_INT_DIGITS 4300

/* Seconds that a peer has to prove who it is; CPython waits for ever. A slow machine needs one or two. */
#define LIMIT_HANDSHAKE_SECONDS 60
/* Connections at once, each with a thread: further peers wait in the listener's queue until one ends. */
#define LIMIT_CONNECTIONS 10000
/* Milliseconds before a listener without room (no descriptor, no thread, LIMIT_CONNECTIONS) is looked at again: CPython
 * spins. */
#define LIMIT_ACCEPT_PAUSE 50
/* Bytes of one value: 'a' * 2**62 and the like get their MemoryError before anybody asks the system (which has nothing
 * near it). */
#define LIMIT_VALUE_SIZE ((size_t)1 << 39)
/* Tasks of a pool that wait for a worker: what makes them waits then. CPython's limit is a full pipe. */
#define LIMIT_POOL_TASKS 4096
/* Milliseconds after which a pool's worker is replaced that died of its initializer: CPython does it at once, for ever.
 */
#define LIMIT_POOL_PAUSE 100
/* Bits of a power or a shifted int: beyond it is MemoryError before anything is computed, where CPython would try. */
#define LIMIT_POWER_BITS ((int64_t)1 << 32)
/* Bytes of the name of a built-in type. */
#define LIMIT_TYPE_NAME 32
/* Parameters of one method that have names: no row has more. */
#define LIMIT_PARAMETERS 16

#endif
