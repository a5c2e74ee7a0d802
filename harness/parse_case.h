/* SPDX-License-Identifier: MIT */
/* Text of a case file → struct test_case, exactly as cases/README.md has it. */
#ifndef HARNESS_PARSE_CASE_H
#define HARNESS_PARSE_CASE_H

#include "harness/case.h"
#include "harness/problems.h"

/* Parses length bytes of text.  id and path are copied.  A new case, or NULL with at least one problem added; all
 * problems of the file that can be told apart are added, not only the first. */
struct test_case *parse_case(const char *id, const char *path, const char *text, size_t length,
                             struct problems *problems);

#endif
