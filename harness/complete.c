/* SPDX-License-Identifier: MIT */
/* What a word of a command line may become, from the tables of commands and options, the cases and the clauses. */
#include "harness/complete.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/clauses.h"
#include "harness/corpus.h"
#include "harness/options.h"
#include "harness/place.h"
#include "harness/program.h"
#include "harness/text.h"
#include "harness/version.h"

/* What is asked for. */
struct asked {
    const struct options *options;
    const struct command *command;
    const char *word;            /* the word so far; of --name=value, the value */
    char *before;                /* "--name=", or "" */
    const char *option;          /* whose value the word is, or NULL */
    const char *option_argument; /* how help calls that value */
};

/* A family of values. */
struct values {
    const char *option, *argument; /* the option, or NULL: all whose argument has this text in it */
    void (*offer)(const struct asked *asked);
    const char *more; /* what the shell adds, or NULL */
};

extern const struct values complete_values[];

static bool begins(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static void offer(const struct asked *asked, const char *candidate, const char *help)
{
    if (begins(candidate, asked->word))
        printf("%s%s%s%s\n", asked->before, candidate, help ? "\t" : "", help ? help : "");
}

static void offer_commands(const struct asked *asked)
{
    for (const struct command *command = commands; command->name; command++)
        offer(asked, command->name, command->summary);
}

static void offer_option(void *context, const char *name, const char *argument, const char *help)
{
    (void)argument;
    offer(context, name, help);
}

/* ---- selectors */

static void offer_value(const struct asked *asked, const char *kind, const char *value, const char *help)
{
    char *candidate = text_format("%s%s", kind, value);
    offer(asked, candidate, help);
    free(candidate);
}

static void offer_clauses(const struct asked *asked, const struct corpus *corpus)
{
    struct clauses clauses = {0};
    struct problems problems = {0};
    char *path = place_path("SPEC.md");
    (void)corpus;
    clauses_load(&clauses, path, &problems);
    for (size_t i = 0; i < clauses.count; i++)
        offer_value(asked, "clause:", clauses.list[i].id, clauses.list[i].text);
    problems_free(&problems);
    clauses_free(&clauses);
    free(path);
}

static void offer_levels(const struct asked *asked, const struct corpus *corpus)
{
    (void)corpus;
    for (enum level level = LEVEL_DOCUMENTED; level <= LEVEL_KNOWN_DEFECT; level++)
        offer_value(asked, "level:", case_level_name(level), NULL);
}

/* Whether an earlier case (or the same one, earlier) creates this type. */
static bool had_type(const struct corpus *corpus, size_t test, size_t type)
{
    const char *name = corpus->cases[test]->types[type];
    for (size_t i = 0; i <= test; i++)
        for (size_t j = 0; j < (i == test ? type : corpus->cases[i]->type_count); j++)
            if (strcmp(corpus->cases[i]->types[j], name) == 0)
                return true;
    return false;
}

static void offer_types(const struct asked *asked, const struct corpus *corpus)
{
    for (size_t i = 0; i < corpus->count; i++)
        for (size_t j = 0; j < corpus->cases[i]->type_count; j++)
            if (!had_type(corpus, i, j))
                offer_value(asked, "type:", corpus->cases[i]->types[j], NULL);
}

/* Folders end at their slash; what lies in them is offered when they are entered. */
static void offer_cases(const struct asked *asked, const struct corpus *corpus)
{
    size_t typed = strlen(asked->word);
    char *last = NULL;
    for (size_t i = 0; i < corpus->count; i++) {
        const struct test_case *test = corpus->cases[i];
        if (!begins(test->id, asked->word))
            continue;
        const char *slash = strchr(test->id + typed, '/');
        char *candidate = slash ? text_format("%.*s", (int)(slash + 1 - test->id), test->id) : text_copy(test->id);
        if (!last || strcmp(last, candidate) != 0)
            offer(asked, candidate, slash ? NULL : test->title);
        free(last);
        last = candidate;
    }
    free(last);
}

static void offer_selectors(const struct asked *asked)
{
    static const struct {
        const char *name, *help;
        void (*offer)(const struct asked *asked, const struct corpus *corpus);
    } kinds[] = {{"clause:", "the cases of a clause", offer_clauses},
                 {"level:", "the cases of a level", offer_levels},
                 {"type:", "the cases of a type", offer_types}};
    struct corpus corpus = {0};
    struct problems problems = {0};
    char *folder = asked->options->cases ? text_copy(asked->options->cases) : place_path("cases");
    corpus_load(&corpus, folder, &problems); /* what is wrong there is for others to say */
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (begins(asked->word, kinds[i].name))
            kinds[i].offer(asked, &corpus);
        else
            offer(asked, kinds[i].name, kinds[i].help);
    offer_cases(asked, &corpus);
    problems_free(&problems);
    corpus_free(&corpus);
    free(folder);
}

/* ---- values of options */

/* Calls use with the name of each implementation that is shipped. */
static void each_implementation(const struct asked *asked, const char *first,
                                void (*use)(const struct asked *asked, const char *first, const char *name))
{
    glob_t found;
    char *pattern = place_path("harness/implementations/*.json");
    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            char *name = text_copy(strrchr(found.gl_pathv[i], '/') + 1);
            name[strlen(name) - strlen(".json")] = '\0';
            use(asked, first, name);
            free(name);
        }
        globfree(&found);
    }
    free(pattern);
}

static void offer_name(const struct asked *asked, const char *first, const char *name)
{
    char *candidate = first ? text_format("%s,%s", first, name) : text_copy(name);
    offer(asked, candidate, NULL);
    free(candidate);
}

static void offer_partners(const struct asked *asked, const char *first, const char *name)
{
    (void)first;
    each_implementation(asked, name, offer_name);
}

static void offer_implementations(const struct asked *asked)
{
    each_implementation(asked, NULL, offer_name);
}

static void offer_pairings(const struct asked *asked)
{
    each_implementation(asked, NULL, offer_partners);
}

static void offer_versions(const struct asked *asked)
{
    char text[VERSION_TEXT];
    for (size_t i = 0; i < version_known_count; i++)
        offer(asked, version_format(version_known[i], text), NULL);
}

static void offer_recorded(const struct asked *asked)
{
    offer(asked, "recorded", "the recordings, without any Python");
}

static void offer_transports(const struct asked *asked)
{
    offer(asked, "unix", "sockets in the file system");
    offer(asked, "abstract", "sockets with abstract names");
    offer(asked, "tcp", "the loopback device");
}

static void offer_addresses(const struct asked *asked)
{
    offer(asked, "unix:", "a path");
    offer(asked, "abstract:", "an abstract name");
    offer(asked, "tcp:", "host and port");
}

static void offer_option_values(const struct asked *asked)
{
    for (const struct values *values = complete_values; values->argument; values++) {
        if (values->option ? strcmp(values->option, asked->option) != 0
                           : !strstr(asked->option_argument, values->argument))
            continue;
        if (values->offer)
            values->offer(asked);
        if (values->more)
            puts(values->more);
        return;
    }
}

/* ---- what is asked */

static void match_option(void *context, const char *name, const char *argument, const char *help)
{
    struct asked *asked = context;
    (void)help;
    if (argument && asked->option && strcmp(name, asked->option) == 0)
        asked->option_argument = argument;
}

/* Takes the word before the last one, or the name in --name=value, for the option whose value is typed, if it is one.
 */
static void find_option(struct asked *asked, const char *const *words, size_t count)
{
    const char *equals = begins(asked->word, "--") ? strchr(asked->word, '=') : NULL;
    char *name = equals ? text_format("%.*s", (int)(equals - asked->word), asked->word) : text_copy(words[count - 2]);
    asked->option = name;
    options_each(asked->command, match_option, asked);
    if (asked->option_argument && equals) {
        asked->before = text_format("%s=", name);
        asked->word = equals + 1;
    }
}

int complete_command(const struct options *options)
{
    const struct words *words = &options->selectors;
    struct asked asked = {.options = options, .word = words->count ? words->list[words->count - 1] : ""};
    char *none = text_copy("");
    asked.before = none;
    asked.command = words->count > 1 ? options_command(words->list[0]) : NULL;
    if (asked.command)
        find_option(&asked, words->list, words->count);
    if (words->count <= 1 || (asked.command && strstr(asked.command->arguments, "COMMAND")))
        offer_commands(&asked);
    else if (!asked.command)
        puts(":files");
    else if (asked.option_argument)
        offer_option_values(&asked);
    else if (asked.word[0] == '-')
        options_each(asked.command, offer_option, &asked);
    else if (strstr(asked.command->arguments, "SELECTOR") || strstr(asked.command->arguments, "CASE"))
        offer_selectors(&asked);
    else if (asked.command->arguments[0])
        puts(":files");
    if (asked.before != none)
        free(asked.before);
    free(none);
    free((char *)asked.option);
    return STATUS_CONFORMING;
}

/* --- values, by the option or by what help calls them; the first row that fits --- */

const struct values complete_values[] = {
    {"--transport", "NAME", offer_transports, NULL},
    {"--pairing", "PROXY,MANAGER", offer_pairings, NULL},
    {NULL, "NAME|FILE", offer_implementations, ":files"},
    {NULL, "PYTHON|recorded", offer_recorded, ":files"},
    {NULL, "X.Y", offer_versions, NULL},
    {NULL, "ADDRESS", offer_addresses, NULL},
    {NULL, "DIR", NULL, ":folders"},
    {NULL, "FILE", NULL, ":files"},
    {NULL, "PATH", NULL, ":files"},
    {NULL, "REPORT", NULL, ":files"},
    {NULL, "CMD", NULL, ":files"},
    {0},
};
