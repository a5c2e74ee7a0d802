/* SPDX-License-Identifier: MIT */
/* `mpconform show CASE`. */
#include "harness/show.h"

#include <string.h>

#define WIDTH 100 /* columns of the clauses' text */

/* text in lines of at most WIDTH columns, indented by four. */
static void show_wrapped(FILE *out, const char *text)
{
    while (*text) {
        size_t length = strlen(text), cut = length;
        if (length > WIDTH - 4)
            for (cut = WIDTH - 4; cut && text[cut] != ' ';)
                cut--;
        if (!cut)
            cut = strcspn(text, " ");
        fprintf(out, "    %.*s\n", (int)cut, text);
        text += cut;
        text += strspn(text, " ");
    }
}

static void show_clause(FILE *out, const char *id, const struct clauses *clauses)
{
    const struct clause *clause = clauses ? clauses_find(clauses, id) : NULL;
    char versions[VERSION_TEXT];
    if (!clause) {
        fprintf(out, "  %s%s\n", id, clauses ? " (not in the specification)" : "");
        return;
    }
    fprintf(out, "  %s (%s, %s)\n", id, case_level_name(clause->level), interval_format(clause->versions, versions));
    show_wrapped(out, clause->text);
}

static void show_recorded(FILE *out, const struct test_case *test)
{
    char version[VERSION_TEXT];
    bool any = false;
    fputs("\nrecorded:", out);
    for (size_t i = 0; i < version_known_count; i++)
        if (case_recorded(test, version_known[i])) {
            fprintf(out, " %s", version_format(version_known[i], version));
            any = true;
        }
    fputs(any ? "\n" : " nothing\n", out);
}

void show_case(FILE *out, const struct test_case *test, const struct clauses *clauses)
{
    fprintf(out, "%s (%s)\n\n", test->id, test->path);
    fwrite(test->text, 1, test->text_length, out);
    fputs("\nclauses:\n", out);
    for (size_t i = 0; i < test->clause_count; i++)
        show_clause(out, test->clauses[i], clauses);
    show_recorded(out, test);
}
