/* SPDX-License-Identifier: MIT */
/* array.array: Modules/arraymodule.c. Items are kept as machine values (array_item.c); methods are in array_methods.c.
 * The typecodes e, Zf and Zd that came with 3.15 are not here. */
#include "ref/value/array.h"

#include <string.h>

#include "ref/base/mem.h"

static struct array *array_cast(const struct value *v)
{
    return (struct array *)v;
}

/* ---- storage */

static int reserve(struct ctx *ctx, struct array *a, size_t more)
{
    size_t capacity = a->capacity + a->capacity / 8 + 4;
    unsigned char *data;

    if (more <= a->capacity - a->count)
        return 0;
    if (more > PTRDIFF_MAX / a->kind->size - a->count)
        return raise_memory(ctx), -1;
    if (capacity < a->count + more)
        capacity = a->count + more;
    data = mem_realloc(a->data, capacity * a->kind->size);
    if (!data)
        return raise_memory(ctx), -1;
    a->data = data;
    a->capacity = capacity;
    return 0;
}

static unsigned char *item_at(const struct array *a, size_t i)
{
    return a->data + i * a->kind->size;
}

struct array *array_make(struct ctx *ctx, const struct array_kind *kind, size_t count)
{
    struct array *a = array_cast(value_new(ctx, &array_type));

    if (!a)
        return NULL;
    a->kind = kind;
    if (count && reserve(ctx, a, count) < 0) {
        value_release(&a->head);
        return NULL;
    }
    a->count = count; /* the caller fills them in */
    return a;
}

int array_append(struct ctx *ctx, struct array *a, struct value *v)
{
    unsigned char item[16];

    if (a->kind->set(ctx, a->kind, v, item) < 0 || reserve(ctx, a, 1) < 0)
        return -1;
    memcpy(item_at(a, a->count++), item, a->kind->size);
    return 0;
}

int array_append_bytes(struct ctx *ctx, struct array *a, const unsigned char *data, size_t size)
{
    if (size % a->kind->size) {
        raise_format(ctx, "ValueError", "bytes length not a multiple of item size");
        return -1;
    }
    if (reserve(ctx, a, size / a->kind->size) < 0)
        return -1;
    if (size)
        memcpy(item_at(a, a->count), data, size);
    a->count += size / a->kind->size;
    return 0;
}

int array_extend(struct ctx *ctx, struct array *a, struct value *iterable)
{
    struct value *it = value_iter(ctx, iterable), *item;

    if (!it)
        return -1;
    while ((item = value_next(ctx, it))) {
        int result = array_append(ctx, a, item);
        value_release(item);
        if (result < 0)
            break;
    }
    value_release(it);
    return ctx->raised ? -1 : 0;
}

int array_splice(struct ctx *ctx, struct array *a, size_t start, size_t count, const unsigned char *more, size_t added)
{
    size_t tail = a->count - start - count, size = a->kind->size;
    unsigned char *copy = NULL;

    if (added) {
        copy = mem_dup(more, added * size);
        if (!copy)
            return raise_memory(ctx), -1;
    }
    if (added > count && reserve(ctx, a, added - count) < 0) {
        mem_free(copy);
        return -1;
    }
    if (tail)
        memmove(item_at(a, start + added), item_at(a, start + count), tail * size);
    if (added)
        memcpy(item_at(a, start), copy, added * size);
    a->count = start + added + tail;
    mem_free(copy);
    return 0;
}

struct value *array_get(struct ctx *ctx, const struct array *a, size_t i)
{
    return a->kind->get(ctx, item_at(a, i));
}

/* ---- slots */

static void array_destroy(struct value *v)
{
    mem_free(array_cast(v)->data);
}

static int array_truth(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return array_cast(v)->count > 0;
}

/* a[i] op b[i] as values. */
static int compare_items(struct ctx *ctx, enum compare_op op, const struct array *a, const struct array *b, size_t i)
{
    struct value *x = array_get(ctx, a, i), *y = x ? array_get(ctx, b, i) : NULL;
    int result = y ? value_compare(ctx, op, x, y) : -1;

    value_release(x);
    value_release(y);
    return result;
}

static int array_compare(struct ctx *ctx, enum compare_op op, struct value *v, struct value *w)
{
    const struct array *a = array_cast(v), *b = array_cast(w);
    size_t i;
    int same = 1;

    if (!value_is(w, &array_type))
        return COMPARE_UNSUPPORTED;
    if (a->count != b->count && (op == COMPARE_EQ || op == COMPARE_NE))
        return op == COMPARE_NE;
    for (i = 0; same > 0 && i < a->count && i < b->count; i++)
        same = compare_items(ctx, COMPARE_EQ, a, b, i);
    if (same < 0)
        return -1;
    if (same)
        return items_compare_lengths(op, a->count, b->count);
    return op == COMPARE_EQ ? 0 : op == COMPARE_NE ? 1 : compare_items(ctx, op, a, b, i - 1);
}

struct value *array_text(struct ctx *ctx, const struct array *a)
{
    struct buf b;

    buf_init(&b, SIZE_MAX);
    for (size_t i = 0; i < a->count; i++) {
        size_t size;
        const char *text;
        struct value *c = array_get(ctx, a, i);
        if (!c)
            break;
        text = str_peek(c, &size);
        buf_put(&b, text, size);
        value_release(c);
    }
    if (!ctx->raised)
        return printing_finish(ctx, &b);
    buf_free(&b);
    return NULL;
}

/* Appends what stands behind the typecode: the text, or the items as a list. */
static int put_items(struct ctx *ctx, struct buf *b, const struct array *a)
{
    int result = 0;

    if (a->kind->text) {
        struct value *text = array_text(ctx, a);
        result = text ? printing_put(ctx, b, text) : -1;
        value_release(text);
        return result;
    }
    buf_put_text(b, "[");
    for (size_t i = 0; i < a->count && result == 0; i++) {
        struct value *item = array_get(ctx, a, i);
        buf_put_text(b, i ? ", " : "");
        result = item ? printing_put(ctx, b, item) : -1;
        value_release(item);
    }
    buf_put_text(b, "]");
    return result;
}

static struct value *array_repr(struct ctx *ctx, struct value *v)
{
    const struct array *a = array_cast(v);
    struct buf b;

    buf_init(&b, SIZE_MAX);
    buf_printf(&b, "array('%c'", a->kind->code);
    if (a->count) {
        buf_put_text(&b, ", ");
        if (put_items(ctx, &b, a) < 0) {
            buf_free(&b);
            return NULL;
        }
    }
    buf_put_text(&b, ")");
    return printing_finish(ctx, &b);
}

static ssize_t array_len(struct ctx *ctx, struct value *v)
{
    (void)ctx;
    return (ssize_t)array_cast(v)->count;
}

/* The index of an item, counted from the end if negative; raises if key is none or out of range. */
static int read_index(struct ctx *ctx, const struct array *a, struct value *key, const char *message, size_t *out)
{
    ssize_t i;

    if (!int_check(key)) {
        raise_format(ctx, "TypeError", "array indices must be integers");
        return -1;
    }
    if (int_as_index(ctx, key, false, &i) < 0)
        return -1;
    if (i < 0)
        i += (ssize_t)a->count;
    if (i < 0 || (size_t)i >= a->count) {
        raise_format(ctx, "IndexError", "%s", message);
        return -1;
    }
    *out = (size_t)i;
    return 0;
}

static struct value *array_get_item(struct ctx *ctx, struct value *v, struct value *key)
{
    const struct array *a = array_cast(v);
    ssize_t start, step, count;
    struct array *part;
    size_t i;

    if (!value_is(key, &slice_type))
        return read_index(ctx, a, key, "array index out of range", &i) < 0 ? NULL : array_get(ctx, a, i);
    count = slice_resolve(ctx, key, (ssize_t)a->count, &start, &step);
    part = count < 0 ? NULL : array_make(ctx, a->kind, (size_t)count);
    for (ssize_t k = 0; part && k < count; k++)
        memcpy(item_at(part, (size_t)k), item_at(a, (size_t)(start + k * step)), a->kind->size);
    return (struct value *)part;
}

/* Takes out every step-th of count items from start. */
static void delete_stride(struct array *a, size_t start, size_t step, size_t count)
{
    size_t to = start;

    for (size_t from = start; from < a->count; from++)
        if ((from - start) % step || (from - start) / step >= count)
            memmove(item_at(a, to++), item_at(a, from), a->kind->size);
    a->count = to;
}

static int assign_stride(struct ctx *ctx, struct array *a, ssize_t start, ssize_t step, size_t count,
                         const struct array *other)
{
    unsigned char *copy;

    if (other->count != count) {
        raise_format(ctx, "ValueError", "attempt to assign array of size %zu to extended slice of size %zu",
                     other->count, count);
        return -1;
    }
    if (!count)
        return 0;
    copy = mem_dup(other->data, count * a->kind->size);
    if (!copy)
        return raise_memory(ctx), -1;
    for (size_t k = 0; k < count; k++)
        memcpy(item_at(a, (size_t)(start + (ssize_t)k * step)), copy + k * a->kind->size, a->kind->size);
    mem_free(copy);
    return 0;
}

/* Is v an array of the same kind? Raises if not, as CPython's PyErr_BadArgument. */
static bool same_kind(struct ctx *ctx, const struct array *a, const struct array *b)
{
    if (a->kind != b->kind)
        raise_format(ctx, "TypeError", "bad argument type for built-in operation");
    return a->kind == b->kind;
}

static int array_set_slice(struct ctx *ctx, struct array *a, struct value *key, struct value *item)
{
    ssize_t start, step, count = slice_resolve(ctx, key, (ssize_t)a->count, &start, &step);

    if (count < 0)
        return -1;
    if (!item) {
        if (step < 0 && count)
            start += step * (count - 1);
        if (count)
            delete_stride(a, (size_t)start, (size_t)(step < 0 ? -step : step), (size_t)count);
        return 0;
    }
    if (!value_is(item, &array_type)) {
        raise_format(ctx, "TypeError", "can only assign array (not \"%s\") to array slice", value_type_name(item));
        return -1;
    }
    if (!same_kind(ctx, a, array_cast(item)))
        return -1;
    if (step != 1 && !array_cast(item)->count) /* as if deleted: CPython sees only that nothing is needed */
        return array_set_slice(ctx, a, key, NULL);
    if (step != 1)
        return assign_stride(ctx, a, start, step, (size_t)count, array_cast(item));
    return array_splice(ctx, a, (size_t)start, (size_t)count, array_cast(item)->data, array_cast(item)->count);
}

static int array_set_item(struct ctx *ctx, struct value *v, struct value *key, struct value *item)
{
    struct array *a = array_cast(v);
    unsigned char bytes[16];
    size_t i;

    if (value_is(key, &slice_type))
        return array_set_slice(ctx, a, key, item);
    if (read_index(ctx, a, key, "array assignment index out of range", &i) < 0)
        return -1;
    if (!item) {
        delete_stride(a, i, 1, 1);
        return 0;
    }
    if (a->kind->set(ctx, a->kind, item, bytes) < 0)
        return -1;
    memcpy(item_at(a, i), bytes, a->kind->size);
    return 0;
}

ssize_t array_find(struct ctx *ctx, const struct array *a, struct value *v, size_t start, size_t stop)
{
    for (size_t i = start; i < stop && i < a->count; i++) {
        struct value *item = array_get(ctx, a, i);
        int same = item ? value_same(ctx, item, v) : -1;
        value_release(item);
        if (same)
            return same < 0 ? -2 : (ssize_t)i;
    }
    return -1;
}

static int array_contains(struct ctx *ctx, struct value *v, struct value *item)
{
    ssize_t i = array_find(ctx, array_cast(v), item, 0, SIZE_MAX);

    return i == -2 ? -1 : i >= 0;
}

static struct value *array_get_attr(struct ctx *ctx, struct value *v, const char *name)
{
    const struct array_kind *kind = array_cast(v)->kind;

    if (!strcmp(name, "typecode"))
        return str_new(ctx, &kind->code, 1);
    return strcmp(name, "itemsize") ? raise_no_attribute(ctx, v, name) : int_new(ctx, kind->size);
}

/* ---- operators */

struct value *array_concat(struct ctx *ctx, struct value *v, struct value *w)
{
    const struct array *a = array_cast(v), *b = array_cast(w);
    struct array *sum;

    if (!value_is(w, &array_type))
        return raise_format(ctx, "TypeError", "can only append array (not \"%s\") to array", value_type_name(w));
    if (!same_kind(ctx, a, b))
        return NULL;
    sum = array_make(ctx, a->kind, 0);
    if (sum && (array_append_bytes(ctx, sum, a->data, a->count * a->kind->size) < 0 ||
                array_append_bytes(ctx, sum, b->data, b->count * b->kind->size) < 0)) {
        value_release(&sum->head);
        return NULL;
    }
    return (struct value *)sum;
}

int array_extend_by_array(struct ctx *ctx, struct value *v, struct value *w)
{
    struct array *a = array_cast(v), *b = array_cast(w);
    size_t count = b->count;

    if (a->kind != b->kind) {
        raise_format(ctx, "TypeError", "can only extend with array of same kind");
        return -1;
    }
    return array_splice(ctx, a, a->count, 0, b->data, count);
}

struct value *array_repeat(struct ctx *ctx, struct array *a, ssize_t times)
{
    struct array *r = array_make(ctx, a->kind, 0);

    if (r && a->count && times > 0 && (size_t)times > PTRDIFF_MAX / a->count)
        raise_memory(ctx);
    else if (r && a->count && times > 0 && reserve(ctx, r, a->count * (size_t)times) == 0)
        for (ssize_t i = 0; i < times; i++)
            memcpy(item_at(r, (r->count += a->count) - a->count), a->data, a->count * a->kind->size);
    if (!ctx->raised)
        return (struct value *)r;
    value_release((struct value *)r);
    return NULL;
}

int array_repeat_in_place(struct ctx *ctx, struct array *a, ssize_t times)
{
    struct array *r = (struct array *)array_repeat(ctx, a, times), t;

    if (!r)
        return -1;
    t = *a;
    a->data = r->data;
    a->count = r->count;
    a->capacity = r->capacity;
    r->data = t.data;
    value_release(&r->head);
    return 0;
}

static struct value *in_place(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b)
{
    ssize_t times;
    int result = -1;

    if (op == BINARY_IMUL)
        result = arguments_times(ctx, b, &times) < 0 ? -1 : array_repeat_in_place(ctx, array_cast(a), times);
    else if (value_is(b, &array_type))
        result = array_extend_by_array(ctx, a, b);
    else
        raise_format(ctx, "TypeError", "can only extend array with array (not \"%s\")", value_type_name(b));
    return result < 0 ? NULL : value_ref(a);
}

static struct value *array_binary(struct ctx *ctx, enum binary_op op, struct value *a, struct value *b)
{
    bool mine = value_is(a, &array_type);
    ssize_t times;

    if (mine && (op == BINARY_IADD || op == BINARY_IMUL))
        return in_place(ctx, op, a, b);
    if (mine && op == BINARY_ADD)
        return array_concat(ctx, a, b);
    if (op != BINARY_MUL)
        return &value_not_implemented;
    return arguments_times(ctx, mine ? b : a, &times) < 0 ? NULL : array_repeat(ctx, array_cast(mine ? a : b), times);
}

/* ---- for types.h */

struct value *array_new_bytes(struct ctx *ctx, char typecode, const void *data, size_t size)
{
    const struct array_kind *kind = array_kind_find(typecode, ctx->rt->compat);
    struct array *a = kind ? array_make(ctx, kind, 0) : array_raise_typecode(ctx);

    if (a && array_append_bytes(ctx, a, data, size) < 0) {
        value_release(&a->head);
        return NULL;
    }
    return (struct value *)a;
}

/* May items of a text array (or str) go into an array of this typecode? */
static bool accepts(struct ctx *ctx, char typecode, const struct value *initial)
{
    bool text = typecode == 'u' || (typecode == 'w' && compat_has(ctx->rt->compat, COMPAT_ARRAY_W));

    if (text)
        return true;
    if (str_check(initial))
        raise_format(ctx, "TypeError", "cannot use a str to initialize an array with typecode '%c'", typecode);
    else if (value_is(initial, &array_type) && array_cast(initial)->kind->text)
        raise_format(ctx, "TypeError", "cannot use a unicode array to initialize an array with typecode '%c'",
                     typecode);
    return !ctx->raised;
}

struct value *array_from(struct ctx *ctx, char typecode, struct value *iterable)
{
    const unsigned char *data;
    struct value *a;
    size_t size;

    if (!accepts(ctx, typecode, iterable))
        return NULL;
    if (value_is(iterable, &bytes_type) || value_is(iterable, &bytearray_type)) {
        data = bytes_peek(iterable, &size);
        return array_new_bytes(ctx, typecode, data, size);
    }
    a = array_new_bytes(ctx, typecode, NULL, 0);
    if (a && array_extend(ctx, array_cast(a), iterable) < 0) {
        value_release(a);
        return NULL;
    }
    return a;
}

static void *raise_not_typecode(struct ctx *ctx, const struct value *typecode)
{
    const char *name = typecode == &value_none ? "None" : value_type_name(typecode);

    if (compat_has(ctx->rt->compat, COMPAT_ARRAY_TYPECODE_STR) && str_check(typecode))
        return array_raise_typecode(ctx);
    if (compat_has(ctx->rt->compat, COMPAT_ARRAY_TYPECODE_STR))
        return raise_format(ctx, "TypeError", "array() argument 1 must be str, not %s", name);
    if (compat_has(ctx->rt->compat, COMPAT_ARRAY_CHARACTER_WORDS) && str_check(typecode))
        return raise_format(ctx, "TypeError",
                            "array() argument 1 must be a unicode character, not a string of length %zu",
                            str_length(typecode));
    return raise_format(ctx, "TypeError", "array() argument 1 must be a unicode character, not %s", name);
}

struct value *array_create(struct ctx *ctx, struct value *typecode, struct value *initial)
{
    size_t size;
    const char *text;

    if (!str_check(typecode) || str_length(typecode) != 1)
        return raise_not_typecode(ctx, typecode);
    text = str_peek(typecode, &size);
    if (size != 1)
        return accepts(ctx, 0, initial) ? array_raise_typecode(ctx) : NULL;
    return array_from(ctx, *text, initial);
}

char array_typecode(const struct value *v)
{
    return array_cast(v)->kind->code;
}

const unsigned char *array_peek(const struct value *v, size_t *size)
{
    const struct array *a = array_cast(v);

    *size = a->count * a->kind->size;
    return a->data;
}

size_t array_length(const struct value *v)
{
    return array_cast(v)->count;
}

struct value *array_item(struct ctx *ctx, const struct value *v, size_t i)
{
    return array_get(ctx, array_cast(v), i);
}

/* ---- tables */

/* The name is the one in messages; it holds no references: no traverse. */
const struct type array_type = {
    .name = "array.array",
    .module = "array",
    .size = sizeof(struct array),
    .destroy = array_destroy,
    .truth = array_truth,
    .compare = array_compare,
    .repr = array_repr,
    .length = array_len,
    .get_item = array_get_item,
    .set_item = array_set_item,
    .contains = array_contains,
    .binary = array_binary,
    .iter = iter_new,
    .get_attr = array_get_attr,
    .methods = array_methods,
};
