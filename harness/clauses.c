/* SPDX-License-Identifier: MIT */
/* The clauses of SPEC.md. */
#include "harness/clauses.h"

#include "harness/reader.h"
#include "harness/text.h"

#include <stdlib.h>
#include <string.h>

/* The paragraph that is being read. */
struct state {
    struct clauses *clauses;
    const char *path;
    struct problems *problems;
    size_t line;
    struct clause *open; /* whose paragraph goes on */
};

static void complain(struct state *state, const char *message)
{
    problems_add(state->problems, state->path, state->line, 1, "%s", message);
}

static char *trimmed(const char *text, size_t length)
{
    while (length && *text == ' ')
        text++, length--;
    while (length && text[length - 1] == ' ')
        length--;
    return text_format("%.*s", (int)length, text);
}

/* "documented; 3.8-; raw" */
static bool read_brackets(struct clause *clause, const char *text, size_t length)
{
    const char *end = text + length;
    for (int part = 0; text <= end; part++) {
        const char *stop = memchr(text, ';', (size_t)(end - text));
        char *word = trimmed(text, (size_t)((stop ? stop : end) - text));
        bool valid = part == 0 ? case_level_parse(word, &clause->level)
                               : interval_parse(word, strlen(word), &clause->versions) ||
                                     (!strcmp(word, "raw") && (clause->raw = true));
        free(word);
        if (!valid)
            return false;
        text = (stop ? stop : end) + 1;
    }
    return true;
}

/* A line that begins with "**" and a capital. */
static void begin_clause(struct state *state, const char *line)
{
    struct clause clause = {.line = state->line};
    const char *stars = strstr(line + 2, "** ["), *bracket = stars ? strstr(stars, "]: ") : NULL;
    struct span id = {line + 2, stars ? (size_t)(stars - line - 2) : 0};
    state->open = NULL;
    if (!bracket || !reader_is_clause(id)) {
        complain(state, "expected a clause: **CALL-4** [documented; 3.8-]: text");
        return;
    }
    if (!read_brackets(&clause, stars + 4, (size_t)(bracket - stars - 4))) {
        complain(state, "expected [LEVEL; VERSIONS; raw], with documented, de-facto, accident or known-defect, an "
                        "interval such as 3.8-, and raw where it holds");
        return;
    }
    clause.id = reader_copy(id);
    if (clauses_find(state->clauses, clause.id)) {
        problems_add(state->problems, state->path, state->line, 1, "the clause %s exists already", clause.id);
        free(clause.id);
        return;
    }
    clause.text = text_copy(bracket + 3);
    state->clauses->list =
        text_realloc(state->clauses->list, (state->clauses->count + 1) * sizeof *state->clauses->list);
    state->open = &state->clauses->list[state->clauses->count++];
    *state->open = clause;
}

static void read_line(void *context, char *line)
{
    struct state *state = context;
    state->line++;
    if (!strncmp(line, "**", 2) && line[2] >= 'A' && line[2] <= 'Z') {
        begin_clause(state, line);
    } else if (!*line) {
        state->open = NULL;
    } else if (state->open) {
        char *joined = text_format("%s %s", state->open->text, line);
        free(state->open->text);
        state->open->text = joined;
    }
}

void clauses_load(struct clauses *clauses, const char *path, struct problems *problems)
{
    struct state state = {clauses, path, problems, 0, NULL};
    *clauses = (struct clauses){0};
    if (problems_read_lines(problems, path, read_line, &state) && !clauses->count)
        problems_add(problems, path, 0, 0, "expected clauses, found none");
}

const struct clause *clauses_find(const struct clauses *clauses, const char *id)
{
    for (size_t i = 0; i < clauses->count; i++)
        if (!strcmp(clauses->list[i].id, id))
            return &clauses->list[i];
    return NULL;
}

static bool is_cited(const struct corpus *corpus, const char *id)
{
    for (size_t i = 0; i < corpus->count; i++)
        for (size_t k = 0; k < corpus->cases[i]->clause_count; k++)
            if (!strcmp(corpus->cases[i]->clauses[k], id))
                return true;
    return false;
}

void clauses_check(const struct clauses *clauses, const char *path, const struct corpus *corpus,
                   struct problems *problems)
{
    for (size_t i = 0; i < corpus->count; i++) {
        const struct test_case *test = corpus->cases[i];
        for (size_t k = 0; k < test->clause_count; k++)
            if (!clauses_find(clauses, test->clauses[k]))
                problems_add(problems, test->path, 0, 0, "the clause %s does not exist in %s", test->clauses[k], path);
    }
    for (size_t i = 0; i < clauses->count; i++)
        if (!clauses->list[i].raw && !is_cited(corpus, clauses->list[i].id))
            problems_add(problems, path, clauses->list[i].line, 0, "no case cites the clause %s", clauses->list[i].id);
}

void clauses_free(struct clauses *clauses)
{
    for (size_t i = 0; i < clauses->count; i++) {
        free(clauses->list[i].id);
        free(clauses->list[i].text);
    }
    free(clauses->list);
    *clauses = (struct clauses){0};
}
