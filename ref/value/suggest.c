/* SPDX-License-Identifier: MIT */
/* Edit distance with CPython's costs (Python/suggestions.c): two for an insertion, deletion or substitution, one for a
 * change of case; at most a third of the characters may differ.  Counts bytes where CPython counts characters:
 * parameter names here are ASCII. */
#include "ref/value/suggest.h"

#include <ctype.h>
#include <stdint.h>

enum { COST_MOVE = 2, COST_CASE = 1, LONGEST = 40 };

static size_t substitution_cost(char a, char b)
{
    if (a == b)
        return 0;
    return tolower((unsigned char)a) == tolower((unsigned char)b) ? COST_CASE : COST_MOVE;
}

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* One row of the table of distances after another; row[j] is the distance between what was read of a and j + 1
 * characters of b. */
static size_t edit_distance(const char *a, size_t m, const char *b, size_t n)
{
    size_t row[LONGEST];
    for (size_t j = 0; j < n; j++)
        row[j] = (j + 1) * COST_MOVE;
    for (size_t i = 0; i < m; i++) {
        size_t diagonal = i * COST_MOVE, left = (i + 1) * COST_MOVE;
        for (size_t j = 0; j < n; j++) {
            size_t substitute = diagonal + substitution_cost(a[i], b[j]);
            diagonal = row[j];
            left = row[j] = min(substitute, min(left, diagonal) + COST_MOVE);
        }
    }
    return row[n - 1];
}

static size_t distance(const char *a, size_t m, const char *b, size_t n)
{
    while (m && n && *a == *b)
        a++, b++, m--, n--;
    while (m && n && a[m - 1] == b[n - 1])
        m--, n--;
    if (m == 0 || n == 0)
        return (m + n) * COST_MOVE;
    return m > LONGEST || n > LONGEST ? SIZE_MAX : edit_distance(a, m, b, n);
}

void suggest_init(struct suggestion *s, const char *name, size_t size)
{
    *s = (struct suggestion){.name = name, .size = size, .best_cost = SIZE_MAX};
}

void suggest_consider(struct suggestion *s, const char *candidate, size_t size)
{
    size_t cost = distance(s->name, s->size, candidate, size);
    if (cost > (s->size + size + 3) * COST_MOVE / 6 || cost >= s->best_cost)
        return;
    s->best = candidate;
    s->best_size = size;
    s->best_cost = cost;
}
