/* SPDX-License-Identifier: MIT */
#include "ref/prog/common.h"

#include <stdarg.h>
#include <stdio.h>

#include "ref/value/runtime.h"

int common_usage(const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%s: ", common_program);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\nTry `%s --help`.\n", common_program);
    return EXIT_USAGE;
}

int common_compat(const char *text, int *compat)
{
    int minor, end = 0;

    if (sscanf(text, "3.%2d%n", &minor, &end) != 1 || text[end] || 300 + minor < COMPAT_OLDEST ||
        300 + minor > COMPAT_NEWEST)
        return common_usage("--compat %s: give a version from 3.8 to 3.15", text);
    *compat = 300 + minor;
    return 0;
}
