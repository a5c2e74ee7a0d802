/* SPDX-License-Identifier: MIT */
/* The header of a case: its title and keys.  A line that looks like a key must be one, so that a mistyped key is not
 * taken for a remark. */
#include "harness/reader.h"
#include "harness/text.h"

#include <stdlib.h>
#include <string.h>

struct key {
    const char *name;
    bool required, repeated;
    void (*read)(struct reader *reader, struct span value);
};

static const struct key *find_key(struct span name);
static const struct key *key_at(size_t i);

static size_t column(const struct reader *reader, const char *where)
{
    return (size_t)(where - reader->line.text) + 1;
}

static void key_clauses(struct reader *reader, struct span value)
{
    struct test_case *test = reader->test;
    while (value.length) {
        struct span id = reader_word(&value);
        if (!reader_is_clause(id)) {
            reader_error(reader, column(reader, id.text), "expected a clause such as CALL-4, found '%.*s'",
                         (int)id.length, id.text);
            continue;
        }
        for (size_t i = 0; i < test->clause_count; i++)
            if (reader_is(id, test->clauses[i]))
                reader_error(reader, column(reader, id.text), "expected each clause once, found '%.*s' again",
                             (int)id.length, id.text);
        test->clauses = text_realloc(test->clauses, (test->clause_count + 1) * sizeof *test->clauses);
        test->clauses[test->clause_count++] = reader_copy(id);
    }
}

static void key_level(struct reader *reader, struct span value)
{
    char *name = reader_copy(value);
    if (!case_level_parse(name, &reader->test->level))
        reader_error(reader, column(reader, value.text),
                     "expected documented, de-facto, accident or known-defect, found '%s'", name);
    free(name);
}

static void key_versions(struct reader *reader, struct span value)
{
    if (!interval_parse(value.text, value.length, &reader->test->versions))
        reader_error(reader, column(reader, value.text),
                     "expected an interval of versions such as 3.9-3.12, 3.14- or -3.8, found '%.*s'",
                     (int)value.length, value.text);
}

static void key_defect(struct reader *reader, struct span value)
{
    struct test_case *test = reader->test;
    while (value.length) {
        struct span word = reader_word(&value);
        enum defect defect = reader_is(word, "imitate")  ? DEFECT_IMITATE
                             : reader_is(word, "fix")    ? DEFECT_FIX
                             : reader_is(word, "either") ? DEFECT_EITHER
                                                         : DEFECT_NONE;
        if (defect && !test->defect)
            test->defect = defect;
        else if (!defect && !test->tracker && word.length > 3 && !memcmp(word.text, "gh-", 3))
            test->tracker = reader_copy(word);
        else
            reader_error(reader, column(reader, word.text),
                         "expected a tracker number such as gh-99595, and imitate, fix or either, found '%.*s'",
                         (int)word.length, word.text);
    }
    if (!test->defect)
        reader_error(reader, 0, "expected imitate, fix or either behind 'defect:'");
}

static void key_serializer(struct reader *reader, struct span value)
{
    reader->test->xmlrpclib = reader_is(value, "xmlrpclib");
    if (!reader->test->xmlrpclib)
        reader_error(reader, column(reader, value.text), "expected xmlrpclib (pickle is the default), found '%.*s'",
                     (int)value.length, value.text);
}

static void key_manager(struct reader *reader, struct span value)
{
    reader->test->fresh = reader_is(value, "fresh");
    if (!reader->test->fresh)
        reader_error(reader, column(reader, value.text), "expected fresh, found '%.*s'", (int)value.length, value.text);
}

static void key_peer(struct reader *reader, struct span value)
{
    reader->test->peer = reader_is(value, "client")   ? PEER_CLIENT
                         : reader_is(value, "server") ? PEER_SERVER
                                                      : PEER_NONE;
    if (!reader->test->peer)
        reader_error(reader, column(reader, value.text), "expected client or server, found '%.*s'", (int)value.length,
                     value.text);
}

static void key_leaves(struct reader *reader, struct span value)
{
    struct span rest = value, word = reader_word(&rest);
    char *number = reader_copy(word), *end;
    reader->test->leaves = strtol(number, &end, 10);
    if (!number[0] || strspn(number, "0123456789") != word.length || word.length > 2 || !reader->test->leaves ||
        !rest.length)
        reader_error(reader, column(reader, value.text), "expected a number of objects from 1 to 99 and what they are");
    free(number);
}

static void key_differs(struct reader *reader, struct span value)
{
    struct test_case *test = reader->test;
    struct span rest = value, name = reader_word(&rest);
    if (name.length < 2 || name.text[name.length - 1] != ':' || !rest.length) {
        reader_error(reader, column(reader, value.text), "expected NAME: reason");
        return;
    }
    name.length--;
    test->allowances = text_realloc(test->allowances, (test->allowance_count + 1) * sizeof *test->allowances);
    test->allowances[test->allowance_count++] = (struct allowance){reader_copy(name), reader_copy(rest)};
}

/* The line without its "#" and one space. */
static struct span content(struct span line)
{
    size_t skip = line.length > 1 && line.text[1] == ' ' ? 2 : 1;
    return (struct span){line.text + skip, line.length - skip};
}

/* Whether the line is "word: …" or "word:", the word of small letters and hyphens: then *name and *value. */
static bool looks_like_key(struct span line, struct span *name, struct span *value)
{
    size_t i = 0;
    while (i < line.length && ((line.text[i] >= 'a' && line.text[i] <= 'z') || (i && line.text[i] == '-')))
        i++;
    if (!i || i == line.length || line.text[i] != ':' || (i + 1 < line.length && line.text[i + 1] != ' '))
        return false;
    *name = (struct span){line.text, i};
    for (i++; i < line.length && line.text[i] == ' ';)
        i++;
    *value = (struct span){line.text + i, line.length - i};
    while (value->length && value->text[value->length - 1] == ' ')
        value->length--;
    return true;
}

static void header_line(struct reader *reader, unsigned *seen)
{
    struct span line = content(reader->line), name, value;
    if (!looks_like_key(line, &name, &value))
        return;
    const struct key *key = find_key(name);
    if (!key) {
        reader_error(reader, column(reader, name.text),
                     "expected a key that is known, found '%.*s:' (a remark does not begin with a word and a colon)",
                     (int)name.length, name.text);
        return;
    }
    unsigned bit = 1u << (unsigned)(key - key_at(0));
    if ((*seen & bit) && !key->repeated)
        reader_error(reader, column(reader, name.text), "expected the key '%s' once", key->name);
    else if (!value.length)
        reader_error(reader, column(reader, value.text), "expected a value behind '%s:'", key->name);
    else
        key->read(reader, value);
    *seen |= bit;
}

static void title_line(struct reader *reader)
{
    struct span line = content(reader->line), name, value;
    if (!line.length || looks_like_key(line, &name, &value))
        reader_error(reader, 1, "expected the title, one sentence, as first line of the header");
    else
        reader->test->title = reader_copy(line);
}

void parse_header(struct reader *reader)
{
    unsigned seen = 0;
    if (!reader_next(reader) || !reader->line.length || *reader->line.text != '#') {
        reader->number = 1;
        reader_error(reader, 1, "expected a header: a line '# ' and the title");
        return;
    }
    title_line(reader);
    while (reader_next(reader) && reader->line.length && *reader->line.text == '#')
        header_line(reader, &seen);
    if (reader->line.length)
        reader_error(reader, 1, "expected an empty line at the end of the header");
    for (size_t i = 0; key_at(i); i++)
        if (key_at(i)->required && !(seen & 1u << i))
            problems_add(reader->problems, reader->test->path, 1, 0, "expected a line '# %s: …' in the header",
                         key_at(i)->name),
                reader->failed = true;
    if ((reader->test->level == LEVEL_KNOWN_DEFECT) != (reader->test->defect != DEFECT_NONE) && !reader->failed) {
        problems_add(reader->problems, reader->test->path, 1, 0,
                     "expected 'defect:' with the level known-defect, and only with it");
        reader->failed = true;
    }
    if (reader->test->leaves && !reader->test->defect && !reader->failed) {
        problems_add(reader->problems, reader->test->path, 1, 0, "expected 'leaves:' only with the level known-defect");
        reader->failed = true;
    }
}

static const struct key *key_at(size_t i)
{
    static const struct key table[] = {
        {"clauses", true, false, key_clauses},
        {"level", true, false, key_level},
        {"versions", false, false, key_versions},
        {"defect", false, false, key_defect},
        {"serializer", false, false, key_serializer},
        {"manager", false, false, key_manager},
        {"leaves", false, false, key_leaves},
        {"differs", false, true, key_differs},
        {"peer", false, false, key_peer},
    };
    return i < sizeof table / sizeof *table ? &table[i] : NULL;
}

static const struct key *find_key(struct span name)
{
    for (size_t i = 0; key_at(i); i++)
        if (reader_is(name, key_at(i)->name))
            return key_at(i);
    return NULL;
}
