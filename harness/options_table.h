/* SPDX-License-Identifier: MIT */
/* The table of options, for what reads them (options.c) and what writes them (options_shaping.c). */
#ifndef HARNESS_OPTIONS_TABLE_H
#define HARNESS_OPTIONS_TABLE_H

#include "harness/options.h"

enum kind { FLAG, TEXT, WORDS, COUNT, TIMES, SECONDS };

struct option {
    const char *name, *argument;
    enum kind kind;
    size_t offset; /* of its member in struct options */
    unsigned commands;
    const char *help;
};

/* Ended by a row without name. */
extern const struct option options_rows[];

/* Sets an option from its value (borrowed), NULL for a flag.  False after printing what is wrong. */
bool options_set(struct options *options, const struct option *option, const char *value);

#endif
