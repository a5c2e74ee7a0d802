/* SPDX-License-Identifier: MIT */
/* Natural numbers in limbs of nine decimal digits: schoolbook multiplication, since literals are small and text is all
 * we want of them. */
#include "harness/decimal.h"

#include "harness/text.h"

#include <stdlib.h>

#define LIMB 1000000000u
#define LIMB_DIGITS 9

static bool multiply_add(struct decimal *number, uint32_t factor, uint32_t summand)
{
    uint64_t carry = summand;
    for (size_t i = 0; i < number->count; i++) {
        carry += (uint64_t)number->limbs[i] * factor;
        number->limbs[i] = (uint32_t)(carry % LIMB);
        carry /= LIMB;
    }
    if (!carry)
        return true;
    if (number->count * LIMB_DIGITS >= DECIMAL_DIGITS)
        return false;
    number->limbs = text_realloc(number->limbs, (number->count + 1) * sizeof *number->limbs);
    number->limbs[number->count++] = (uint32_t)carry; /* below LIMB: factor and the old limbs are */
    return true;
}

static uint32_t digit_value(char c)
{
    return (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

bool decimal_read(struct decimal *out, const char *digits, size_t length, unsigned base)
{
    *out = (struct decimal){0};
    for (size_t i = 0; i < length; i++)
        if (digits[i] != '_' && !multiply_add(out, base, digit_value(digits[i]))) {
            decimal_free(out);
            return false;
        }
    return true;
}

/* a *= b; false if the product is too long. */
static bool multiply(struct decimal *a, const struct decimal *b)
{
    size_t count = a->count + b->count;
    if (!a->count || !b->count) {
        decimal_free(a);
        return true;
    }
    if ((count - 1) * LIMB_DIGITS > DECIMAL_DIGITS)
        return false;
    uint32_t *product = text_calloc(count, sizeof *product);
    for (size_t i = 0; i < a->count; i++) {
        uint64_t carry = 0;
        for (size_t j = 0; j < b->count || carry; j++) {
            carry += product[i + j] + (j < b->count ? (uint64_t)a->limbs[i] * b->limbs[j] : 0);
            product[i + j] = (uint32_t)(carry % LIMB);
            carry /= LIMB;
        }
    }
    while (count && !product[count - 1])
        count--;
    free(a->limbs);
    *a = (struct decimal){product, count};
    return true;
}

bool decimal_power(struct decimal *out, const struct decimal *base, unsigned long exponent)
{
    bool fits = decimal_read(out, "1", 1, 10);
    if (decimal_small(base, 1) <= 1 && exponent > 1)
        exponent = 1;
    for (unsigned long i = 0; fits && i < exponent; i++)
        fits = multiply(out, base);
    if (!fits)
        decimal_free(out);
    return fits;
}

unsigned long decimal_small(const struct decimal *number, unsigned long most)
{
    unsigned long value = 0;
    for (size_t i = number->count; i-- > 0;) {
        if (value > most / LIMB)
            return most + 1;
        value = value * LIMB + number->limbs[i]; /* below most + LIMB */
    }
    return value > most ? most + 1 : value;
}

char *decimal_text(const struct decimal *number, bool negative)
{
    struct text out = {0};
    if (!number->count)
        return text_copy("0");
    text_printf(&out, "%s%u", negative ? "-" : "", number->limbs[number->count - 1]);
    for (size_t i = number->count - 1; i-- > 0;)
        text_printf(&out, "%09u", number->limbs[i]);
    return text_give(&out);
}

void decimal_free(struct decimal *number)
{
    free(number->limbs);
    *number = (struct decimal){0};
}
