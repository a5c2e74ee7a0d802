/* SPDX-License-Identifier: MIT */
/* The one door to malloc: counts what is alive and fails an allocation on demand.  The counters are atomic, since
 * connections allocate for their frames without the runtime's lock. */
#include "ref/base/mem.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static atomic_long alive, made, fail_at;

static bool denied(void)
{
    long n = atomic_fetch_add(&made, 1) + 1;
    return n == atomic_load(&fail_at);
}

void *mem_alloc(size_t size)
{
    if (denied())
        return NULL;
    void *p = malloc(size ? size : 1);
    if (p)
        atomic_fetch_add(&alive, 1);
    return p;
}

void *mem_calloc(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return NULL;
    void *p = mem_alloc(count * size);
    if (p)
        memset(p, 0, count * size);
    return p;
}

void *mem_realloc(void *p, size_t size)
{
    if (!p)
        return mem_alloc(size);
    return denied() ? NULL : realloc(p, size ? size : 1);
}

void mem_free(void *p)
{
    if (!p)
        return;
    atomic_fetch_sub(&alive, 1);
    free(p);
}

char *mem_strdup(const char *text)
{
    return mem_dup(text, strlen(text) + 1);
}

void *mem_dup(const void *data, size_t size)
{
    void *p = mem_alloc(size);
    if (p && size)
        memcpy(p, data, size);
    return p;
}

long mem_alive(void)
{
    return atomic_load(&alive);
}

void mem_fail_at(long n)
{
    atomic_store(&made, 0);
    atomic_store(&fail_at, n);
}

long mem_count(void)
{
    return atomic_load(&made);
}
