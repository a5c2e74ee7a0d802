/* SPDX-License-Identifier: MIT */
/* Observations of an adapter → one canonical line. */
#include "harness/canonical.h"

#include "harness/canonical_write.h"
#include "harness/case.h"
#include "harness/typed.h"

#include <stdlib.h>
#include <string.h>

/* One kind of observation. */
struct kind {
    const char *name;
    bool success;
    void (*write)(struct writer *writer, const json_t *body, const struct step *step);
};

static const struct kind *find_kind(const json_t *observed);

static void write_copy(struct writer *writer, const json_t *body, const struct step *step)
{
    if (step && step->negate && json_is_boolean(body))
        write_put(writer, json_is_true(body) ? "False" : "True");
    else if (step && step->sorted)
        write_sorted(writer, body);
    else
        write_value(writer, body);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted, each once. */
static void write_names(struct writer *writer, const json_t *names)
{
    size_t count = json_array_size(names);
    const char **sorted = text_calloc(count + 1, sizeof *sorted), *last = NULL;
    for (size_t i = 0; i < count; i++)
        if (!(sorted[i] = json_string_value(json_array_get(names, i)))) {
            write_fail(writer, "proxy", "names as exposed", json_array_get(names, i));
            count = 0;
        }
    qsort(sorted, count, sizeof *sorted, by_text);
    for (size_t i = 0; i < count; last = sorted[i++]) {
        if (last && !strcmp(last, sorted[i]))
            continue;
        json_t *name = json_string(sorted[i]);
        write_put(writer, " ");
        write_typeid(writer, name);
        json_decref(name);
    }
    free(sorted);
}

static void write_proxy(struct writer *writer, const json_t *body, const struct step *step)
{
    static const char *const members[] = {"typeid", "exposed", NULL};
    const json_t *exposed = json_object_get(body, "exposed");
    (void)step;
    if (!write_only(writer, "proxy", body, members))
        return;
    if (exposed && !json_is_null(exposed) && !json_is_array(exposed))
        write_fail(writer, "proxy", "an array or null as exposed", exposed);
    bool known = json_is_array(exposed);
    write_put(writer, known ? "proxy " : "<proxy ");
    write_typeid(writer, json_object_get(body, "typeid"));
    write_put(writer, !known ? ">" : json_array_size(exposed) ? " exposing" : " exposing nothing");
    write_names(writer, exposed);
}

/* Whether an object with this member of value 1 stands anywhere in value: {"$same": 1} or {"$shared": 1, …}. */
static bool mentions(const json_t *value, const char *member)
{
    const json_t *number = json_object_get(value, member), *item;
    const char *key;
    size_t i;
    if (json_is_integer(number) && json_integer_value(number) == 1)
        return true;
    json_array_foreach((json_t *)value, i, item) if (mentions(item, member)) return true;
    json_object_foreach((json_t *)value, key, item) if (mentions(item, member)) return true;
    return false;
}

static void write_raises(struct writer *writer, const json_t *body, const struct step *step)
{
    (void)step;
    write_put(writer, "raises ");
    if (mentions(body, "$same") && !mentions(body, "$shared")) { /* the exception itself, which is not wrapped */
        writer->marks = 1;
        writer->referenced = text_calloc(2, sizeof *writer->referenced);
        write_put(writer, "<1>");
    }
    write_exception(writer, body, true);
}

static void write_remote(struct writer *writer, const json_t *body, const struct step *step)
{
    (void)step;
    if (json_is_string(body))
        write_remote_error(&writer->out, json_string_value(body));
    else
        write_fail(writer, "remote_error", "a text", body);
}

static void write_lost(struct writer *writer, const json_t *body, const struct step *step)
{
    (void)step;
    if (json_is_string(body))
        write_put(writer, CANONICAL_LOST);
    else
        write_fail(writer, "lost", "a text", body);
}

/* ---- what differs in each run */

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* The length of what stands at p and differs in each run, and what to write instead. */
static size_t volatile_at(const char *line, const char *p, const char **instead)
{
    static const char address[] = " at 0x", count[] = ":       refcount=", unknown[] = "RemoteError KeyError: '";
    size_t digits;
    if (!strncmp(p, address, sizeof address - 1) &&
        (digits = strspn(p + sizeof address - 1, "0123456789abcdefABCDEF"))) {
        *instead = " at 0x…";
        return sizeof address - 1 + digits;
    }
    if (!is_hex(*p) || (p > line && is_hex(p[-1])))
        return 0;
    digits = strspn(p, "0123456789abcdef");
    bool listed = p > line + 1 && p[-1] == ' ' && p[-2] == ' ' && !strncmp(p + digits, count, sizeof count - 1);
    bool missing = !strncmp(line, unknown, sizeof unknown - 1) && p == line + sizeof unknown - 1 && digits >= 6 &&
                   strcspn(p, "0123456789") < digits && !strcmp(p + digits, "'");
    *instead = "…";
    return listed || missing ? digits : 0;
}

static char *without_addresses(const char *line)
{
    struct text out = {0};
    const char *instead;
    for (const char *p = line; *p;) {
        size_t length = volatile_at(line, p, &instead);
        if (length)
            text_puts(&out, instead);
        else
            text_add(&out, p, 1);
        p += length ? length : 1;
    }
    return text_give(&out);
}

/* "exposed={'b', 'a'}", the repr of a set of names in a message of CPython's server: sorts the names, in place. */
static void sort_exposed(char *line)
{
    static const char mark[] = "exposed={";
    char *start = strstr(line, mark), *end = start ? strchr(start, '}') : NULL;
    if (!end)
        return;
    start += sizeof mark - 1;
    size_t count = 1, length = (size_t)(end - start);
    char *names = text_format("%.*s", (int)length, start), *save = NULL;
    for (const char *p = names; *p; p++)
        count += *p == ',';
    char **list = text_calloc(count, sizeof *list);
    count = 0;
    for (char *name = strtok_r(names, ", ", &save); name; name = strtok_r(NULL, ", ", &save))
        list[count++] = name;
    qsort(list, count, sizeof *list, by_text);
    struct text sorted = {0};
    for (size_t i = 0; i < count; i++)
        text_printf(&sorted, "%s%s", i ? ", " : "", list[i]);
    if (sorted.length == length) /* names only, as expected */
        memcpy(start, text_peek(&sorted), length);
    text_clear(&sorted);
    free(list);
    free(names);
}

/* ---- the whole */

/* The text that was written, new, or NULL and *error. */
static char *finish(struct writer *writer, char **error)
{
    char *line = NULL;
    for (size_t i = 1; i <= writer->marks; i++)
        if (!writer->referenced[i])
            write_fail(writer, "$shared", "a $same for each number", NULL);
    *error = writer->error;
    if (!writer->error)
        line = without_addresses(text_peek(&writer->out));
    if (line)
        sort_exposed(line);
    text_clear(&writer->out);
    free(writer->referenced);
    return line;
}

char *canonical_value(const json_t *value, char **error)
{
    struct writer writer = {0};
    write_value(&writer, value);
    return finish(&writer, error);
}

char *canonical_observation(const json_t *observed, const struct step *step, char **error)
{
    struct writer writer = {0};
    const struct kind *kind = find_kind(observed);
    if (kind)
        kind->write(&writer, json_object_get(observed, kind->name), step);
    else
        write_fail(&writer, "observed", "an object with one of copy, proxy, raises, remote_error, lost", observed);
    return finish(&writer, error);
}

bool canonical_is_success(const json_t *observed)
{
    const struct kind *kind = find_kind(observed);
    return kind && kind->success;
}

static const struct kind *find_kind(const json_t *observed)
{
    static const struct kind table[] = {
        {"copy", true, write_copy},      {"proxy", true, write_proxy},
        {"raises", false, write_raises}, {"remote_error", false, write_remote},
        {"lost", false, write_lost},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (json_object_size(observed) == 1 && json_object_get(observed, table[i].name))
            return &table[i];
    return NULL;
}
