/* SPDX-License-Identifier: MIT */
/* A chained hash table keyed by address, with the two views that CPython keeps in two dicts: what clients hold, and
 * what proxies inside the server keep. */
#include "ref/manager/referents.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ref/base/buf.h"
#include "ref/base/limits.h"
#include "ref/base/mem.h"

struct view {
    struct value *exposed; /* owned; NULL: there is no such view */
    const struct typeid *typeid;
};

struct referent {
    struct referent *next;
    struct value *object; /* owned */
    struct view live;     /* id_to_obj, while count > 0 */
    struct view local;    /* id_to_local_proxy_obj, while kept > 0 */
    size_t count, kept;
};

void referents_init(struct referents *t)
{
    *t = (struct referents){0};
}

static void view_clear(struct view *v)
{
    struct value *exposed = v->exposed;

    *v = (struct view){0};
    value_release(exposed);
}

static void view_set(struct view *v, struct value *exposed, const struct typeid *typeid)
{
    struct value *old = v->exposed;

    v->exposed = value_ref(exposed);
    v->typeid = typeid;
    value_release(old);
}

/* ---- the hash table */

static struct referent **slot_of(const struct referents *t, uintptr_t address)
{
    return &t->slots[(address >> 4) % t->slot_count];
}

static struct referent *lookup(const struct referents *t, uintptr_t address)
{
    struct referent *r = t->slot_count ? *slot_of(t, address) : NULL;

    while (r && (uintptr_t)r->object != address)
        r = r->next;
    return r;
}

static int grow(struct referents *t)
{
    struct referents bigger = *t;

    bigger.slot_count = t->slot_count ? 2 * t->slot_count + 1 : 61;
    bigger.slots = mem_calloc(bigger.slot_count, sizeof *bigger.slots);
    if (!bigger.slots)
        return -1;
    for (size_t i = 0; i < t->slot_count; i++)
        for (struct referent *r = t->slots[i], *next; r; r = next) {
            struct referent **slot = slot_of(&bigger, (uintptr_t)r->object);
            next = r->next;
            r->next = *slot;
            *slot = r;
        }
    mem_free(t->slots);
    *t = bigger;
    return 0;
}

static struct referent *insert(struct ctx *ctx, struct referents *t, struct value *object)
{
    struct referent *r, **slot;

    if (t->length >= t->slot_count && grow(t))
        return raise_memory(ctx);
    r = mem_calloc(1, sizeof *r);
    if (!r)
        return raise_memory(ctx);
    r->object = value_ref(object);
    slot = slot_of(t, (uintptr_t)object);
    r->next = *slot;
    *slot = r;
    t->length++;
    return r;
}

/* Takes an entry out that neither view needs.  The object goes last: its destructor may come back here. */
static void remove_unused(struct referents *t, struct referent *r)
{
    struct referent **p;
    struct value *object = r->object;

    if (r->count || r->kept)
        return;
    for (p = slot_of(t, (uintptr_t)object); *p != r; p = &(*p)->next)
        ;
    *p = r->next;
    t->length--;
    view_clear(&r->live);
    view_clear(&r->local);
    mem_free(r);
    value_release(object);
}

void referents_free(struct referents *t)
{
    /* Proxies inside the objects call referents_drop while they go, which finds whole entries: they keep each other
     * until the last is gone. */
    for (size_t i = 0; i < t->slot_count; i++)
        for (struct referent *r; (r = t->slots[i]);) {
            struct value *object = r->object;
            t->slots[i] = r->next;
            t->length--;
            view_clear(&r->live);
            view_clear(&r->local);
            r->object = NULL;
            if (!r->kept)
                mem_free(r);
            value_release(object);
        }
    mem_free(t->slots);
    referents_init(t);
}

/* ---- identifiers */

static struct value *ident_new(struct ctx *ctx, const struct value *object)
{
    return str_printf(ctx, "%" PRIxPTR, (uintptr_t)object);
}

/* The entry that an identifier names, NULL without raising if none does. */
static struct referent *resolve(const struct referents *t, const struct value *ident)
{
    char canonical[2 * sizeof(uintptr_t) + 1], *end;
    size_t size;
    const char *text;
    uintmax_t address;

    if (!str_check(ident))
        return NULL;
    text = str_peek(ident, &size);
    if (size >= sizeof canonical)
        return NULL;
    address = strtoumax(text, &end, 16);
    snprintf(canonical, sizeof canonical, "%" PRIxMAX, address);
    if (size != strlen(canonical) || memcmp(text, canonical, size) != 0)
        return NULL;
    return lookup(t, (uintptr_t)address);
}

/* raise KeyError(ident), or the TypeError that a dict raises for an unhashable key; -1, always. */
static int unknown(struct ctx *ctx, struct value *ident)
{
    struct value *empty = dict_new(ctx);

    if (empty && !dict_get_peek(ctx, empty, ident) && !ctx->raised)
        raise_value(ctx, "KeyError", ident);
    value_release(empty);
    return -1;
}

/* ---- what clients ask for */

int referents_create(struct ctx *ctx, struct referents *t, const struct typeid *typeid, struct value *object,
                     struct value *exposed, struct value **ident)
{
    struct referent *r;
    struct value *name = ident_new(ctx, object);

    if (!name)
        return -1;
    r = lookup(t, (uintptr_t)object);
    if (!r && !(r = insert(ctx, t, object))) {
        value_release(name);
        return -1;
    }
    view_set(&r->live, exposed, typeid);
    if (!r->count++)
        t->tracked++;
    *ident = name;
    return 0;
}

int referents_find(struct ctx *ctx, struct referents *t, struct value *ident, struct found *out)
{
    const struct referent *r = resolve(t, ident);
    const struct view *v;

    if (str_equals(ident, "0")) {
        raise_format(ctx, "ValueError", "not enough values to unpack (expected 3, got 2)");
        return -1;
    }
    if (!r)
        return unknown(ctx, ident);
    v = r->count ? &r->live : &r->local;
    *out = (struct found){value_ref(r->object), value_ref(v->exposed), v->typeid};
    return 0;
}

void found_free(struct found *f)
{
    value_release(f->object);
    value_release(f->exposed);
    *f = (struct found){0};
}

struct value *referents_exposed(struct ctx *ctx, struct referents *t, struct value *ident)
{
    const struct referent *r = resolve(t, ident);

    if (str_equals(ident, "0"))
        return value_ref(tuple_empty);
    if (r && r->count)
        return value_ref(r->live.exposed);
    unknown(ctx, ident);
    return NULL;
}

int referents_incref(struct ctx *ctx, struct referents *t, struct value *ident)
{
    struct referent *r = resolve(t, ident);

    if (!r)
        return unknown(ctx, ident);
    if (!r->count++) {
        t->tracked++;
        view_set(&r->live, r->local.exposed, r->local.typeid);
    }
    return 0;
}

int referents_decref(struct ctx *ctx, struct referents *t, struct value *ident)
{
    struct referent *r = resolve(t, ident);

    if (!r)
        return unknown(ctx, ident);
    if (!r->count)
        return 0; /* kept by a proxy only: CPython ignores it */
    if (!--r->count) {
        t->tracked--;
        view_clear(&r->live);
        remove_unused(t, r);
    }
    return 0;
}

size_t referents_count(const struct referents *t)
{
    return t->tracked;
}

/* ---- proxies inside the server */

int referents_keep(struct ctx *ctx, struct referents *t, struct value *ident, struct referent **kept)
{
    struct referent *r = resolve(t, ident);

    *kept = r;
    if (str_equals(ident, "0"))
        return 0;
    if (!r)
        return unknown(ctx, ident);
    if (!r->kept++)
        view_set(&r->local, r->live.exposed, r->live.typeid);
    return 0;
}

void referents_drop(struct referents *t, struct referent *kept)
{
    if (!kept || --kept->kept)
        return;
    if (!kept->object)
        mem_free(kept); /* the table is gone already */
    else {
        view_clear(&kept->local);
        remove_unused(t, kept);
    }
}

/* ---- debug_info */

struct line { /* one entry while it is printed */
    struct value *ident, *object;
    size_t count;
};

static int line_order(const void *a, const void *b)
{
    return strcmp(str_peek(((const struct line *)a)->ident, NULL), str_peek(((const struct line *)b)->ident, NULL));
}

/* Everything that is tracked, with references of its own: printing may give up the lock. NULL after raising. */
static struct line *snapshot(struct ctx *ctx, const struct referents *t)
{
    struct line *lines = mem_calloc(t->tracked + 1, sizeof *lines);
    size_t n = 0;

    if (!lines)
        return raise_memory(ctx);
    for (size_t i = 0; i < t->slot_count; i++)
        for (const struct referent *r = t->slots[i]; r; r = r->next)
            if (r->count)
                lines[n++] = (struct line){NULL, value_ref(r->object), r->count};
    for (size_t i = 0; i < n && !ctx->raised; i++)
        lines[i].ident = ident_new(ctx, lines[i].object);
    if (!ctx->raised)
        qsort(lines, n, sizeof *lines, line_order);
    return lines;
}

/* The size of the first count characters. */
static size_t prefix(const char *text, size_t size, size_t count)
{
    size_t i = 0;

    while (i < size && (count || ((unsigned char)text[i] & 0xC0) == 0x80)) {
        count -= ((unsigned char)text[i] & 0xC0) != 0x80;
        i++;
    }
    return i;
}

static int put_line(struct ctx *ctx, struct buf *b, const struct line *l)
{
    struct value *str = value_str(ctx, l->object);
    const char *text;
    size_t size;

    if (!str)
        return -1;
    text = str_peek(str, &size);
    buf_printf(b, "%s  %s:       refcount=%zu\n    ", b->used ? "\n" : "", str_peek(l->ident, NULL), l->count);
    buf_put(b, text, prefix(text, size, 75));
    value_release(str);
    return 0;
}

struct value *referents_debug_info(struct ctx *ctx, struct referents *t)
{
    size_t n = t->tracked;
    struct line *lines = snapshot(ctx, t);
    struct value *text = NULL;
    struct buf b;

    buf_init(&b, LIMIT_FRAME);
    for (size_t i = 0; lines && i < n; i++) {
        if (!ctx->raised)
            put_line(ctx, &b, &lines[i]);
        value_release(lines[i].ident);
        value_release(lines[i].object);
    }
    if (!ctx->raised)
        text = b.failed ? raise_memory(ctx) : str_new(ctx, b.used ? (const char *)b.data : "", b.used);
    buf_free(&b);
    mem_free(lines);
    return text;
}
