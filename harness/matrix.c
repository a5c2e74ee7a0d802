/* SPDX-License-Identifier: MIT */
/* `mpconform matrix`: runs the plan, and writes what comes of it, or holds it against what was written. */
#include "harness/matrix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/corpus.h"
#include "harness/installed.h"
#include "harness/matrix_plan.h"
#include "harness/options.h"
#include "harness/place.h"
#include "harness/problems.h"
#include "harness/program.h"
#include "harness/results.h"
#include "harness/run.h"
#include "harness/select.h"
#include "harness/text.h"

#define PAGE "reports/matrix.md"

/* The two files: new paths. */
struct files {
    char *page, *data;
};

static void files_free(struct files *files)
{
    free(files->page);
    free(files->data);
}

/* FILE.md, and FILE.json beside it.  False after printing what is wrong. */
static bool name_files(struct files *files, const struct options *options)
{
    files->page = options->output ? text_copy(options->output) : place_path(PAGE);
    const size_t length = strlen(files->page);
    if (length < 4 || strcmp(files->page + length - 3, ".md") != 0) {
        program_fail(STATUS_USAGE, "--output wants the name of a page, FILE.md, not '%s'", files->page);
        return false;
    }
    files->data = text_format("%.*s.json", (int)(length - 3), files->page);
    return true;
}

/* --- writing --- */

static bool write_file(const char *path, const char *text)
{
    if (place_write(path, text, strlen(text)) == 0)
        return true;
    program_fail(STATUS_CANNOT_RUN, "cannot write %s: %s", path, strerror(errno));
    return false;
}

static bool write_files(const struct files *files, const json_t *data)
{
    struct text page = {0};
    char *dumped = json_dumps(data, JSON_INDENT(1));
    char *lines = text_format("%s\n", dumped);
    matrix_text(&page, data);
    bool good = write_file(files->data, lines) && write_file(files->page, text_peek(&page));
    text_clear(&page);
    free(lines);
    free(dumped);
    return good;
}

/* --- reading --- */

/* The data of the files: new, or NULL after printing why. */
static json_t *read_data(const struct files *files)
{
    json_error_t error;
    char *text = place_read(files->data);
    json_t *data = text ? json_loads(text, JSON_REJECT_DUPLICATES, &error) : NULL;
    if (!text)
        program_fail(STATUS_USAGE, "cannot read %s: %s: `mpconform matrix --output %s` writes it", files->data,
                     strerror(errno), files->page);
    else if (!json_is_object(data))
        program_fail(STATUS_USAGE, "%s is no matrix: %s", files->data, data ? "no object" : error.text);
    free(text);
    if (data && !json_is_object(data)) {
        json_decref(data);
        data = NULL;
    }
    return data;
}

/* Prints problems with the file that they are of, and frees them: what status becomes. */
static int tell(struct problems *problems, const struct files *files, int status)
{
    for (size_t i = 0; i < problems->count; i++)
        fprintf(stderr, "%s: %s\n", files->page, problems->lines[i]);
    if (problems->count) {
        fprintf(stderr, "%s is not current: `make matrix` makes it anew\n", files->page);
        status = STATUS_NOT_CONFORMING;
    }
    problems_free(problems);
    return status;
}

/* --- after a run --- */

/* The status of a check is about the file only: deviations are what it records.  But what could not run is not checked.
 */
static int check(const struct results *results, const struct files *files, const json_t *data)
{
    struct problems problems = {0};
    json_t *recorded = read_data(files);
    if (!recorded)
        return STATUS_USAGE;
    matrix_compare(recorded, data, results->selection, !results->options->selectors.count, &problems, stdout);
    json_decref(recorded);
    if (json_array_size(results->failures))
        problems_add(&problems, NULL, 0, 0, "the run had failures that are no case's, or was not whole");
    return tell(&problems, files, results->tally.passed ? STATUS_CONFORMING : STATUS_NOT_CONFORMING);
}

static int finish(const struct results *results, const char *folder, int status)
{
    struct files here = {text_format("%s/matrix.md", folder), text_format("%s/matrix.json", folder)}, files = {0};
    json_t *data = matrix_data(results);
    bool good = write_files(&here, data) && name_files(&files, results->options);
    if (!good)
        status = STATUS_CANNOT_RUN;
    else if (results->options->check)
        status = check(results, &files, data);
    else if (results->options->output && !write_files(&files, data))
        status = STATUS_CANNOT_RUN;
    json_decref(data);
    files_free(&here);
    files_free(&files);
    return status;
}

/* --- without a run --- */

static int check_current(const struct options *options, const struct files *files)
{
    struct corpus corpus;
    struct selection selection = {0};
    struct problems problems = {0};
    int status = program_load_corpus(&corpus, options);
    json_t *data = status ? NULL : read_data(files);
    char *page = place_read(files->page);
    if (!status && (!data || !page))
        status = STATUS_USAGE;
    if (!status && select_cases(&selection, &corpus, NULL, 0, &problems)) {
        char **names = installed_names(), *hash = select_hash(&selection);
        matrix_check_current(data, page, hash, names, &problems);
        installed_free_names(names);
        free(hash);
        if (!problems.count)
            printf("%s is of these %zu cases and of all implementations\n", files->page, selection.count);
        status = tell(&problems, files, status);
    }
    select_free(&selection);
    corpus_free(&corpus);
    json_decref(data);
    free(page);
    return status;
}

int command_matrix(const struct options *options)
{
    static const struct run_plan plan = {matrix_plan, finish};
    struct files files = {0};
    int status = name_files(&files, options) ? STATUS_CONFORMING : STATUS_USAGE;
    if (status == STATUS_CONFORMING && options->current && (options->selectors.count || options->check))
        status = program_fail(STATUS_USAGE, "matrix --current runs nothing: it takes neither selectors nor --check");
    if (status == STATUS_CONFORMING)
        status = options->current ? check_current(options, &files) : run_cases(options, &plan);
    files_free(&files);
    return status;
}
