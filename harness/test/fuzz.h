/* SPDX-License-Identifier: MIT */
/* What a fuzz target and the program around it (fuzz_main.c) owe each other.  Targets are ref/test/fuzz_NAME.c and
 * harness/test/fuzz_NAME.c, each a program of its own; a target also fits libFuzzer. */
#ifndef HARNESS_TEST_FUZZ_H
#define HARNESS_TEST_FUZZ_H

#include <stddef.h>

/* ---- from the target */

/* Its name, as in fuzz_NAME.c. */
extern const char fuzz_name[];
/* Gives fuzz_seed the inputs that mutation begins with; exits with status 3 if they cannot be read. */
void fuzz_seeds(void);
/* Handles one input; aborts, or leaves it to a sanitizer, if something is wrong. 0, always. */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* ---- to the target */

/* An input to begin with; copied. */
void fuzz_seed(const void *data, size_t size);

#endif
