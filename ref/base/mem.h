/* SPDX-License-Identifier: MIT */
/* Allocation for all of ref: one door, so that tests can count and fail it.  Knows nothing of contexts and exceptions.
 */
#ifndef REF_BASE_MEM_H
#define REF_BASE_MEM_H

#include <stddef.h>

#include "ref/base/compiler.h"

/* New memory of size bytes (at least 1), uninitialised, or NULL.  Release with mem_free. */
void *mem_alloc(size_t size) MUST_USE;
/* As mem_alloc for count * size bytes, all zero; NULL also if the product overflows. */
void *mem_calloc(size_t count, size_t size) MUST_USE;
/* Changes the size, keeping the contents; on failure NULL and the old block stands. p may be NULL. */
void *mem_realloc(void *p, size_t size) MUST_USE;
/* Releases; NULL is fine. */
void mem_free(void *p);
/* New copies; NULL on failure. */
char *mem_strdup(const char *text) MUST_USE;
void *mem_dup(const void *data, size_t size) MUST_USE;

/* Blocks now alive.  Tests end at the number they began with. */
long mem_alive(void);
/* Makes the n-th allocation from now (1 is the next) fail, once; 0 switches that off.  For tests. */
void mem_fail_at(long n);
/* Allocations made since the last mem_fail_at. */
long mem_count(void);

#endif
