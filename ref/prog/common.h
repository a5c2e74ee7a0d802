/* SPDX-License-Identifier: MIT */
/* What the command lines of both programs share. */
#ifndef REF_PROG_COMMON_H
#define REF_PROG_COMMON_H

#include "ref/base/compiler.h"

enum { EXIT_USAGE = 2 };

/* The program's name; each defines it. */
extern const char common_program[];

/* Says what is wrong with the command line, on standard error. EXIT_USAGE, always. */
int common_usage(const char *format, ...) PRINTF_LIKE(1, 2);
/* The value of --compat: 0, or EXIT_USAGE after saying what is wrong. */
int common_compat(const char *text, int *compat);

#endif
