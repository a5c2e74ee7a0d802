/* SPDX-License-Identifier: MIT */
/* mpconform: the commands, most of whose code is elsewhere. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/chosen.h"
#include "harness/clauses.h"
#include "harness/complete.h"
#include "harness/corpus.h"
#include "harness/list.h"
#include "harness/options.h"
#include "harness/place.h"
#include "harness/problems.h"
#include "harness/program.h"
#include "harness/select.h"
#include "harness/sentences.h"
#include "harness/show.h"

/* Loads the corpus and selects; *corpus and *selection must be freed in any case. */
static int load_selection(struct corpus *corpus, struct selection *selection, const struct options *options)
{
    struct problems problems = {0};
    *selection = (struct selection){0};
    int status = program_load_corpus(corpus, options);
    if (status == 0)
        select_cases(selection, corpus, options->selectors.list, options->selectors.count, &problems);
    return status ? status : program_report_problems(&problems);
}

static int command_list(const struct options *options)
{
    struct corpus corpus;
    struct chosen chosen = {0};
    int status = program_load_corpus(&corpus, options);
    if (status == 0)
        status = chosen_make(&chosen, &corpus, options);
    if (status == 0)
        (options->json ? list_json : list_text)(stdout, &chosen.selection);
    chosen_free(&chosen);
    corpus_free(&corpus);
    return status;
}

static void load_clauses(struct clauses *clauses, struct problems *problems, char **path)
{
    *path = place_path("SPEC.md");
    clauses_load(clauses, *path, problems);
}

static int command_show(const struct options *options)
{
    struct corpus corpus = {0};
    struct selection selection = {0};
    struct clauses clauses;
    struct problems problems = {0};
    char *path;
    if (!options->selectors.count) {
        fprintf(stderr, "mpconform: show wants a case: `mpconform list` lists them\n");
        return STATUS_USAGE;
    }
    int status = load_selection(&corpus, &selection, options);
    load_clauses(&clauses, &problems, &path); /* what is wrong there is for `check` to say */
    for (size_t i = 0; status == 0 && i < selection.count; i++)
        show_case(stdout, selection.cases[i], problems.count ? NULL : &clauses);
    problems_free(&problems);
    clauses_free(&clauses);
    free(path);
    select_free(&selection);
    corpus_free(&corpus);
    return status;
}

static int command_check(const struct options *options)
{
    struct corpus corpus;
    struct clauses clauses;
    struct problems problems = {0};
    size_t sentences = 0;
    char *path;
    int status = program_load_corpus(&corpus, options);
    load_clauses(&clauses, &problems, &path);
    if (status == 0) {
        clauses_check(&clauses, path, &corpus, &problems);
        sentences = sentences_check(path, &corpus, &problems);
        corpus_check(&corpus, &problems);
    }
    if (problems.count && status == 0)
        status = STATUS_NOT_CONFORMING;
    program_report_problems(&problems);
    if (status == 0)
        printf(
            "%zu cases, each recorded, %zu clauses, each cited, and %zu sentences of the documentation, each shown\n",
            corpus.count, clauses.count, sentences);
    clauses_free(&clauses);
    free(path);
    corpus_free(&corpus);
    return status;
}

static int command_help(const struct options *options)
{
    const struct command *command = NULL;
    if (options->selectors.count && !(command = options_command(options->selectors.list[0]))) {
        fprintf(stderr, "mpconform: no command '%s': `mpconform help` lists them\n", options->selectors.list[0]);
        return STATUS_USAGE;
    }
    options_help(stdout, command);
    return 0;
}

static int command_version(const struct options *options)
{
    (void)options;
    puts("mpconform " PROGRAM_VERSION);
    return 0;
}

int main(int argc, char **argv)
{
    struct options options;
    int status = STATUS_USAGE;
    signal(SIGPIPE, SIG_IGN);
    place_keep_clean();
    if (argc > 0)
        program_set_called(argv[0]);
    if (options_parse(&options, argc, argv))
        status = options.command->run(&options);
    options_free(&options);
    if ((fflush(stdout) != 0 || ferror(stdout)) && status != STATUS_USAGE) {
        fprintf(stderr, "mpconform: standard output cannot be written\n");
        status = STATUS_CANNOT_RUN;
    }
    return status;
}

/* --- the commands --- */

const struct command commands[] = {
    {"run", "[SELECTOR…] [OPTIONS]", "judge every selected case on every pairing", COMMAND_RUN, command_run},
    {"merge", "REPORT… [OPTIONS]",
     "join the reports of all shards of a run into one, with the exit status of the whole", COMMAND_MERGE,
     command_merge},
    {"matrix", "[SELECTOR…] [OPTIONS]", "everything that is installed here, each with the CPython that it imitates",
     COMMAND_MATRIX, command_matrix},
    {"list", "[SELECTOR…]", "what would run", COMMAND_LIST, command_list},
    {"show", "SELECTOR…", "cases, their clauses and the versions they were recorded from", COMMAND_SHOW, command_show},
    {"explain", "CASE [OPTIONS]", "run one case with its wire traced, and show all of it", COMMAND_EXPLAIN,
     command_explain},
    {"record", "[SELECTOR…] [OPTIONS]", "write what CPython does into the cases; --check only compares", COMMAND_RECORD,
     command_record},
    {"check", "",
     "cases, clauses and sentences of the documentation: each clause cited, each sentence shown by cases that exist",
     COMMAND_CHECK, command_check},
    {"doctor", "", "what is installed, which oracles were found, what is missing", COMMAND_DOCTOR, command_doctor},
    {"complete", "-- WORD…", "what may stand in place of the last word: for the completion of shells", COMMAND_HELP,
     complete_command},
    {"help", "[COMMAND]", "this list, or the options of a command", COMMAND_HELP, command_help},
    {"version", "", "the version of this program", COMMAND_HELP, command_version},
    {0},
};
