/* SPDX-License-Identifier: MIT */
/* Folders of cases, selectors and clauses: whatever is there is read or is a problem, and every selector selects
 * something. */
#include "harness/clauses.h"
#include "harness/list.h"
#include "harness/select.h"
#include "harness/sentences.h"
#include "harness/show.h"
#include "harness/test/language.h"

#include <sys/stat.h>
#include <unistd.h>

#define CASE(title, clause) "# " title "\n# clauses: " clause "\n# level: de-facto\n\n>>> l = manager.list()\n>>> l\n"

/* A folder of its own for each test, made and removed here. */
static char root[] = "/tmp/test_corpus.XXXXXX", folder[64];

static void write_file(const char *name, const char *text)
{
    char *path = text_format("%s/%s", folder, name);
    for (char *slash = strchr(path + strlen(folder) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
    free(path);
}

static void fresh_folder(void)
{
    static int number;
    snprintf(folder, sizeof folder, "%s/%d", root, ++number);
    mkdir(folder, 0700);
}

/* Three cases in two folders. */
static void make_corpus(void)
{
    fresh_folder();
    write_file("list/pop.case", CASE("Pop.", "CALL-1 EXC-1"));
    write_file("list/append.case", CASE("Append.", "CALL-2"));
    write_file("deep/er/dict.case", "# Dict.\n# clauses: CALLS-1\n# level: documented\n\n>>> manager.dict()\n");
    write_file("README.md", "text");
    write_file(".hidden", "text");
}

static char *joined(const struct problems *problems)
{
    struct text out = {0};
    for (size_t i = 0; i < problems->count; i++) {
        const char *line = problems->lines[i];
        text_printf(&out, "%s\n", strncmp(line, folder, strlen(folder)) ? line : line + strlen(folder) + 1);
    }
    return text_give(&out);
}

/* Loads the folder and compares the problems; the ids with spaces between them. */
static char *loaded(const char *wanted_problems)
{
    struct corpus corpus;
    struct problems problems = {0};
    struct text ids = {0};
    corpus_load(&corpus, folder, &problems);
    for (size_t i = 0; i < corpus.count; i++)
        text_printf(&ids, "%s%s", i ? " " : "", corpus.cases[i]->id);
    language_same_take(joined(&problems), wanted_problems, "problems of the folder");
    corpus_free(&corpus);
    problems_free(&problems);
    return text_give(&ids);
}

static void test_folders(void)
{
    make_corpus();
    language_same_take(loaded(""), "deep/er/dict list/append list/pop", "all cases, sorted");
    write_file("list/mistyped.cas", CASE("Mistyped.", "CALL-1"));
    free(
        loaded("list/mistyped.cas: error: expected a name that ends in .case: only cases and README.md belong here\n"));
}

static void test_nothing_is_skipped_in_silence(void)
{
    fresh_folder();
    struct corpus corpus;
    struct problems problems = {0};
    corpus_load(&corpus, folder, &problems);
    CU_ASSERT(problems.count == 1 && strstr(problems.lines[0], "expected cases in this folder, found none"));
    corpus_free(&corpus);
    problems_free(&problems);
    make_corpus();
    write_file("list/broken.case", "# Broken.\n");
    write_file("list/empty.case", "");
    write_file("list/with space.case", CASE("Space.", "CALL-1"));
    write_file("list/POP.case", CASE("Capitals.", "CALL-1"));
    char *link = text_format("%s/list/dangling.case", folder), *loop = text_format("%s/loop", folder);
    CU_ASSERT_EQUAL(symlink("nowhere", link), 0);
    CU_ASSERT_EQUAL(symlink(".", loop), 0);
    corpus_load(&corpus, folder, &problems);
    char *all = joined(&problems);
    CU_ASSERT_PTR_NOT_NULL(strstr(all, "list/broken.case:1: error: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(all, "list/empty.case: error: expected a case, found an empty file"));
    CU_ASSERT_PTR_NOT_NULL(strstr(all, "list/with space.case: error: expected a path of letters"));
    CU_ASSERT_PTR_NOT_NULL(strstr(all, "the id list/pop exists already")
                               ? strstr(all, "list/pop")
                               : strstr(all, "the id list/POP exists already"));
    CU_ASSERT_PTR_NOT_NULL(strstr(all, "list/dangling.case: error: cannot be read: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(all, "expected at most 16 folders in each other"));
    free(all);
    free(link);
    free(loop);
    corpus_free(&corpus);
    problems_free(&problems);
    corpus_load(&corpus, "/nonexistent", &problems);
    CU_ASSERT(problems.count == 1 && strstr(problems.lines[0], "/nonexistent: error: cannot be read: "));
    corpus_free(&corpus);
    problems_free(&problems);
}

/* The ids that the selectors (ended by NULL) select, or "!" and the problems. */
static char *selected(const char *const *selectors)
{
    struct corpus corpus;
    struct selection selection;
    struct problems problems = {0};
    struct text ids = {0};
    size_t count = 0;
    while (selectors[count])
        count++;
    corpus_load(&corpus, folder, &problems);
    CU_ASSERT_EQUAL(problems.count, 0);
    bool fine = select_cases(&selection, &corpus, selectors, count, &problems);
    CU_ASSERT_EQUAL(fine, problems.count == 0);
    for (size_t i = 0; fine && i < selection.count; i++)
        text_printf(&ids, "%s%s", i ? " " : "", selection.cases[i]->id);
    char *all = joined(&problems);
    text_printf(&ids, "%s%s", fine ? "" : "!", all);
    free(all);
    select_free(&selection);
    corpus_free(&corpus);
    problems_free(&problems);
    return text_give(&ids);
}

#define SELECTED(wanted, ...) language_same_take(selected((const char *const[]){__VA_ARGS__, NULL}), wanted, wanted)

static void test_selectors(void)
{
    char *file, *root_list, *other;
    make_corpus();
    file = text_format("%s/list/pop.case", folder);
    root_list = text_format("%s/list/", folder);
    const char *const none[] = {NULL};
    language_same_take(selected(none), "deep/er/dict list/append list/pop", "no selector");
    SELECTED("list/pop", "list/pop");
    SELECTED("list/append list/pop", "list");
    SELECTED("list/append list/pop", "list/");
    SELECTED("list/append list/pop", root_list);
    SELECTED("deep/er/dict list/append list/pop", folder);
    SELECTED("list/pop", file);
    SELECTED("list/pop", file, "list/pop", "list/p*");
    SELECTED("deep/er/dict list/append", "*d*");
    SELECTED("list/pop", "list/p?p");
    SELECTED("deep/er/dict list/pop", "list/pop", "deep/er");
    SELECTED("list/append", "clause:CALL-2");
    SELECTED("list/append list/pop", "clause:CALL");
    SELECTED("deep/er/dict", "clause:CALLS");
    SELECTED("deep/er/dict", "level:documented");
    SELECTED("list/append list/pop", "type:list");
    SELECTED("!error: the selector 'lis' matches no case: `mpconform list` shows all\n", "lis");
    SELECTED("!error: the selector 'list/pop/' matches no case: `mpconform list` shows all\n", "list/pop", "list/pop/");
    SELECTED("!error: the selector 'clause:CAL' matches no case: `mpconform list` shows all\n", "clause:CAL");
    SELECTED("!error: the selector 'clause:' matches no case: `mpconform list` shows all\n", "clause:");
    SELECTED("!error: the selector 'level:nosuch' matches no case: `mpconform list` shows all\n", "level:nosuch");
    SELECTED("!error: the selector 'type:dic' matches no case: `mpconform list` shows all\n", "type:dic");
    SELECTED("!error: the selector '' matches no case: `mpconform list` shows all\n", "");
    SELECTED("!error: the selector 'x*' matches no case: `mpconform list` shows all\n", "list", "x*");
    SELECTED("!error: the selector 'nosuch.case' matches no case: `mpconform list` shows all\n", "nosuch.case");
    /* A file of the user's, elsewhere. */
    other = text_format("%s/mine.case", root);
    FILE *out = fopen(other, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    fputs(CASE("Mine.", "CALL-1"), out);
    fclose(out);
    char *id = text_format("%.*s", (int)strlen(other) - 6, other + 1);
    SELECTED(id, other);
    SELECTED(id, other, other);
    out = fopen(other, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    fclose(out);
    char *problem = text_format("!%s: error: expected a case, found an empty file\n", other);
    SELECTED(problem, other, "list");
    free(problem);
    free(id);
    free(other);
    free(root_list);
    free(file);
}

static void test_hash(void)
{
    struct corpus corpus;
    struct problems problems = {0};
    char first[17], again[17], changed[17];
    make_corpus();
    corpus_load(&corpus, folder, &problems);
    corpus_hash(&corpus, first);
    corpus_hash(&corpus, again);
    corpus_free(&corpus);
    write_file("list/pop.case", CASE("Pop!", "CALL-1 EXC-1"));
    corpus_load(&corpus, folder, &problems);
    corpus_hash(&corpus, changed);
    CU_ASSERT_STRING_EQUAL(first, again);
    CU_ASSERT_STRING_NOT_EQUAL(first, changed);
    CU_ASSERT_EQUAL(strlen(first), 16);
    CU_ASSERT_PTR_NOT_NULL(corpus_find(&corpus, "list/pop"));
    CU_ASSERT_PTR_NULL(corpus_find(&corpus, "list/po"));
    corpus_free(&corpus);
    problems_free(&problems);
}

static void test_sentences(void)
{
    struct corpus corpus;
    struct problems problems = {0};
    make_corpus();
    corpus_load(&corpus, folder, &problems);
    problems_free(&problems);
    write_file("SPEC.txt",
               "## Other\n\n| of | no row, `no/case` |\n\n## What the documentation says\n\n| of | sentence | cases |\n"
               "|---|---|---|\n| x | It is `so`. | `list/append` `list/pop` |\n| | It is. | `list/pop` `list/gone` |\n"
               "| | Nothing shows it. | |\n| | Nor this. | list/append |\n| no bar | `list/append`\n\n## Next\n\n| | | "
               "`no/case` |\n");
    char *path = text_format("%s/SPEC.txt", folder);
    corpus_find(&corpus, "list/append")->level = LEVEL_DOCUMENTED;
    corpus_find(&corpus, "list/pop")->level = LEVEL_DE_FACTO;
    CU_ASSERT_EQUAL(sentences_check(path, &corpus, &problems), 5);
    language_same_take(joined(&problems),
                       "SPEC.txt:10: error: the case list/gone does not exist, and cannot show this sentence\n"
                       "SPEC.txt:10: error: none of these cases has the level documented: name one that shows the "
                       "sentence, or add it\n"
                       "SPEC.txt:11: error: expected a row that ends with cases: | of | sentence | `list/append` |\n"
                       "SPEC.txt:12: error: expected a row that ends with cases: | of | sentence | `list/append` |\n"
                       "SPEC.txt:13: error: expected a row that ends with cases: | of | sentence | `list/append` |\n",
                       "problems of sentences");
    problems_free(&problems);
    write_file("SPEC.txt", "## Other\n\n| | It is so. | `list/append` |\n");
    CU_ASSERT_EQUAL(sentences_check(path, &corpus, &problems), 0);
    language_same_take(joined(&problems),
                       "SPEC.txt: error: expected the section 'What the documentation says' with a table, found none\n",
                       "no sentences");
    problems_free(&problems);
    CU_ASSERT(!sentences_check("/nonexistent", &corpus, &problems) && problems.count == 1);
    problems_free(&problems);
    remove(path);
    free(path);
    corpus_free(&corpus);
}

static void test_clauses(void)
{
    struct corpus corpus;
    struct clauses clauses = {0};
    struct problems problems = {0};
    make_corpus();
    write_file("SPEC.txt", "# Title\n\n**CALL-1** [documented; 3.8-]: One\ntwo.\n\nNot of it.\n**CALL-2** [de-facto]: "
                           "Three.\n\n**RAW-1** [accident; -3.11; raw]: Four.\n"
                           "\n**CALL-1** [documented]: Again.\n**CALL-3** documented: no.\n**CALL-4** [sometimes]: "
                           "no.\n**CALL-5** [documented; 3.9..]: no.\n**Bold** text\n"
                           "**EXC-9** [documented]: Not cited.\n");
    char *path = text_format("%s/SPEC.txt", folder);
    clauses_load(&clauses, path, &problems);
    CU_ASSERT_EQUAL_FATAL(clauses.count, 4);
    CU_ASSERT_STRING_EQUAL(clauses.list[0].text, "One two.");
    CU_ASSERT(clauses.list[0].level == LEVEL_DOCUMENTED && clauses.list[0].versions.first == 308 &&
              !clauses.list[0].raw && clauses.list[0].line == 3);
    CU_ASSERT(clauses.list[1].versions.first == VERSION_NONE && clauses.list[2].raw &&
              clauses.list[2].versions.last == 311);
    CU_ASSERT_PTR_NULL(clauses_find(&clauses, "CALL-9"));
    language_same_take(joined(&problems),
                       "SPEC.txt:11:1: error: the clause CALL-1 exists already\n"
                       "SPEC.txt:12:1: error: expected a clause: **CALL-4** [documented; 3.8-]: text\n"
                       "SPEC.txt:13:1: error: expected [LEVEL; VERSIONS; raw], with documented, de-facto, accident or "
                       "known-defect, an interval such as 3.8-, and raw where it holds\n"
                       "SPEC.txt:14:1: error: expected [LEVEL; VERSIONS; raw], with documented, de-facto, accident or "
                       "known-defect, an interval such as 3.8-, and raw where it holds\n"
                       "SPEC.txt:15:1: error: expected a clause: **CALL-4** [documented; 3.8-]: text\n",
                       "problems of the specification");
    problems_free(&problems);
    remove(path);
    corpus_load(&corpus, folder, &problems);
    clauses_check(&clauses, "SPEC.md", &corpus, &problems);
    corpus_check(&corpus, &problems);
    language_same_take(joined(&problems),
                       "deep/er/dict.case: error: the clause CALLS-1 does not exist in SPEC.md\n"
                       "list/pop.case: error: the clause EXC-1 does not exist in SPEC.md\n"
                       "SPEC.md:16: error: no case cites the clause EXC-9\n"
                       "deep/er/dict.case: error: nothing is recorded: run mpconform record deep/er/dict\n"
                       "list/append.case: error: nothing is recorded: run mpconform record list/append\n"
                       "list/pop.case: error: nothing is recorded: run mpconform record list/pop\n",
                       "problems between cases and clauses");
    problems_free(&problems);
    corpus_free(&corpus);
    clauses_free(&clauses);
    clauses_load(&clauses, "/nonexistent", &problems);
    CU_ASSERT(problems.count == 1 && !clauses.count);
    clauses_free(&clauses);
    problems_free(&problems);
    free(path);
}

/* The text that was written to a stream. */
static char *written(void (*write)(FILE *out, const struct selection *selection))
{
    struct corpus corpus;
    struct selection selection;
    struct problems problems = {0};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    corpus_load(&corpus, folder, &problems);
    select_cases(&selection, &corpus, NULL, 0, &problems);
    CU_ASSERT_EQUAL(problems.count, 0);
    write(out, &selection);
    fclose(out);
    select_free(&selection);
    corpus_free(&corpus);
    problems_free(&problems);
    return text;
}

static void show_last(FILE *out, const struct selection *selection)
{
    struct clause list[] = {{.id = text_copy("CALL-1"), .level = LEVEL_DOCUMENTED, .text = text_copy("It calls.")}};
    const struct clauses clauses = {list, 1};
    show_case(out, selection->cases[selection->count - 1], &clauses);
    free(list[0].id);
    free(list[0].text);
}

static void test_list_and_show(void)
{
    make_corpus();
    write_file("list/pop.case", CASE("Pop.", "CALL-1 EXC-1") "[3.8-3.9] 1\n[3.14-] 2\n");
    language_same_take(written(list_text),
                       "deep/er/dict  documented    all        CALLS-1       Dict.\n"
                       "list/append   de-facto      all        CALL-2        Append.\n"
                       "list/pop      de-facto      all        CALL-1 EXC-1  Pop.\n"
                       "3 cases\n",
                       "list");
    char *json = written(list_json);
    json_t *array = json_loads(json, 0, NULL), *last = json_array_get(array, 2);
    CU_ASSERT_EQUAL(json_array_size(array), 3);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(last, "id")), "list/pop");
    CU_ASSERT_EQUAL(json_array_size(json_object_get(last, "recorded")), 4);
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(last, "steps")), 2);
    json_decref(array);
    free(json);
    char *shown = written(show_last);
    CU_ASSERT_PTR_NOT_NULL(strstr(shown, "\n" CASE("Pop.", "CALL-1 EXC-1")));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(shown, "  CALL-1 (documented, all)\n    It calls.\n  EXC-1 (not in the specification)\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(shown, "recorded: 3.8 3.9 3.14 3.15\n"));
    free(shown);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"cases of a folder", test_folders},
        {"nothing is skipped in silence", test_nothing_is_skipped_in_silence},
        {"selectors", test_selectors},
        {"the hash of a set of cases", test_hash},
        {"clauses and their cases", test_clauses},
        {"sentences of the documentation are shown by cases that exist", test_sentences},
        {"list and show", test_list_and_show},
        CU_TEST_INFO_NULL,
    };
    if (!mkdtemp(root))
        return 3;
    int status = unit_main("corpus", tests);
    char *command = text_format("rm -rf '%s'", root);
    if (system(command))
        status = 3;
    free(command);
    return status;
}
