/* SPDX-License-Identifier: MIT */
/* Reads the table of sentences. */
#include "harness/sentences.h"

#include <stdlib.h>
#include <string.h>

#include "harness/problems.h"
#include "harness/text.h"

#define SECTION "## What the documentation says"
/* How the lines of a table begin that are no rows. */
#define HEAD "| of |"
#define RULE "|--"

struct reading {
    const char *path;
    const struct corpus *corpus;
    struct problems *problems;
    size_t line, rows;
    bool inside; /* the section */
};

/* The last column of a row, behind the bar before it; NULL if the row does not end with a bar or has only one. */
static char *last_column(char *row)
{
    size_t length = strlen(row);
    char *bar;
    if (length < 2 || row[length - 1] != '|')
        return NULL;
    row[length - 1] = '\0';
    bar = strrchr(row, '|');
    return bar ? bar + 1 : NULL;
}

static void check_row(struct reading *reading, char *row)
{
    size_t named = 0;
    bool documented = false;
    char *column = last_column(row), *end;
    reading->rows++;
    for (char *tick = column; tick && (tick = strchr(tick, '`')); tick = end + 1) {
        if (!(end = strchr(tick + 1, '`')))
            break;
        *end = '\0';
        const struct test_case *test = corpus_find(reading->corpus, tick + 1);
        named++;
        documented = documented || (test && test->level == LEVEL_DOCUMENTED);
        if (!test)
            problems_add(reading->problems, reading->path, reading->line, 0,
                         "the case %s does not exist, and cannot show this sentence", tick + 1);
    }
    if (!named)
        problems_add(reading->problems, reading->path, reading->line, 0,
                     "expected a row that ends with cases: | of | sentence | `list/append` |");
    else if (!documented)
        problems_add(reading->problems, reading->path, reading->line, 0,
                     "none of these cases has the level documented: name one that shows the sentence, or add it");
}

static void read_line(void *context, char *line)
{
    struct reading *reading = context;
    reading->line++;
    if (!strncmp(line, "## ", 3))
        reading->inside = !strcmp(line, SECTION);
    else if (reading->inside && *line == '|' && strncmp(line, HEAD, sizeof HEAD - 1) != 0 &&
             strncmp(line, RULE, sizeof RULE - 1) != 0)
        check_row(reading, line);
}

size_t sentences_check(const char *path, const struct corpus *corpus, struct problems *problems)
{
    struct reading reading = {path, corpus, problems, 0, 0, false};
    if (problems_read_lines(problems, path, read_line, &reading) && !reading.rows)
        problems_add(problems, path, 0, 0, "expected the section '%s' with a table, found none", SECTION + 3);
    return reading.rows;
}
