/* SPDX-License-Identifier: MIT */
/* The list of failures as a table, and the ways to fill one in. */
#include "ref/base/failure.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct row {
    const char *module, *class, *text;
    bool lost;
};

static const struct row failures[FAILURE_CODES];

int failure_set(struct failure *f, enum failure_code code)
{
    return failure_format(f, code, "%s", failures[code].text);
}

int failure_system(struct failure *f)
{
    int error = errno;
    enum failure_code code = error == EPIPE || error == ECONNRESET ? FAILURE_LOST
                             : error == ENOMEM                     ? FAILURE_MEMORY
                                                                   : FAILURE_SYSTEM;
    failure_set(f, code);
    strerror_r(error, f->text, sizeof f->text);
    f->error = error;
    return -1;
}

int failure_format(struct failure *f, enum failure_code code, const char *format, ...)
{
    va_list args;
    f->code = code;
    f->error = 0;
    va_start(args, format);
    vsnprintf(f->text, sizeof f->text, format, args);
    va_end(args);
    return -1;
}

const char *failure_module(enum failure_code code)
{
    return failures[code].module;
}

const char *failure_class(enum failure_code code)
{
    return failures[code].class;
}

bool failure_lost(enum failure_code code)
{
    return failures[code].lost;
}

static const struct row failures[FAILURE_CODES] = {
#define FAILURE(name, module, class, lost, text) [FAILURE_##name] = {module, class, text, lost},
#include "ref/base/failure.def"
};
