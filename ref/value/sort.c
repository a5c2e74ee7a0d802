/* SPDX-License-Identifier: MIT */
/* Sorting as list.sort does it: a stable merge sort that finds runs and gallops (Objects/listsort.txt explains it).
 *
 * With a consistent order any stable sort gives the same list. Elements without one (sets, not-a-numbers) and a
 * comparison that raises half-way show which pairs were compared, so every version's choices are followed: how runs are
 * found changed with 3.13, which runs are merged with 3.11, how short runs are lengthened with 3.15. */
#include "ref/value/sort.h"

#include <string.h>

#include "ref/base/mem.h"

enum { MIN_GALLOP = 7, MAX_MINRUN = 64, MAX_RUNS = 128 };

struct run {
    size_t start, length;
    int power; /* depth in the merge tree of the boundary behind it */
};

struct sorter {
    struct ctx *ctx;
    struct sort_item *base, *temp;
    size_t length, temp_capacity, min_gallop;
    size_t minrun, minrun_sum; /* the sum's bits below shift: what 3.15 carries over to the next run */
    unsigned minrun_shift;
    struct run runs[MAX_RUNS];
    size_t pending;
    bool reversed_equals, power; /* 3.13: runs of equal items inside a descending run; 3.11: merges by power */
};

enum side { LEFT_OF_EQUALS, RIGHT_OF_EQUALS };

/* a < b: 1, 0, -1. */
static int less(struct sorter *s, const struct sort_item *a, const struct sort_item *b)
{
    return value_compare(s->ctx, COMPARE_LT, a->key, b->key);
}

static void reverse(struct sort_item *a, size_t n)
{
    for (size_t i = 0, j = n; i + 1 < j; i++) {
        struct sort_item t = a[i];
        a[i] = a[--j];
        a[j] = t;
    }
}

/* ---- runs */

/* While the items at n go on as wanted (a[n] < a[n - 1] or not), n grows. -1 after raising. */
static int extend_run(struct sorter *s, const struct sort_item *a, size_t length, size_t *n, int wanted)
{
    for (; *n < length; ++*n) {
        int smaller = less(s, &a[*n], &a[*n - 1]);
        if (smaller < 0)
            return -1;
        if (smaller != wanted)
            break;
    }
    return 0;
}

/* Up to 3.12: as many as ascend, or as strictly descend; the latter are turned round. */
static int count_strict_run(struct sorter *s, struct sort_item *a, size_t length, size_t *n)
{
    int descending;

    *n = 1;
    if (length == 1)
        return 0;
    descending = less(s, &a[1], &a[0]);
    *n = 2;
    if (descending < 0 || extend_run(s, a, length, n, descending) < 0)
        return -1;
    if (descending)
        reverse(a, *n);
    return 0;
}

/* Turns the last equals + 1 of the first n round, which are equal: turning the whole restores their order. */
static void reverse_equals(struct sort_item *a, size_t n, size_t *equals)
{
    if (*equals)
        reverse(a + n - (*equals + 1), *equals + 1);
    *equals = 0;
}

/* The rest of a descending run in which equal items may stand side by side. */
static int extend_descending(struct sorter *s, struct sort_item *a, size_t length, size_t *n)
{
    size_t equals = 0;

    for (; *n < length; ++*n) {
        int smaller = less(s, &a[*n], &a[*n - 1]), larger;
        if (smaller < 0)
            return -1;
        if (smaller) {
            reverse_equals(a, *n, &equals);
            continue;
        }
        larger = less(s, &a[*n - 1], &a[*n]);
        if (larger < 0)
            return -1;
        if (larger)
            break;
        equals++;
    }
    reverse_equals(a, *n, &equals);
    return 0;
}

/* From 3.13 on: an ascending run; or a descending one, which then may begin with equal items and, turned round, go on
 * ascending. */
static int count_lenient_run(struct sorter *s, struct sort_item *a, size_t length, size_t *n)
{
    *n = 1;
    if (extend_run(s, a, length, n, 0) < 0)
        return -1;
    if (*n == length)
        return 0;
    if (*n > 1) {
        int ascended = less(s, &a[0], &a[*n - 1]);
        if (ascended)
            return ascended < 0 ? -1 : 0;
        reverse(a, *n);
    }
    ++*n;
    if (extend_descending(s, a, length, n) < 0)
        return -1;
    reverse(a, *n);
    return extend_run(s, a, length, n, 0);
}

/* Sorts a[0 … n), of which the first sorted ones are in order, by binary insertion. */
static int insert_rest(struct sorter *s, struct sort_item *a, size_t n, size_t sorted)
{
    for (; sorted < n; sorted++) {
        struct sort_item pivot = a[sorted];
        size_t left = 0, right = sorted;
        while (left < right) {
            size_t middle = left + (right - left) / 2;
            int smaller = less(s, &pivot, &a[middle]);
            if (smaller < 0)
                return -1;
            if (smaller)
                right = middle;
            else
                left = middle + 1;
        }
        memmove(a + left + 1, a + left, (sorted - left) * sizeof *a);
        a[left] = pivot;
    }
    return 0;
}

/* ---- merging two neighbouring runs */

/* Does key belong behind item? 1, 0, -1. */
static int belongs_behind(struct sorter *s, const struct sort_item *key, const struct sort_item *item, enum side side)
{
    int smaller = side == LEFT_OF_EQUALS ? less(s, item, key) : less(s, key, item);

    return side == LEFT_OF_EQUALS || smaller < 0 ? smaller : !smaller;
}

/* Where key belongs among the n of a: before or after those equal to it. The search doubles its steps away from hint,
 * then halves. */
static ssize_t gallop(struct sorter *s, const struct sort_item *key, const struct sort_item *a, ssize_t n, ssize_t hint,
                      enum side side)
{
    ssize_t last = 0, step = 1, limit, low, high;
    int up = belongs_behind(s, key, &a[hint], side), behind;

    if (up < 0)
        return -1;
    for (limit = up ? n - hint : hint + 1; step < limit; step = step * 2 + 1) {
        behind = belongs_behind(s, key, &a[up ? hint + step : hint - step], side);
        if (behind < 0)
            return -1;
        if (behind != up)
            break;
        last = step;
    }
    if (step > limit)
        step = limit;
    low = up ? hint + last + 1 : hint - step + 1;
    high = up ? hint + step : hint - last;
    while (low < high) {
        ssize_t middle = low + (high - low) / 2;
        behind = belongs_behind(s, key, &a[middle], side);
        if (behind < 0)
            return -1;
        if (behind)
            low = middle + 1;
        else
            high = middle;
    }
    return high;
}

static int need_temp(struct sorter *s, size_t n)
{
    struct sort_item *temp;

    if (n <= s->temp_capacity)
        return 0;
    temp = mem_alloc(n * sizeof *temp);
    if (!temp)
        return raise_memory(s->ctx), -1;
    mem_free(s->temp);
    s->temp = temp;
    s->temp_capacity = n;
    return 0;
}

/* One merge under way: a is the left run and b the right one, each with so many items left; the shorter of them was
 * moved to temp, and dest is where the next item goes. Upwards these point at what comes next; downwards they point
 * behind it. */
struct merge {
    struct sort_item *a, *b, *dest;
    ssize_t a_left, b_left;
};

enum outcome { MERGE_ON, MERGE_DONE, MERGE_FAILED };

static void put_up(struct merge *m, struct sort_item **from, ssize_t *left, ssize_t n)
{
    memmove(m->dest, *from, (size_t)n * sizeof **from);
    m->dest += n;
    *from += n;
    *left -= n;
}

/* One item at a time, until one side has won min_gallop times in a row. */
static enum outcome walk_up(struct sorter *s, struct merge *m, size_t min_gallop)
{
    size_t a_wins = 0, b_wins = 0;

    while (a_wins < min_gallop && b_wins < min_gallop) {
        int smaller = less(s, m->b, m->a);
        if (smaller < 0)
            return MERGE_FAILED;
        if (smaller) {
            put_up(m, &m->b, &m->b_left, 1);
            b_wins++;
            a_wins = 0;
            if (!m->b_left)
                return MERGE_DONE;
        } else {
            put_up(m, &m->a, &m->a_left, 1);
            a_wins++;
            b_wins = 0;
            if (m->a_left == 1)
                return MERGE_DONE;
        }
    }
    return MERGE_ON;
}

/* Whole stretches, as long as they are long. */
static enum outcome gallop_up(struct sorter *s, struct merge *m)
{
    ssize_t a_wins, b_wins;

    s->min_gallop++;
    do {
        s->min_gallop -= s->min_gallop > 1;
        a_wins = gallop(s, m->b, m->a, m->a_left, 0, RIGHT_OF_EQUALS);
        if (a_wins < 0)
            return MERGE_FAILED;
        put_up(m, &m->a, &m->a_left, a_wins);
        if (a_wins && m->a_left <= 1)
            return MERGE_DONE;
        put_up(m, &m->b, &m->b_left, 1);
        if (!m->b_left)
            return MERGE_DONE;
        b_wins = gallop(s, m->a, m->b, m->b_left, 0, LEFT_OF_EQUALS);
        if (b_wins < 0)
            return MERGE_FAILED;
        put_up(m, &m->b, &m->b_left, b_wins);
        if (!m->b_left)
            return MERGE_DONE;
        put_up(m, &m->a, &m->a_left, 1);
        if (m->a_left == 1)
            return MERGE_DONE;
    } while (a_wins >= MIN_GALLOP || b_wins >= MIN_GALLOP);
    s->min_gallop++; /* a penalty for leaving */
    return MERGE_ON;
}

/* The left run is the shorter one: it goes to temp, and the merge fills its place upwards. */
static int merge_up(struct sorter *s, struct sort_item *a, ssize_t na, ssize_t nb)
{
    struct merge m = {s->temp, a + na, a, na, nb};
    enum outcome outcome = MERGE_ON;

    memcpy(s->temp, a, (size_t)na * sizeof *a);
    put_up(&m, &m.b, &m.b_left, 1);
    if (!m.b_left || m.a_left == 1)
        outcome = MERGE_DONE;
    while (outcome == MERGE_ON) {
        outcome = walk_up(s, &m, s->min_gallop);
        if (outcome == MERGE_ON)
            outcome = gallop_up(s, &m);
    }
    if (outcome == MERGE_DONE && m.a_left == 1) /* the last of a belongs behind all that is left of b */
        put_up(&m, &m.b, &m.b_left, m.b_left);
    put_up(&m, &m.a, &m.a_left, m.a_left);
    return outcome == MERGE_FAILED ? -1 : 0;
}

static void put_down(struct merge *m, struct sort_item **from, ssize_t *left, ssize_t n)
{
    m->dest -= n;
    *from -= n;
    *left -= n;
    memmove(m->dest, *from, (size_t)n * sizeof **from);
}

static enum outcome walk_down(struct sorter *s, struct merge *m, size_t min_gallop)
{
    size_t a_wins = 0, b_wins = 0;

    while (a_wins < min_gallop && b_wins < min_gallop) {
        int smaller = less(s, m->b - 1, m->a - 1);
        if (smaller < 0)
            return MERGE_FAILED;
        if (smaller) {
            put_down(m, &m->a, &m->a_left, 1);
            a_wins++;
            b_wins = 0;
            if (!m->a_left)
                return MERGE_DONE;
        } else {
            put_down(m, &m->b, &m->b_left, 1);
            b_wins++;
            a_wins = 0;
            if (m->b_left == 1)
                return MERGE_DONE;
        }
    }
    return MERGE_ON;
}

static enum outcome gallop_down(struct sorter *s, struct merge *m)
{
    ssize_t a_wins, b_wins, at;

    s->min_gallop++;
    do {
        s->min_gallop -= s->min_gallop > 1;
        at = gallop(s, m->b - 1, m->a - m->a_left, m->a_left, m->a_left - 1, RIGHT_OF_EQUALS);
        if (at < 0)
            return MERGE_FAILED;
        a_wins = m->a_left - at;
        put_down(m, &m->a, &m->a_left, a_wins);
        if (!m->a_left)
            return MERGE_DONE;
        put_down(m, &m->b, &m->b_left, 1);
        if (m->b_left == 1)
            return MERGE_DONE;
        at = gallop(s, m->a - 1, s->temp, m->b_left, m->b_left - 1, LEFT_OF_EQUALS);
        if (at < 0)
            return MERGE_FAILED;
        b_wins = m->b_left - at;
        put_down(m, &m->b, &m->b_left, b_wins);
        if (b_wins && m->b_left <= 1)
            return MERGE_DONE;
        put_down(m, &m->a, &m->a_left, 1);
        if (!m->a_left)
            return MERGE_DONE;
    } while (a_wins >= MIN_GALLOP || b_wins >= MIN_GALLOP);
    s->min_gallop++;
    return MERGE_ON;
}

/* The right run is the shorter one: it goes to temp, and the merge fills its place downwards. */
static int merge_down(struct sorter *s, struct sort_item *a, ssize_t na, ssize_t nb)
{
    struct merge m = {a + na, s->temp + nb, a + na + nb, na, nb};
    enum outcome outcome = MERGE_ON;

    memcpy(s->temp, a + na, (size_t)nb * sizeof *a);
    put_down(&m, &m.a, &m.a_left, 1);
    if (!m.a_left || m.b_left == 1)
        outcome = MERGE_DONE;
    while (outcome == MERGE_ON) {
        outcome = walk_down(s, &m, s->min_gallop);
        if (outcome == MERGE_ON)
            outcome = gallop_down(s, &m);
    }
    if (outcome == MERGE_DONE && m.b_left == 1) /* the first of b belongs before all that is left of a */
        put_down(&m, &m.a, &m.a_left, m.a_left);
    put_down(&m, &m.b, &m.b_left, m.b_left);
    return outcome == MERGE_FAILED ? -1 : 0;
}

/* Merges the pending runs i and i + 1, leaving out what is in place already at both ends. */
static int merge_at(struct sorter *s, size_t i)
{
    struct run left = s->runs[i], right = s->runs[i + 1];
    struct sort_item *a = s->base + left.start, *b = s->base + right.start;
    ssize_t na = (ssize_t)left.length, nb = (ssize_t)right.length, skip;

    s->runs[i].length += right.length;
    if (i + 3 == s->pending)
        s->runs[i + 1] = s->runs[i + 2];
    s->pending--;
    skip = gallop(s, b, a, na, 0, RIGHT_OF_EQUALS);
    if (skip < 0)
        return -1;
    a += skip;
    na -= skip;
    if (!na)
        return 0;
    nb = gallop(s, &a[na - 1], b, nb, nb - 1, LEFT_OF_EQUALS);
    if (nb <= 0)
        return (int)nb;
    if (need_temp(s, (size_t)(na <= nb ? na : nb)) < 0)
        return -1;
    return na <= nb ? merge_up(s, a, na, nb) : merge_down(s, a, na, nb);
}

/* ---- which runs to merge */

/* Up to 3.10: so that lengths on the stack shrink faster than Fibonacci's numbers. */
static int collapse_by_length(struct sorter *s)
{
    const struct run *r = s->runs;

    while (s->pending > 1) {
        size_t n = s->pending - 2;
        if ((n > 0 && r[n - 1].length <= r[n].length + r[n + 1].length) ||
            (n > 1 && r[n - 2].length <= r[n - 1].length + r[n].length)) {
            if (r[n - 1].length < r[n + 1].length)
                n--;
        } else if (r[n].length > r[n + 1].length) {
            break;
        }
        if (merge_at(s, n) < 0)
            return -1;
    }
    return 0;
}

/* The first binary digit in which the middles of two neighbouring runs, as fractions of the whole, differ. */
static int boundary_power(const struct run *r, size_t next_length, size_t n)
{
    size_t a = 2 * r->start + r->length, b = a + r->length + next_length;
    int power = 1;

    for (; a >= n || b < n; power++) {
        if (a >= n) {
            a -= n;
            b -= n;
        }
        a *= 2;
        b *= 2;
    }
    return power;
}

/* From 3.11 on: merges what lies deeper in the tree than the boundary before the run that was found. */
static int collapse_by_power(struct sorter *s, size_t next_length)
{
    struct run *r = s->runs;
    int power;

    if (!s->pending)
        return 0;
    power = boundary_power(&r[s->pending - 1], next_length, s->length);
    while (s->pending > 1 && r[s->pending - 2].power > power)
        if (merge_at(s, s->pending - 2) < 0)
            return -1;
    r[s->pending - 1].power = power;
    return 0;
}

static int collapse_all(struct sorter *s)
{
    while (s->pending > 1) {
        size_t n = s->pending - 2;
        if (n > 0 && s->runs[n - 1].length < s->runs[n + 1].length)
            n--;
        if (merge_at(s, n) < 0)
            return -1;
    }
    return 0;
}

/* ---- the whole */

static void choose_minrun(struct sorter *s)
{
    size_t n = s->length, odd = 0;

    for (; n >= MAX_MINRUN; n >>= 1) {
        odd |= n & 1;
        s->minrun_shift++;
    }
    s->minrun = n + odd;
}

/* From 3.15 on the least length varies, so that the lengths add up to the whole. */
static size_t next_minrun(struct sorter *s)
{
    size_t minrun;

    if (!compat_has(s->ctx->rt->compat, COMPAT_SORT_EVEN_RUNS))
        return s->minrun;
    s->minrun_sum += s->length;
    minrun = s->minrun_sum >> s->minrun_shift;
    s->minrun_sum &= ((size_t)1 << s->minrun_shift) - 1;
    return minrun;
}

/* Finds the run at start, lengthens it if it is short, and merges what is due. */
static int take_run(struct sorter *s, size_t start, size_t *length)
{
    size_t left = s->length - start, minrun = next_minrun(s), forced = left < minrun ? left : minrun;
    struct sort_item *a = s->base + start;

    if ((s->reversed_equals ? count_lenient_run : count_strict_run)(s, a, left, length) < 0)
        return -1;
    if (*length < forced) {
        if (insert_rest(s, a, forced, *length) < 0)
            return -1;
        *length = forced;
    }
    if (s->power && collapse_by_power(s, *length) < 0)
        return -1;
    s->runs[s->pending++] = (struct run){start, *length, 0};
    return s->power ? 0 : collapse_by_length(s);
}

int sort_items(struct ctx *ctx, struct sort_item *items, size_t count)
{
    struct sorter s = {.ctx = ctx, .base = items, .length = count, .min_gallop = MIN_GALLOP};
    int result = 0;

    if (count < 2)
        return 0;
    s.reversed_equals = compat_has(ctx->rt->compat, COMPAT_SORT_RUNS_OF_EQUALS);
    s.power = compat_has(ctx->rt->compat, COMPAT_SORT_POWERS);
    choose_minrun(&s);
    for (size_t start = 0, length; start < count && result == 0; start += length)
        result = take_run(&s, start, &length);
    if (result == 0)
        result = collapse_all(&s);
    mem_free(s.temp);
    return result;
}
