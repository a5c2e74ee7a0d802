/* SPDX-License-Identifier: MIT */
/* Integers that do not fit int64: what int.c needs beyond libtommath's own operations. Knows nothing of values; errors
 * are libtommath's codes. */
#ifndef REF_VALUE_BIG_H
#define REF_VALUE_BIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tommath.h>

#include "ref/base/buf.h"

/* Initialises n from little-endian two's complement. In linear time, which mp_unpack does not take. On failure n needs
 * no mp_clear. */
mp_err big_init_bytes(mp_int *n, const unsigned char *data, size_t size) MUST_USE;
/* Appends the shortest little-endian two's complement form. */
void big_put_bytes(struct buf *b, const mp_int *n);
/* Appends decimal text. */
mp_err big_put_decimal(struct buf *b, const mp_int *n) MUST_USE;
/* Initialises n from digits with an optional '-'. */
mp_err big_init_decimal(mp_int *n, const char *digits) MUST_USE;
/* Does it fit? Then *out. */
bool big_fits_i64(const mp_int *n, int64_t *out);
/* The residue modulo 2**61-1 of the magnitude, with the sign: CPython's hash before -1 becomes -2. */
int64_t big_hash(const mp_int *n);
/* The nearest double, ties to even; infinity beyond the range. */
double big_to_double(const mp_int *n);
/* Order of n, which does not fit int64, against x, which is not NaN. */
int big_compare_double(const mp_int *n, double x);

#endif
