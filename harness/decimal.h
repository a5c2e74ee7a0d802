/* SPDX-License-Identifier: MIT */
/* Natural numbers of any size, only as far as integer literals need them: digits of any base in, powers, decimal text
 * out. */
#ifndef HARNESS_DECIMAL_H
#define HARNESS_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most decimal digits of a number, so that a case cannot ask for 9**9**9. */
#define DECIMAL_DIGITS ((size_t)20000)

/* limbs of nine decimal digits, least significant first, without leading zeros: zero has none.  Release with
 * decimal_free. */
struct decimal {
    uint32_t *limbs;
    size_t count;
};

/* Reads digits (all valid in the base, which is 2, 8, 10 or 16; underscores are skipped).  False if there are too many.
 */
bool decimal_read(struct decimal *out, const char *digits, size_t length, unsigned base);

/* out = base ** exponent, where 0 ** 0 is 1.  False if it has too many digits. */
bool decimal_power(struct decimal *out, const struct decimal *base, unsigned long exponent);

/* The value if it is not above most; most + 1 otherwise. */
unsigned long decimal_small(const struct decimal *number, unsigned long most);

/* Decimal text, new; "-" in front if negative and not zero. */
char *decimal_text(const struct decimal *number, bool negative);
void decimal_free(struct decimal *number);

#endif
