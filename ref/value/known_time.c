/* SPDX-License-Identifier: MIT */
/* date, datetime, time and timedelta, whose reductions hold their fields: Modules/_datetimemodule.c.  With a time zone
 * only datetime.timezone is known, which is an offset; others have rules that only their class knows. */
#include <string.h>

#include "ref/value/bytes.h"
#include "ref/value/core.h"
#include "ref/value/known.h"

enum kind { KIND_NONE, KIND_DATE, KIND_DATETIME, KIND_TIME, KIND_TIMEDELTA };
enum { DATE_BYTES = 4, DATETIME_BYTES = 10, TIME_BYTES = 6, FOLD = 0x80 };

/* An instance: its fields in descending size, and what it is aware of. */
struct moment {
    enum kind kind;
    int64_t fields[7]; /* year month day hour minute second microsecond; or days seconds microseconds */
    size_t count;
    bool fold;
    struct value *zone; /* borrowed, or NULL */
};

/* ---- reading */

static int64_t number(const unsigned char *data, size_t size)
{
    int64_t n = 0;

    for (size_t i = 0; i < size; i++)
        n = n << 8 | data[i];
    return n;
}

/* The fields of a date, a time, or both, from the bytes of their pickles. */
static void read_fields(struct moment *m, const unsigned char *data, size_t size)
{
    unsigned char first = data[size == TIME_BYTES ? 0 : 2]; /* the hour or the month, which also holds the fold */

    m->fold = first & FOLD;
    if (size != TIME_BYTES) {
        m->fields[m->count++] = number(data, 2);
        m->fields[m->count++] = first & ~FOLD;
        m->fields[m->count++] = data[3];
        data += DATE_BYTES;
    }
    if (size == DATE_BYTES)
        return;
    m->fields[m->count++] = size == TIME_BYTES ? first & ~FOLD : data[0];
    m->fields[m->count++] = data[1];
    m->fields[m->count++] = data[2];
    m->fields[m->count++] = number(data + 3, 3);
}

static bool read_timedelta(struct moment *m, const struct value *args)
{
    m->kind = KIND_TIMEDELTA;
    m->count = 3;
    if (tuple_length(args) != 3)
        return false;
    for (size_t i = 0; i < 3; i++)
        if (!int_peek_i64(tuple_peek(args, i), &m->fields[i]))
            return false;
    return true;
}

/* False if v is none that is known. */
static bool read_moment(struct moment *m, const struct value *v)
{
    static const struct {
        const char *name;
        enum kind kind;
        size_t size;
    } kinds[] = {
        {"date", KIND_DATE, DATE_BYTES}, {"datetime", KIND_DATETIME, DATETIME_BYTES}, {"time", KIND_TIME, TIME_BYTES}};
    const struct value *args;
    size_t size = 0;

    *m = (struct moment){.kind = KIND_NONE};
    if (!value_is(v, &opaque_type))
        return false;
    args = opaque_args_peek(v);
    if (known_is(v, "datetime", "timedelta"))
        return read_timedelta(m, args);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (known_is(v, "datetime", kinds[i].name) && tuple_length(args) >= 1 && tuple_length(args) <= 2 &&
            tuple_peek(args, 0)->type == &bytes_type) {
            const unsigned char *data = bytes_peek(tuple_peek(args, 0), &size);
            if (size != kinds[i].size)
                return false;
            m->kind = kinds[i].kind;
            read_fields(m, data, size);
            m->zone = tuple_length(args) == 2 ? tuple_peek(args, 1) : NULL;
            return m->kind != KIND_DATE || !m->zone;
        }
    return false;
}

/* ---- comparison */

/* Seconds and microseconds east of UTC, if the zone is a datetime.timezone. */
static bool zone_offset(const struct value *zone, int64_t *seconds, int64_t *microseconds)
{
    struct moment delta;

    if (!known_is(zone, "datetime", "timezone") || tuple_length(opaque_args_peek(zone)) < 1 ||
        !read_moment(&delta, tuple_peek(opaque_args_peek(zone), 0)) || delta.kind != KIND_TIMEDELTA ||
        delta.fields[0] < -1 || delta.fields[0] > 1)
        return false;
    *seconds = delta.fields[0] * 86400 + delta.fields[1];
    *microseconds = delta.fields[2];
    return true;
}

/* Days since 1 March of the year 0 in the calendar that has no end. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;
}

/* The moment in UTC as two fields, if that can be known. */
static bool to_utc(const struct moment *m, struct moment *out)
{
    int64_t seconds, microseconds;

    if (m->kind != KIND_DATETIME || !m->zone || !zone_offset(m->zone, &seconds, &microseconds))
        return false;
    *out = (struct moment){.kind = m->kind, .count = 1};
    out->fields[0] = (days_of(m->fields[0], m->fields[1], m->fields[2]) * 86400 + m->fields[3] * 3600 +
                      m->fields[4] * 60 + m->fields[5] - seconds) *
                         1000000 +
                     m->fields[6] - microseconds;
    return true;
}

static int order(const struct moment *a, const struct moment *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->fields[i] != b->fields[i])
            return a->fields[i] < b->fields[i] ? -1 : 1;
    return 0;
}

/* Both are aware, or neither, of one kind. */
static int compare_moments(struct ctx *ctx, enum compare_op op, const struct moment *a, const struct moment *b)
{
    struct moment x, y;
    int same = a->zone ? value_same(ctx, a->zone, b->zone) : 1;

    if (same)
        return same < 0 ? -1 : compare_holds(op, order(a, b));
    return to_utc(a, &x) && to_utc(b, &y) ? compare_holds(op, order(&x, &y)) : KNOWN_NOT;
}

int time_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    struct moment x, y;
    bool equality = op == COMPARE_EQ || op == COMPARE_NE;

    if (!read_moment(&x, a))
        return KNOWN_NOT;
    if (!read_moment(&y, b))
        return value_is(b, &opaque_type) ? KNOWN_NOT : COMPARE_UNSUPPORTED;
    if (x.kind != y.kind)
        return equality ? op == COMPARE_NE : COMPARE_UNSUPPORTED;
    if (!x.zone == !y.zone)
        return compare_moments(ctx, op, &x, &y);
    if (equality)
        return op == COMPARE_NE;
    raise_format(ctx, "TypeError", "can't compare offset-naive and offset-aware %s",
                 x.kind == KIND_TIME ? "times" : "datetimes");
    return -1;
}

int time_hash(struct ctx *ctx, struct value *v, int64_t *out)
{
    struct moment m, utc;
    uint64_t h;

    (void)ctx;
    if (!read_moment(&m, v))
        return KNOWN_NOT;
    if (to_utc(&m, &utc))
        m = utc;
    h = (uint64_t)m.kind;
    for (size_t i = 0; i < m.count; i++)
        h = h * 1000003U ^ (uint64_t)m.fields[i];
    *out = h == UINT64_MAX ? -2 : (int64_t)h;
    return 0;
}

/* ---- repr */

static void put_timedelta(struct buf *b, const struct moment *m)
{
    static const char *const names[] = {"days", "seconds", "microseconds"};
    bool any = false;

    for (size_t i = 0; i < 3; i++)
        if (m->fields[i]) {
            buf_printf(b, "%s%s=%lld", any ? ", " : "", names[i], (long long)m->fields[i]);
            any = true;
        }
    buf_put_text(b, any ? "" : "0");
}

/* Seconds and microseconds are left out where they, and what is behind them, are 0. */
static void put_fields(struct buf *b, const struct moment *m)
{
    size_t count = m->count;

    if (m->kind != KIND_DATE) {
        count -= !m->fields[count - 1];
        if (count < m->count)
            count -= !m->fields[count - 1];
    }
    for (size_t i = 0; i < count; i++)
        buf_printf(b, "%s%lld", i ? ", " : "", (long long)m->fields[i]);
    if (m->fold)
        buf_put_text(b, ", fold=1");
}

static bool is_utc(const struct value *args)
{
    int64_t seconds = 1, microseconds = 1;
    struct moment delta;

    if (tuple_length(args) != 1 || !read_moment(&delta, tuple_peek(args, 0)) || delta.kind != KIND_TIMEDELTA)
        return false;
    seconds = delta.fields[0] * 86400 + delta.fields[1];
    microseconds = delta.fields[2];
    return !seconds && !microseconds;
}

static struct value *zone_repr(struct ctx *ctx, struct value *v)
{
    struct value *args = opaque_args_peek(v);
    struct buf b;
    int failed = 0;

    if (is_utc(args))
        return str_new_text(ctx, "datetime.timezone.utc");
    buf_init(&b, ctx->rt->repr_limit);
    buf_put_text(&b, "datetime.timezone(");
    for (size_t i = 0; i < tuple_length(args) && !failed; i++) {
        buf_put_text(&b, i ? ", " : "");
        failed = printing_put(ctx, &b, tuple_peek(args, i));
    }
    buf_put_text(&b, ")");
    if (!failed)
        return printing_finish(ctx, &b);
    buf_free(&b);
    return NULL;
}

struct value *time_repr(struct ctx *ctx, struct value *v)
{
    struct moment m;
    struct buf b;
    int failed = 0;

    if (known_is(v, "datetime", "timezone"))
        return zone_repr(ctx, v);
    if (!read_moment(&m, v))
        return NULL;
    buf_init(&b, ctx->rt->repr_limit);
    buf_printf(&b, "datetime.%s(", global_qualname(opaque_callable_peek(v)));
    if (m.kind == KIND_TIMEDELTA)
        put_timedelta(&b, &m);
    else
        put_fields(&b, &m);
    if (m.zone) {
        buf_put_text(&b, ", tzinfo=");
        failed = printing_put(ctx, &b, m.zone);
    }
    buf_put_text(&b, ")");
    if (!failed)
        return printing_finish(ctx, &b);
    buf_free(&b);
    return NULL;
}
