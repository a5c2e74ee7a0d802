/* SPDX-License-Identifier: MIT */
/* A list of messages, one line each, in the form that compilers use: "cases/list/x.case:12:5: error: expected …, found
 * …". What reads files collects here all that it finds, so that nothing is skipped in silence; the program prints the
 * list and stops. */
#ifndef HARNESS_PROBLEMS_H
#define HARNESS_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Initialise with {0}. */
struct problems {
    char **lines;
    size_t count;
};

/* Adds "file:line:column: error: …"; parts that are 0 (line, column) or NULL (file) are left out.  Bytes in the text
 * that are not printable come out as \xNN, so that a message stays one line. */
__attribute__((format(printf, 5, 6))) void problems_add(struct problems *problems, const char *file, size_t line,
                                                        size_t column, const char *format, ...);

/* Gives each line of a file, without its end, to take, which may change it; false with a problem added if the file
 * cannot be read to its end. */
bool problems_read_lines(struct problems *problems, const char *path, void (*take)(void *context, char *line),
                         void *context);

/* One line each. */
void problems_print(const struct problems *problems, FILE *out);
void problems_free(struct problems *problems);

#endif
