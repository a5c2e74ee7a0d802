/* SPDX-License-Identifier: MIT */
/* Floats and complex numbers as Python's repr writes them. */
#ifndef HARNESS_NUMBER_H
#define HARNESS_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* Room for any of the texts below. */
#define NUMBER_TEXT 160

/* repr(x): the shortest digits that read back as x; "nan", "inf", "-inf", "-0.0", "1e+16", "1e-05". */
const char *number_float(double x, char out[static NUMBER_TEXT]);

/* repr(complex(real, imaginary)): "1j", "(1-2j)", "(-0+1j)", "(nan+infj)". */
const char *number_complex(double real, double imaginary, char out[static NUMBER_TEXT]);

/* Reads all of text (length bytes) as digits with optional sign, point and exponent, or "inf", "-inf", "nan"; nothing
 * else (no space, no hexadecimal).  False, out untouched, otherwise. */
bool number_read(const char *text, size_t length, double *out);

#endif
