/* SPDX-License-Identifier: MIT */
/* The command line, read by tables (at the end of this file). */
#include "harness/options.h"
#include "harness/options_table.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "harness/text.h"

/* Letters to change, insert or remove to get from a to b: for hints only, so words longer than 31 are cut. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[32], length = (unsigned)(strlen(b) < 31 ? strlen(b) : 31);
    for (unsigned j = 0; j <= length; j++)
        row[j] = j;
    for (unsigned i = 1; a[i - 1]; i++) {
        unsigned corner = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= length; j++) {
            unsigned change = corner + (a[i - 1] != b[j - 1]);
            corner = row[j];
            unsigned step = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = change < step ? change : step;
        }
    }
    return row[length];
}

/* " (did you mean X?)" if best is near enough, else a pointer to the help. */
static void hint(const char *wrong, const char *best, const char *topic)
{
    if (best && distance(wrong, best) <= 2 + strlen(best) / 4)
        fprintf(stderr, "did you mean %s?\n", best);
    else
        fprintf(stderr, "`mpconform help%s%s` lists what there is\n", *topic ? " " : "", topic);
}

const struct command *options_command(const char *name)
{
    for (const struct command *command = commands; command->name; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

static bool unknown_command(const char *name)
{
    const char *best = NULL;
    for (const struct command *command = commands; command->name; command++)
        if (!best || distance(name, command->name) < distance(name, best))
            best = command->name;
    fprintf(stderr, "mpconform: unknown command '%s': ", name);
    hint(name, best, "");
    return false;
}

static bool unknown_option(const struct options *options, const char *name)
{
    const char *best = NULL;
    for (const struct option *option = options_rows; option->name; option++)
        if (option->commands & options->command->bit && (!best || distance(name, option->name) < distance(name, best)))
            best = option->name;
    for (const struct option *option = options_rows; option->name; option++)
        if (strcmp(option->name, name) == 0) {
            fprintf(stderr, "mpconform: %s takes no option %s: `mpconform help %s` lists its options\n",
                    options->command->name, name, options->command->name);
            return false;
        }
    fprintf(stderr, "mpconform: unknown option '%s': ", name);
    hint(name, best, options->command->name);
    return false;
}

static const struct option *find_option(const struct options *options, const char *name, size_t length)
{
    for (const struct option *option = options_rows; option->name; option++)
        if (option->commands & options->command->bit && strlen(option->name) == length &&
            strncmp(option->name, name, length) == 0)
            return option;
    return NULL;
}

static void add_word(struct words *words, const char *word)
{
    words->list = text_realloc(words->list, (words->count + 1) * sizeof *words->list);
    words->list[words->count++] = word;
}

long options_seconds(const char *text)
{
    char *end;
    double seconds = strtod(text, &end);
    if (end == text || *end || !isfinite(seconds) || seconds < 0.001 || seconds > 86400)
        return -1;
    return lround(seconds * 1000);
}

static long read_count(const char *text, long most)
{
    char *end;
    errno = 0;
    long count = strtol(text, &end, 10);
    return end == text || *end || errno || count < 1 || count > most ? -1 : count;
}

static bool set_number(const struct option *option, long *member, long number, const char *value, const char *expected)
{
    if (number < 0) {
        fprintf(stderr, "mpconform: %s wants %s, not '%s'\n", option->name, expected, value);
        return false;
    }
    *member = number;
    return true;
}

bool options_set(struct options *options, const struct option *option, const char *value)
{
    char *member = (char *)options + option->offset;
    if (!value) { /* only flags have none */
        *(bool *)(void *)member = true;
        return true;
    }
    switch (option->kind) {
    case FLAG:
        break;
    case TEXT:
        if (*(const char **)(void *)member) {
            fprintf(stderr, "mpconform: %s was given twice\n", option->name);
            return false;
        }
        *(const char **)(void *)member = value;
        return true;
    case WORDS:
        add_word((struct words *)(void *)member, value);
        return true;
    case COUNT:
        return set_number(option, (long *)(void *)member, read_count(value, 256), value, "a number from 1 to 256");
    case TIMES:
        return set_number(option, (long *)(void *)member, read_count(value, 10000), value, "a number from 1 to 10000");
    case SECONDS:
        return set_number(option, (long *)(void *)member, options_seconds(value), value, "a number of seconds");
    }
    return false;
}

/* Reads one option at argv[*i]; --name VALUE and --name=VALUE are the same. */
static bool read_option(struct options *options, int argc, char **argv, int *i)
{
    const char *word = argv[*i], *equals = strchr(word, '=');
    const struct option *option = find_option(options, word, equals ? (size_t)(equals - word) : strlen(word));
    const char *value = equals ? equals + 1 : NULL;
    if (!option)
        return unknown_option(options, word);
    if (option->kind == FLAG && value) {
        fprintf(stderr, "mpconform: %s takes no value\n", option->name);
        return false;
    }
    if (option->kind != FLAG && !value) {
        if (*i + 1 >= argc) {
            fprintf(stderr, "mpconform: %s wants %s\n", option->name, option->argument);
            return false;
        }
        value = argv[++*i];
    }
    if (value && !*value) {
        fprintf(stderr, "mpconform: %s wants %s, not an empty word\n", option->name, option->argument);
        return false;
    }
    return options_set(options, option, value);
}

/* Words that other programs have for our commands. */
static const char *alias(const char *word)
{
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return "help";
    if (strcmp(word, "--version") == 0)
        return "version";
    return word;
}

bool options_parse(struct options *options, int argc, char **argv)
{
    bool only_arguments = false;
    *options = (struct options){.deadline = OPTIONS_DEADLINE};
    if (argc < 2) {
        fprintf(stderr, "mpconform: what shall be done?  `mpconform help` lists the commands\n");
        return false;
    }
    options->command = options_command(alias(argv[1]));
    if (!options->command)
        return unknown_command(argv[1]);
    for (int i = 2; i < argc; i++) {
        if (!only_arguments && strcmp(argv[i], "--") == 0) {
            only_arguments = true;
        } else if (!only_arguments && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)) {
            options->selectors.count = 0;
            add_word(&options->selectors, options->command->name);
            options->command = options_command("help");
            return true;
        } else if (!only_arguments && argv[i][0] == '-' && argv[i][1]) {
            if (!read_option(options, argc, argv, &i))
                return false;
        } else {
            add_word(&options->selectors, argv[i]);
        }
    }
    return true;
}

void options_free(struct options *options)
{
    free(options->selectors.list);
    free(options->implementations.list);
    free(options->pairings.list);
    free(options->pythons.list);
    free(options->known.list);
    *options = (struct options){0};
}

void options_each(const struct command *command, options_use *use, void *context)
{
    for (const struct option *option = options_rows; option->name; option++)
        if (option->commands & command->bit)
            use(context, option->name, option->argument, option->help);
}

/* Prints left (taken) in a column that is width characters wide, and right behind it. */
static void print_columns_take(FILE *out, int width, char *left, const char *right)
{
    int characters = 0;
    for (const char *at = left; *at; at++)
        characters += (*at & 0xc0) != 0x80; /* a byte that goes on with a character counts nothing */
    fprintf(out, "  %s%*s %s\n", left, characters < width ? width - characters : 0, "", right);
    free(left);
}

static void help_option(void *out, const char *name, const char *argument, const char *help)
{
    print_columns_take(out, 25, text_format("%s%s%s", name, argument ? " " : "", argument ? argument : ""), help);
}

static const char selector_help[] = "\nSELECTOR is a case (list/pop-from-empty), a folder (list), a file, a glob "
                                    "('list/pop-*'), clause:CALL-4, level:documented or type:list;\n"
                                    "without one every case is selected.\n";

/* What the help of a command says besides. */
static const struct {
    unsigned bit;
    const char *text;
} more_help[] = {
    {COMMAND_EXPLAIN, "\nCASE is one case, and the options are those of `run`.  With --pairing that pairing is shown; "
                      "without, those that fail, "
                      "or if none does\nthe first.  Of each: the wire beside that of CPython with itself, at the first "
                      "frame that differs; then "
                      "every step with what is\nrecorded, what the oracle did and what was observed, and under it what "
                      "went over the wire: "
                      "handshakes, requests, replies, each pickle opcode\nby opcode, each end.  Exit status as of "
                      "`run`.  A relay takes the place of "
                      "the socket of each manager that is started, which neither side can tell;\na manager that is "
                      "only attached to (--manager-at) "
                      "is not touched: of it only cases with raw peers are traced.\n"},
};

void options_help(FILE *out, const struct command *command)
{
    if (command && command->bit && command->bit != COMMAND_HELP) {
        fprintf(out, "mpconform %s %s\n  %s\n", command->name, command->arguments, command->summary);
        fputs("\noptions:\n", out);
        options_each(command, help_option, out);
        if (strstr(command->arguments, "SELECTOR"))
            fputs(selector_help, out);
        for (size_t i = 0; i < sizeof more_help / sizeof *more_help; i++)
            if (more_help[i].bit == command->bit)
                fputs(more_help[i].text, out);
        return;
    }
    fputs("mpconform judges managers and proxies of CPython's multiprocessing against CPython itself.\n\n", out);
    for (const struct command *row = commands; row->name; row++) {
        print_columns_take(out, 40, text_format("mpconform %s %s", row->name, row->arguments), row->summary);
    }
    fputs("\n`mpconform help COMMAND` lists the options of a command.\n"
          "Exit status: 0 conforming, 1 not conforming, 2 wrong usage or nothing selected, 3 the harness or the oracle "
          "could not run.\n",
          out);
}

/* --- the table: each option, the commands that take it, and its line of help --- */

#define MEMBER(name) offsetof(struct options, name)
#define RUNS (COMMAND_RUN)
#define JUDGES (COMMAND_RUN | COMMAND_SHAPES | COMMAND_EXPLAIN)
#define BOTH (JUDGES | COMMAND_MATRIX)
#define REPEATS (COMMAND_RUN | COMMAND_SHAPES | COMMAND_MATRIX)
#define STARTS (COMMAND_RUN | COMMAND_RECORD | COMMAND_EXPLAIN | COMMAND_MATRIX)
#define READS                                                                                                          \
    (COMMAND_RUN | COMMAND_MATRIX | COMMAND_EXPLAIN | COMMAND_RECORD | COMMAND_LIST | COMMAND_SHOW | COMMAND_CHECK |   \
     COMMAND_MERGE)

const struct option options_rows[] = {
    {"--impl", "NAME|FILE", WORDS, MEMBER(implementations), BOTH,
     "judge this implementation (harness/implementations/NAME.json); repeatable"},
    {"--manager", "CMD", TEXT, MEMBER(manager), JUDGES,
     "judge this manager: a shell command; {address}, {authkey_file}, … are filled in"},
    {"--proxy", "CMD", TEXT, MEMBER(proxy), JUDGES, "judge this proxy adapter: a shell command"},
    {"--manager-at", "ADDRESS", TEXT, MEMBER(manager_at), JUDGES,
     "judge the manager that serves at unix:PATH, abstract:NAME or tcp:HOST:PORT"},
    {"--authkey-file", "FILE", TEXT, MEMBER(authkey_file), JUDGES, "the key of --manager-at, in hexadecimal"},
    {"--proxy-at", "ADDRESS", TEXT, MEMBER(proxy_at), JUDGES,
     "judge the proxy adapter that listens at unix:PATH, abstract:NAME or tcp:HOST:PORT"},
    {"--pairing", "PROXY,MANAGER", WORDS, MEMBER(pairings), JUDGES,
     "run only this pairing of two implementations; repeatable"},
    {"--oracle", "PYTHON|recorded", TEXT, MEMBER(oracle), BOTH,
     "the CPython that is the judge (default: python3), or only the recordings"},
    {"--compat", "X.Y", TEXT, MEMBER(compat), JUDGES, "the version to imitate and to judge by (default: the oracle's)"},
    {"--wrap", "CMD", TEXT, MEMBER(wrap), JUDGES, "put CMD before the commands of what is judged, e.g. valgrind"},
    {"--strict", NULL, FLAG, MEMBER(strict), BOTH,
     "a difference in wording is a failure, and so is a missing recording"},
    {"--validate", NULL, FLAG, MEMBER(validate), JUDGES,
     "hold every message against the protocol's schema, and what is declared against what works"},
    {"--audit", NULL, FLAG, MEMBER(audit), BOTH, "an object that a case leaves behind is a failure"},
    {"--trace", NULL, FLAG, MEMBER(trace), RUNS | COMMAND_MATRIX,
     "give every result a transcript of its wire, not only failures (managers then serve at Unix addresses)"},
    {"--failed-only", NULL, FLAG, MEMBER(failed_only), RUNS | COMMAND_MERGE | COMMAND_MATRIX,
     "print nothing but failures and the final lines"},
    {"--known", "FILE", WORDS, MEMBER(known), REPEATS,
     "failures that are known (harness/implementations/README.md); repeatable"},
    {"--mend-known", NULL, FLAG, MEMBER(mend_known), RUNS, "write the files of --known anew, from what the run shows"},
    {"--shard", "K/N", TEXT, MEMBER(shard), RUNS | COMMAND_LIST,
     "only the Kth of N parts of what is selected (harness/ci-examples/README.md)"},
    {"--failed-from", "REPORT", TEXT, MEMBER(failed_from), RUNS | COMMAND_LIST,
     "only the cases that were red in an earlier report: its folder, events.ndjson or results.json"},
    {"--repeat", "N", TIMES, MEMBER(repeat), REPEATS,
     "run each case N times: one failure is enough for red, and rates are measured"},
    {"--report", "DIR", TEXT, MEMBER(report), RUNS | COMMAND_MERGE | COMMAND_MATRIX,
     "where the reports go (default: reports/latest; outside the project's folder mpconform-reports)"},
    {"--check", NULL, FLAG, MEMBER(check), COMMAND_RECORD,
     "write nothing: fail if a recording is not what CPython does"},
    {"--output", "FILE", TEXT, MEMBER(output), COMMAND_MATRIX,
     "write the matrix there, its data beside it (FILE.md and FILE.json)"},
    {"--check", NULL, FLAG, MEMBER(check), COMMAND_MATRIX,
     "write nothing: fail if reports/matrix.md, or --output, says something else than the run"},
    {"--current", NULL, FLAG, MEMBER(current), COMMAND_MATRIX,
     "run nothing: fail if reports/matrix.md, or --output, is of other cases or implementations"},
    {"--python", "PATH", WORDS, MEMBER(pythons), COMMAND_RECORD | COMMAND_DOCTOR | COMMAND_MATRIX,
     "use this interpreter, not those that are found; repeatable"},
    {"--transport", "NAME", TEXT, MEMBER(transport), STARTS | COMMAND_SHAPES,
     "unix, abstract or tcp: the addresses of managers (default: unix)"},
    {"--jobs", "N", COUNT, MEMBER(jobs), COMMAND_RUN | COMMAND_RECORD | COMMAND_MATRIX,
     "that many cases at the same time (default: three per processor)"},
    {"--spread", NULL, FLAG, MEMBER(spread), STARTS,
     "let a case's processes run on any processor (otherwise, with a worker for each or more, they stay on one: "
     "faster)"},
    {"--deadline", "SECONDS", SECONDS, MEMBER(deadline), STARTS | COMMAND_SHAPES,
     "how long a step may take (default: 30)"},
    {"--json", NULL, FLAG, MEMBER(json), COMMAND_LIST, "as JSON"},
    {"--cases", "DIR", TEXT, MEMBER(cases), READS | COMMAND_SHAPES, "the folder of the cases (default: cases)"},
    {0},
};
