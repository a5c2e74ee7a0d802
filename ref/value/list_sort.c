/* SPDX-License-Identifier: MIT */
/* list.sort(*, key=None, reverse=False): evaluates the keys and hands them to sort.c. While that compares, the list is
 * empty, as in CPython, so that nobody sees or changes it half-sorted. */
#include "ref/base/mem.h"
#include "ref/value/container.h"
#include "ref/value/sort.h"

static struct items *list_items(const struct value *v)
{
    return &((struct list *)v)->items;
}

static struct value *key_of(struct ctx *ctx, struct value *function, struct value *item)
{
    struct value *args = tuple_pack_take(ctx, 1, value_ref(item)),
                 *key = args ? function_call(ctx, function, args, NULL) : NULL;

    value_release(args);
    return key;
}

static void release_keys(struct sort_item *sorting, size_t count)
{
    for (size_t i = 0; i < count; i++)
        value_release(sorting[i].key);
}

/* Each item with its key, in reverse if asked. NULL after raising. */
static struct sort_item *decorate(struct ctx *ctx, const struct items *items, struct value *function, bool reverse)
{
    struct sort_item *sorting = mem_calloc(items->length ? items->length : 1, sizeof *sorting);

    if (!sorting)
        return raise_memory(ctx);
    for (size_t i = 0; i < items->length; i++) {
        struct sort_item *s = &sorting[reverse ? items->length - 1 - i : i];
        s->item = items->at[i];
        s->key = function ? key_of(ctx, function, s->item) : value_ref(s->item);
        if (s->key)
            continue;
        release_keys(sorting, items->length); /* those not reached are NULL */
        mem_free(sorting);
        return NULL;
    }
    return sorting;
}

static int sort_by(struct ctx *ctx, struct value *list, struct value *function, bool reverse)
{
    struct items items = *list_items(list), meanwhile;
    struct sort_item *sorting;
    int result = -1;

    *list_items(list) = (struct items){0};
    sorting = decorate(ctx, &items, function, reverse);
    if (sorting) {
        result = sort_items(ctx, sorting, items.length);
        for (size_t i = 0; i < items.length; i++)
            items.at[reverse ? items.length - 1 - i : i] = sorting[i].item;
    }
    meanwhile = *list_items(list);
    *list_items(list) = items;
    if (sorting)
        release_keys(sorting, items.length);
    mem_free(sorting);
    if (meanwhile.at && result == 0) {
        raise_format(ctx, "ValueError", "list modified during sort");
        result = -1;
    }
    items_clear(&meanwhile);
    return result;
}

/* reverse=…: an int up to 3.11, anything's truth later. */
static int read_reverse(struct ctx *ctx, struct value *v)
{
    int64_t n;

    if (!v || compat_has(ctx->rt->compat, COMPAT_FLAG_OF_ANY_VALUE))
        return v ? value_truth(ctx, v) : 0;
    if (!int_check(v)) {
        ssize_t ignored;
        if (compat_has(ctx->rt->compat, COMPAT_INTEGER_WORDS) || value_is(v, &float_type))
            return arguments_ssize(ctx, v, &ignored);
        raise_format(ctx, "TypeError", "an integer is required (got type %s)", value_type_name(v));
        return -1;
    }
    if (int_peek_i64(v, &n) && n >= INT32_MIN && n <= INT32_MAX)
        return n != 0;
    raise_format(ctx, "OverflowError", "Python int too large to convert to C int");
    return -1;
}

struct value *list_sort(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc, struct value *kwds)
{
    int reverse = read_reverse(ctx, argv[1]);

    (void)argc, (void)kwds;
    if (reverse < 0)
        return NULL;
    return sort_by(ctx, self, argv[0] == &value_none ? NULL : argv[0], reverse) < 0 ? NULL : &value_none;
}

int list_sort_in_place(struct ctx *ctx, struct value *list, bool reverse)
{
    return sort_by(ctx, list, NULL, reverse);
}
