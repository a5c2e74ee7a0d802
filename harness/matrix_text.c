/* SPDX-License-Identifier: MIT */
/* The matrix as a page of Markdown, made from its data alone. */
#include <stdlib.h>
#include <string.h>

#include "harness/matrix.h"
#include "harness/text.h"

/* How many characters of a line are shown: the page is to be read; the data and the case have the whole. */
#define SHOWN 110

/* How an implementation was paired: its name stands for the star. */
enum part { AS_PROXY, AS_MANAGER, ALONE, PARTS };

struct part_row {
    const char *title;
    bool proxy, manager; /* whether it has this role */
};

extern const struct part_row matrix_parts[];

static const char *string(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text ? text : "";
}

static long long number(const json_t *object, const char *member)
{
    return json_integer_value(json_object_get(object, member));
}

/* --- Markdown --- */

/* A code span in a cell: one line, cut to what is shown, whatever backquotes and bars it has. */
static void put_code(struct text *out, const char *text)
{
    size_t longest = 0, here = 0, length = strlen(text);
    const bool cut = length > SHOWN;
    length = cut ? SHOWN : length;
    while (cut && ((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    for (size_t i = 0; i < length; i++) {
        here = text[i] == '`' ? here + 1 : 0;
        longest = here > longest ? here : longest;
    }
    for (size_t i = 0; i <= longest; i++)
        text_puts(out, "`");
    text_puts(out, longest ? " " : "");
    for (size_t i = 0; i < length; i++)
        if (text[i] == '|')
            text_puts(out, "\\|");
        else
            text_printf(out, "%c", text[i] == '\n' ? ' ' : text[i]);
    text_puts(out, cut ? "…" : "");
    text_puts(out, longest ? " " : "");
    for (size_t i = 0; i <= longest; i++)
        text_puts(out, "`");
}

static void put_rule(struct text *out, size_t left, size_t right)
{
    text_puts(out, "|");
    for (size_t i = 0; i < left + right; i++)
        text_puts(out, i < left ? "---|" : "--:|");
    text_puts(out, "\n");
}

/* The target of a link to a heading that is a name: names have letters, digits and dashes, and dots, which go. */
static void put_anchor(struct text *out, const char *name)
{
    for (; *name; name++)
        if (*name != '.')
            text_printf(out, "%c", *name);
}

/* --- finding --- */

static const json_t *pairing_of(const json_t *data, const char *proxy, const char *manager)
{
    size_t i;
    const json_t *pairing;
    json_array_foreach(json_object_get(data, "pairings"), i,
                       pairing) if (strcmp(string(pairing, "proxy"), proxy) == 0 &&
                                    strcmp(string(pairing, "manager"), manager) == 0) return pairing;
    return NULL;
}

/* The CPython that an implementation is held against: of the version that it imitates; for a CPython that of the first
 * pairing, which is the oracle's. */
static const char *partner_of(const json_t *data, const json_t *implementation)
{
    size_t i;
    const json_t *other;
    if (strcmp(string(implementation, "kind"), "cpython") == 0)
        return string(json_array_get(json_object_get(data, "pairings"), 0), "proxy");
    json_array_foreach(json_object_get(data, "implementations"), i, other)
    {
        if (strcmp(string(other, "kind"), "cpython") == 0 &&
            strcmp(string(other, "imitates"), string(implementation, "imitates")) == 0)
            return string(other, "name");
    }
    return "";
}

static const json_t *part_of(const json_t *data, const json_t *implementation, enum part part)
{
    const char *name = string(implementation, "name"), *partner = partner_of(data, implementation);
    return pairing_of(data, matrix_parts[part].proxy ? name : partner, matrix_parts[part].manager ? name : partner);
}

/* Whether it was judged, and was not only a partner of others. */
static bool is_judged(const json_t *data, const json_t *implementation)
{
    for (int part = 0; part < PARTS; part++)
        if (part != ALONE && part_of(data, implementation, (enum part)part))
            return true;
    return false;
}

/* Whether it has a table of deviations. */
static bool deviates(const json_t *data, const json_t *implementation)
{
    for (int part = 0; part < PARTS; part++)
        if (json_array_size(json_object_get(part_of(data, implementation, (enum part)part), "deviations")))
            return true;
    return false;
}

/* --- the first table: who, and the counts of each part --- */

static void put_counts(struct text *out, const json_t *pairing)
{
    const char *verdict;
    const json_t *count;
    const char *comma = " ";
    if (!pairing) {
        text_puts(out, " – |");
        return;
    }
    json_object_foreach((json_t *)json_object_get(pairing, "counts"), verdict, count)
    {
        if (strcmp(verdict, "not-applicable") == 0)
            continue;
        text_printf(out, "%s%lld %s", comma, (long long)json_integer_value(count), verdict);
        comma = ", ";
    }
    text_puts(out, *comma == ',' ? " |" : " nothing judged |");
}

static void put_who(struct text *out, const json_t *data)
{
    size_t i;
    const json_t *it;
    text_puts(out, "| implementation | release | imitates |");
    for (int part = 0; part < PARTS; part++)
        text_printf(out, " %s |", matrix_parts[part].title);
    text_puts(out, "\n");
    put_rule(out, 3 + PARTS, 0);
    json_array_foreach(json_object_get(data, "implementations"), i, it)
    {
        if (!is_judged(data, it))
            continue;
        text_printf(out, deviates(data, it) ? "| [%s](#" : "| %s", string(it, "name"));
        if (deviates(data, it)) {
            put_anchor(out, string(it, "name"));
            text_puts(out, ")");
        }
        text_printf(out, " | %s | %s |", string(it, "release"), string(it, "imitates"));
        for (int part = 0; part < PARTS; part++)
            put_counts(out, part_of(data, it, (enum part)part));
        text_puts(out, "\n");
    }
}

/* --- tables of groups of clauses --- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All groups of all pairings, sorted: new list of borrowed names. */
static const char **all_groups(const json_t *data, size_t *count)
{
    json_t *all = json_object();
    size_t i, n = 0;
    const json_t *pairing;
    json_array_foreach(json_object_get(data, "pairings"), i, pairing)
        json_object_update(all, json_object_get(pairing, "groups"));
    const char **list = text_calloc(json_object_size(all) + 1, sizeof *list), *name;
    json_t *value;
    json_object_foreach(all, name, value) list[n++] = text_copy(name);
    qsort(list, n, sizeof *list, by_name);
    json_decref(all);
    *count = n;
    return list;
}

static void put_group_cell(struct text *out, const json_t *pairing, const char *group)
{
    const json_t *counts = json_object_get(json_object_get(pairing, "groups"), group);
    const long long passed = json_integer_value(json_array_get(counts, 0)),
                    judged = json_integer_value(json_array_get(counts, 1));
    if (!judged)
        text_puts(out, "–");
    else if (passed == judged)
        text_printf(out, "%lld", passed);
    else
        text_printf(out, "**%lld/%lld**", passed, judged);
}

/* Whether an implementation is of a kind; NULL: of any that has no table of its own. */
static bool is_of(const json_t *implementation, const char *kind)
{
    const char *its = string(implementation, "kind");
    return kind ? strcmp(its, kind) == 0 : strcmp(its, "cpython") != 0 && strcmp(its, "ref") != 0;
}

static size_t put_group_head(struct text *out, const json_t *data, const char *kind)
{
    size_t i, columns = 0;
    const json_t *it;
    text_puts(out, "| clauses |");
    json_array_foreach(json_object_get(data, "implementations"), i, it)
    {
        if (!is_of(it, kind) || !is_judged(data, it))
            continue;
        text_printf(out, " %s |", kind ? string(it, "imitates") : string(it, "name"));
        columns++;
    }
    text_puts(out, "\n");
    put_rule(out, 1, columns);
    return columns;
}

/* One table: of each implementation the cases passed as proxy and as manager. */
static void put_groups(struct text *out, const json_t *data, const char *title, const char *kind)
{
    size_t count, i;
    const json_t *it;
    const char **groups = all_groups(data, &count);
    struct text table = {0};
    if (put_group_head(&table, data, kind)) {
        text_printf(out, "\n### %s\n\n%s", title, text_peek(&table));
        for (size_t g = 0; g < count; g++) {
            text_printf(out, "| %s |", groups[g]);
            json_array_foreach(json_object_get(data, "implementations"), i, it)
            {
                if (!is_of(it, kind) || !is_judged(data, it))
                    continue;
                text_puts(out, " ");
                put_group_cell(out, part_of(data, it, AS_PROXY), groups[g]);
                text_puts(out, " · ");
                put_group_cell(out, part_of(data, it, AS_MANAGER), groups[g]);
                text_puts(out, " |");
            }
            text_puts(out, "\n");
        }
    }
    text_clear(&table);
    for (size_t g = 0; g < count; g++)
        free((char *)groups[g]);
    free(groups);
}

/* --- deviations --- */

static const json_t *deviation_in(const json_t *pairing, const char *id)
{
    size_t i;
    const json_t *deviation;
    json_array_foreach(json_object_get(pairing, "deviations"), i, deviation)
    {
        if (strcmp(string(deviation, "case"), id) == 0)
            return deviation;
    }
    return NULL;
}

static void put_line(struct text *out, const json_t *deviation, const char *member)
{
    const json_t *line = json_object_get(deviation, member);
    put_code(out, json_is_string(line) ? json_string_value(line) : "no exception");
}

static void put_what(struct text *out, const json_t *deviation)
{
    if (json_object_get(deviation, "reason")) {
        put_code(out, string(deviation, "reason"));
        return;
    }
    put_code(out, string(deviation, "statement"));
    text_puts(out, "<br>expected ");
    put_line(out, deviation, "expected");
    text_puts(out, "<br>observed ");
    put_line(out, deviation, "observed");
}

/* All cases in which an implementation deviates in some part, in the order of the corpus: new. */
static json_t *deviating_cases(const json_t *const parts[PARTS])
{
    json_t *ids = json_object();
    size_t i;
    const json_t *deviation;
    for (int part = 0; part < PARTS; part++)
        json_array_foreach(json_object_get(parts[part], "deviations"), i, deviation)
            json_object_set_new(ids, string(deviation, "case"), json_true());
    return ids;
}

static void put_deviation(struct text *out, const char *id, const json_t *const parts[PARTS])
{
    const json_t *first = NULL;
    text_printf(out, "| [%s](../cases/%s.case) |", id, id);
    for (int part = 0; part < PARTS; part++) {
        const json_t *deviation = deviation_in(parts[part], id);
        first = first ? first : deviation;
        text_printf(out, " %s |", deviation ? string(deviation, "verdict") : "");
    }
    text_puts(out, " ");
    put_what(out, first);
    text_puts(out, " |\n");
}

static void put_deviations(struct text *out, const json_t *data, const json_t *it)
{
    const json_t *parts[PARTS];
    const char *home = string(it, "home"), *partner = partner_of(data, it);
    for (int part = 0; part < PARTS; part++)
        parts[part] = part_of(data, it, (enum part)part);
    json_t *ids = deviating_cases(parts);
    const size_t count = json_object_size(ids);
    const char **sorted = text_calloc(count + 1, sizeof *sorted), *id;
    json_t *value;
    size_t n = 0;
    json_object_foreach(ids, id, value) sorted[n++] = id;
    qsort(sorted, n, sizeof *sorted, by_name);
    text_printf(out, "\n### %s\n\n", string(it, "name"));
    if (*home)
        text_printf(out, "[%s](%s), ", string(it, "kind"), home);
    text_printf(out, "held against %s: %zu case%s.\n\n| case |", *partner ? partner : "the recordings alone", count,
                count == 1 ? "" : "s");
    for (int part = 0; part < PARTS; part++)
        text_printf(out, " %s |", matrix_parts[part].title);
    text_puts(out, " what |\n");
    put_rule(out, 2 + PARTS, 0);
    for (size_t i = 0; i < n; i++)
        put_deviation(out, sorted[i], parts);
    free(sorted);
    json_decref(ids);
}

/* --- what only the reference shows --- */

static const json_t *implementation_of(const json_t *data, const char *name)
{
    size_t i;
    const json_t *it;
    json_array_foreach(json_object_get(data, "implementations"), i, it)
    {
        if (strcmp(string(it, "name"), name) == 0)
            return it;
    }
    return NULL;
}

/* The cases that pass with CPython as the partner and not with the reference: its own doing. */
static void put_only_with_reference(struct text *out, const json_t *data, const json_t *pairing)
{
    const json_t *proxy = implementation_of(data, string(pairing, "proxy")),
                 *manager = implementation_of(data, string(pairing, "manager")), *deviation;
    const bool first = is_of(proxy, "ref") && is_of(manager, NULL),
               second = is_of(manager, "ref") && is_of(proxy, NULL);
    size_t i;
    if (!first && !second)
        return;
    const json_t *with_cpython = part_of(data, first ? manager : proxy, first ? AS_MANAGER : AS_PROXY);
    json_array_foreach(json_object_get(pairing, "deviations"), i, deviation)
    {
        const char *id = string(deviation, "case");
        if (!with_cpython || deviation_in(with_cpython, id))
            continue;
        text_printf(out, "| [%s](../cases/%s.case) | %s × %s | %s | ", id, id, string(pairing, "proxy"),
                    string(pairing, "manager"), string(deviation, "verdict"));
        put_what(out, deviation);
        text_puts(out, " |\n");
    }
}

/* --- the whole --- */

static void put_reference(struct text *out, const json_t *data)
{
    struct text rows = {0};
    size_t i;
    const json_t *pairing;
    json_array_foreach(json_object_get(data, "pairings"), i, pairing) put_only_with_reference(&rows, data, pairing);
    text_puts(out, "\n### Only with the reference\n\nCases that pass with CPython as the partner, and not with the "
                   "reference in its place");
    if (rows.length)
        text_printf(out, ":\n\n| case | pairing | verdict | what |\n|---|---|---|---|\n%s", text_peek(&rows));
    else
        text_puts(out, ": none.\n");
    text_clear(&rows);
}

static void put_absent(struct text *out, const json_t *data)
{
    size_t i;
    const json_t *name;
    const json_t *absent = json_object_get(data, "absent");
    if (!json_array_size(absent))
        return;
    text_puts(out, "**Not installed where this was made, so not run:**");
    json_array_foreach(absent, i, name) text_printf(out, "%s %s", i ? "," : "", json_string_value(name));
    text_puts(out, ".\n\n");
}

void matrix_text(struct text *out, const json_t *data)
{
    size_t i;
    const json_t *it;
    text_printf(out,
                "# The matrix\n\n"
                "Made by `make matrix` (`mpconform matrix --output reports/matrix.md`): do not edit. "
                "[How to read it](README.md#the-matrix). The data is in [matrix.json](matrix.json).\n\n"
                "%lld cases, SHA-256 `%s`; %zu pairings.\n\n",
                number(data, "cases"), string(data, "cases_sha256"),
                json_array_size(json_object_get(data, "pairings")));
    put_absent(out, data);
    put_who(out, data);
    text_puts(out, "\n## Groups of clauses\n\nCases passed, as proxy · as manager; **bold** where not all that were "
                   "judged have passed.\n");
    put_groups(out, data, "Other implementations", NULL);
    put_groups(out, data, "The reference, with CPython of the same version", "ref");
    put_groups(out, data, "CPython, with the oracle", "cpython");
    text_puts(out, "\n## Deviations\n");
    json_array_foreach(json_object_get(data, "implementations"), i, it)
    {
        if (deviates(data, it))
            put_deviations(out, data, it);
    }
    put_reference(out, data);
}

/* --- table --- */

const struct part_row matrix_parts[] = {
    [AS_PROXY] = {"as proxy", true, false},
    [AS_MANAGER] = {"as manager", false, true},
    [ALONE] = {"with itself", true, true},
};
