/* SPDX-License-Identifier: MIT */
/* The lines of a case file, and the case that is made of them: what parse_case.c and parse_header.c share. */
#ifndef HARNESS_READER_H
#define HARNESS_READER_H

#include "harness/case.h"
#include "harness/problems.h"

/* A part of the text, not terminated. */
struct span {
    const char *text;
    size_t length;
};

struct reader {
    struct test_case *test; /* in the making; its text is what is read */
    struct problems *problems;
    const char *next; /* where the next line begins */
    struct span line; /* the current one, without its newline */
    size_t number;    /* of the current line, from 1; 0 before the first */
    bool failed;
};

/* Whether the text is UTF-8 in lines that can be read; adds a problem for each line that is not. */
bool reader_check(struct reader *reader);
/* Goes on to the next line; false at the end of the file, where the line is empty. */
bool reader_next(struct reader *reader);
/* Adds a problem at byte column (from 1; 0 for none) of the current line. */
__attribute__((format(printf, 3, 4))) void reader_error(struct reader *reader, size_t column, const char *format, ...);

/* The next word of *rest, spaces around it skipped; empty at its end. */
struct span reader_word(struct span *rest);
bool reader_is(struct span span, const char *text);
/* A new string. */
char *reader_copy(struct span span);

/* Whether id has the form of a clause: CALL-4. */
bool reader_is_clause(struct span id);

/* Reads the header up to and with the empty line that ends it, into reader->test. */
void parse_header(struct reader *reader);

#endif
