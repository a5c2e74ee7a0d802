/* SPDX-License-Identifier: MIT */
/* The command line: commands and options as two tables, from which parsing, `help` and the hints of error messages are
 * made. */
#ifndef HARNESS_OPTIONS_H
#define HARNESS_OPTIONS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct text;

/* Exit statuses (all of them: nothing else leaves this program). */
enum status {
    STATUS_CONFORMING = 0,
    STATUS_NOT_CONFORMING = 1,
    STATUS_USAGE = 2,      /* wrong usage, malformed input, an empty selection */
    STATUS_CANNOT_RUN = 3, /* the harness or the oracle could not run */
};

/* Words in the order given, borrowed from argv. */
struct words {
    const char **list;
    size_t count;
};

struct options {
    const struct command *command;
    struct words selectors;       /* the arguments that are no options */
    struct words implementations; /* --impl */
    struct words pairings;        /* --pairing */
    struct words pythons;         /* --python */
    struct words known;           /* --known */
    const char *manager, *proxy, *manager_at, *authkey_file, *proxy_at, *oracle, *wrap, *compat, *transport, *report,
        *cases, *output, *shard, *failed_from;
    long jobs;     /* workers; 0: three per processor */
    long deadline; /* milliseconds for one step */
    long repeat;   /* how often each case is run; 0: once */
    bool strict, audit, trace, check, json, failed_only, mend_known, spread, validate, current;
};

/* --deadline, unless it is given. */
#define OPTIONS_DEADLINE 30000

/* One command of the program. */
struct command {
    const char *name, *arguments, *summary;
    unsigned bit; /* which options it takes */
    int (*run)(const struct options *options);
};

/* The commands, ended by a row without name; defined by the program (main.c). */
extern const struct command commands[];

/* Reads the command line.  Returns true, or false after printing what is wrong, with a hint, to standard error: the
 * status is then STATUS_USAGE.  options must be freed in both cases. */
bool options_parse(struct options *options, int argc, char **argv);
void options_free(struct options *options);

/* The options that were given and on which it depends what the results are, by name: an object, new.  A flag is true,
 * what is repeatable an array, all else a string. */
json_t *options_shaping(const struct options *options);

/* Takes over what options_shaping gave (borrowed, and so are its texts).  False if it is nothing that it could have
 * given; options must be freed in both cases. */
bool options_adopt(struct options *options, const json_t *shaping);

/* Appends those options, as far as command takes them and but for --pairing, as a command line has them. */
void options_write_shaping(const struct options *options, const struct command *command, struct text *out);

/* The text of `mpconform help` and, with a command, of `mpconform help COMMAND`. */
void options_help(FILE *out, const struct command *command);

/* Calls use for each option that the command takes, in the order of the table: its name with both dashes, what its
 * value is called in help (NULL: it takes none), its line of help. */
typedef void options_use(void *context, const char *name, const char *argument, const char *help);
void options_each(const struct command *command, options_use *use, void *context);

/* The command with that name, or NULL. */
const struct command *options_command(const char *name);

/* Reads a number of seconds such as 10 or 0.5 as milliseconds: at least 1, at most a day.  -1 if it is none. */
long options_seconds(const char *text);

enum {
    COMMAND_RUN = 1,
    COMMAND_LIST = 2,
    COMMAND_SHOW = 4,
    COMMAND_RECORD = 8,
    COMMAND_DOCTOR = 16,
    COMMAND_CHECK = 32,
    COMMAND_HELP = 64,
    COMMAND_EXPLAIN = 128,
    COMMAND_MATRIX = 1 << 9,
    COMMAND_MERGE = 1 << 10,
    COMMAND_SHAPES = 1 << 20 /* no command: marks the options on which it depends what the results are */
};

#endif
