/* SPDX-License-Identifier: MIT */
/* The cycle collector, after CPython's Modules/gcmodule.c (update_refs, subtract_refs, move_unreachable,
 * delete_garbage), with one generation and no finalizers.  Each container has a hidden header in front of it, in a ring
 * of its runtime. */
#include "ref/value/collect.h"

#include <stdint.h>
#include <stdlib.h>

#include "ref/base/mem.h"
#include "ref/value/core.h"

/* New containers between two automatic runs, at least; beyond that, as many as survived the last run, so that the cost
 * stays linear. */
#define COLLECT_AFTER 10000

enum where { IN_USE, IN_DOUBT };

struct header {
    struct header *next, *prev;
    struct collector *owner;
    size_t outside; /* while collecting: references that come from elsewhere */
    enum where where;
};

struct collector {
    struct header all; /* the ring's anchor */
    size_t live, created;
    size_t survived;
    int running;
};

/* The header keeps the alignment of malloc for the object behind it. */
enum { HEADER_SIZE = (sizeof(struct header) + 15) / 16 * 16 };

static struct header *header_of(struct value *v)
{
    return (struct header *)(void *)((char *)v - HEADER_SIZE);
}

static struct value *value_of(struct header *h)
{
    return (struct value *)(void *)((char *)h + HEADER_SIZE);
}

static void ring_init(struct header *anchor)
{
    anchor->next = anchor->prev = anchor;
}

static void ring_remove(struct header *h)
{
    h->prev->next = h->next;
    h->next->prev = h->prev;
}

static void ring_append(struct header *anchor, struct header *h)
{
    h->prev = anchor->prev;
    h->next = anchor;
    h->prev->next = h;
    anchor->prev = h;
}

static struct header *tracked(struct value *v)
{
    return v->type->traverse && v->refs != SIZE_MAX ? header_of(v) : NULL;
}

static int subtract(struct value *v, void *arg)
{
    struct header *h = tracked(v);
    if (!h || h->owner != arg)
        return 0;
    if (h->outside == 0)
        abort(); /* some container shows a reference that it does not own */
    h->outside--;
    return 0;
}

/* A container that is in use refers to v: back into the ring, behind those yet to be looked at. */
static int reach(struct value *v, void *arg)
{
    struct header *h = tracked(v);
    if (!h || h->owner != arg)
        return 0;
    if (h->where == IN_DOUBT) {
        ring_remove(h);
        ring_append(&h->owner->all, h);
        h->where = IN_USE;
    }
    h->outside = 1;
    return 0;
}

static void count_outside(struct collector *c)
{
    for (struct header *h = c->all.next; h != &c->all; h = h->next) {
        h->outside = value_of(h)->refs;
        h->where = IN_USE;
    }
    for (struct header *h = c->all.next; h != &c->all; h = h->next)
        value_of(h)->type->traverse(value_of(h), subtract, c);
}

static void separate(struct collector *c, struct header *garbage)
{
    struct header *next;
    for (struct header *h = c->all.next; h != &c->all; h = next) {
        if (h->outside) {
            value_of(h)->type->traverse(value_of(h), reach, c);
            next = h->next;
        } else {
            next = h->next;
            ring_remove(h);
            ring_append(garbage, h);
            h->where = IN_DOUBT;
        }
    }
}

static size_t clear_all(struct collector *c, struct header *garbage)
{
    size_t count = 0;
    while (garbage->next != garbage) {
        struct header *h = garbage->next;
        struct value *v = value_of(h);
        ring_remove(h);
        ring_append(&c->all, h);
        h->where = IN_USE;
        value_ref(v);
        if (v->type->clear)
            v->type->clear(v);
        value_release(v);
        count++;
    }
    return count;
}

size_t collect_run(struct runtime *rt)
{
    struct collector *c = rt->collector;
    struct header garbage;
    if (!c || c->running)
        return 0;
    c->running = 1;
    ring_init(&garbage);
    count_outside(c);
    separate(c, &garbage);
    size_t before = c->live;
    clear_all(c, &garbage);
    c->created = 0;
    c->survived = c->live;
    c->running = 0;
    return before - c->live;
}

int collect_init(struct runtime *rt)
{
    rt->collector = mem_calloc(1, sizeof *rt->collector);
    if (!rt->collector)
        return -1;
    ring_init(&rt->collector->all);
    return 0;
}

void collect_end(struct runtime *rt)
{
    mem_free(rt->collector);
    rt->collector = NULL;
}

void *collect_alloc(struct runtime *rt, size_t size)
{
    struct collector *c = rt->collector;
    if (c->created > COLLECT_AFTER && c->created > c->survived)
        collect_run(rt);
    if (size > SIZE_MAX - HEADER_SIZE)
        return NULL;
    struct header *h = mem_calloc(1, HEADER_SIZE + size);
    if (!h)
        return NULL;
    h->owner = c;
    ring_append(&c->all, h);
    c->live++;
    c->created++;
    return value_of(h);
}

void collect_untrack(struct value *v)
{
    struct header *h = header_of(v);
    ring_remove(h);
    ring_init(h);
    h->owner->live--;
}

void collect_free(struct value *v)
{
    mem_free(header_of(v));
}
