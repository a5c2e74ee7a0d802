/* SPDX-License-Identifier: MIT */
/* The cycle collector: reference counts free most things at once, this frees recursive structures (l.append(l)).  As
 * CPython's: subtract the references that containers hold among themselves; what still has one from outside lives, with
 * all it reaches; the rest is cleared. */
#ifndef REF_VALUE_COLLECT_H
#define REF_VALUE_COLLECT_H

#include <stddef.h>

#include "ref/value/runtime.h"

/* Frees every unreachable cycle of the runtime; returns how many objects were cleared. Runs by itself after many new
 * containers. */
size_t collect_run(struct runtime *rt);

#endif
