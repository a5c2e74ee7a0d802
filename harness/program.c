/* SPDX-License-Identifier: MIT */
/* What the commands share. */
#include "harness/program.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/corpus.h"
#include "harness/options.h"
#include "harness/place.h"
#include "harness/problems.h"
#include "harness/text.h"

static const char *called = "mpconform";

const char *program_called_peek(void)
{
    return called;
}

void program_set_called(const char *argv0)
{
    called = argv0;
}

int program_report_problems(struct problems *problems)
{
    int status = problems->count ? STATUS_USAGE : 0;
    problems_print(problems, stderr);
    problems_free(problems);
    return status;
}

int program_load_corpus(struct corpus *corpus, const struct options *options)
{
    struct problems problems = {0};
    char *folder = options->cases ? text_copy(options->cases) : place_path("cases");
    corpus_load(corpus, folder, &problems);
    free(folder);
    return program_report_problems(&problems);
}

int program_fail(int status, const char *format, ...)
{
    va_list arguments;
    fputs("mpconform: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return status;
}
