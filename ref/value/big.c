/* SPDX-License-Identifier: MIT */
/* Big integers beside libtommath: bytes and digits in linear time, hash and doubles as Objects/longobject.c has them.
 * Reads the public members of mp_int: `used` digits of MP_DIGIT_BIT bits in dp, lowest first. */
#include "ref/value/big.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "ref/base/mem.h"

#define HASH_BITS 61
#define HASH_MODULUS (((uint64_t)1 << HASH_BITS) - 1)

/* Byte i of the magnitude of two's complement data: as it is, or negated (with the carry coming from the zeros below).
 */
static unsigned char magnitude_byte(const unsigned char *data, size_t i, bool negative, unsigned *carry)
{
    if (!negative)
        return data[i];
    unsigned sum = (unsigned char)~data[i] + *carry;
    *carry = sum >> 8;
    return (unsigned char)sum;
}

mp_err big_init_bytes(mp_int *n, const unsigned char *data, size_t size)
{
    bool negative = size && data[size - 1] & 0x80;
    unsigned carry = 1, bits = 0;
    mp_digit digit = 0;
    if (size > (size_t)INT_MAX / 16)
        return MP_MEM;
    mp_err error = mp_init_size(n, (int)((size * 8 + 1) / MP_DIGIT_BIT + 2));
    if (error != MP_OKAY)
        return error;
    for (size_t i = 0; i <= size; i++) {
        unsigned char byte = i < size ? magnitude_byte(data, i, negative, &carry) : (unsigned char)(negative && carry);
        unsigned room = MP_DIGIT_BIT - bits;
        digit |= (mp_digit)byte << bits & MP_MASK;
        bits += 8;
        if (bits < MP_DIGIT_BIT)
            continue;
        n->dp[n->used++] = digit;
        digit = (mp_digit)byte >> room;
        bits -= MP_DIGIT_BIT;
    }
    n->dp[n->used++] = digit;
    n->sign = negative ? MP_NEG : MP_ZPOS;
    mp_clamp(n);
    return MP_OKAY;
}

/* The magnitude's 64 bits from bit position at, which may lie beyond its end. */
static uint64_t bits_at(const mp_int *n, size_t at)
{
    uint64_t out = 0;
    unsigned have = 0, offset = (unsigned)(at % MP_DIGIT_BIT);
    for (size_t i = at / MP_DIGIT_BIT; have < 64 && i < (size_t)n->used; i++) {
        out |= (uint64_t)(n->dp[i] >> offset) << have;
        have += MP_DIGIT_BIT - offset;
        offset = 0;
    }
    return out;
}

void big_put_bytes(struct buf *b, const mp_int *n)
{
    size_t size = (size_t)mp_count_bits(n) / 8 + 1;
    unsigned char *out = buf_grow(b, size);
    unsigned carry = 1;
    if (!out)
        return;
    for (size_t i = 0; i < size; i++)
        out[i] = (unsigned char)bits_at(n, i * 8);
    if (n->sign != MP_NEG)
        return;
    for (size_t i = 0; i < size; i++)
        out[i] = magnitude_byte(out, i, true, &carry);
    if (size > 1 && out[size - 1] == 0xff && out[size - 2] & 0x80)
        b->used--;
}

mp_err big_put_decimal(struct buf *b, const mp_int *n)
{
    size_t room = (size_t)mp_count_bits(n) / 3 + 4, written; /* a digit has more than 3 bits */
    char *text = mem_alloc(room);
    if (!text)
        return MP_MEM;
    mp_err error = mp_to_radix(n, text, room, &written, 10);
    if (error == MP_OKAY)
        buf_put_text(b, text);
    mem_free(text);
    return error;
}

mp_err big_init_decimal(mp_int *n, const char *digits)
{
    mp_err error = mp_init(n);
    if (error != MP_OKAY)
        return error;
    error = mp_read_radix(n, digits, 10);
    if (error != MP_OKAY)
        mp_clear(n);
    return error;
}

bool big_fits_i64(const mp_int *n, int64_t *out)
{
    int bits = mp_count_bits(n);
    uint64_t magnitude = bits_at(n, 0);
    if (bits > 64 || (bits == 64 && !(n->sign == MP_NEG && magnitude == (uint64_t)1 << 63)))
        return false;
    *out = n->sign == MP_NEG ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}

int64_t big_hash(const mp_int *n)
{
    uint64_t h = 0;
    for (int i = n->used; i-- > 0;) {
        /* times 2**MP_DIGIT_BIT modulo 2**61-1 is a rotation */
        h = (h << MP_DIGIT_BIT & HASH_MODULUS) | h >> (HASH_BITS - MP_DIGIT_BIT);
        h += n->dp[i];
        if (h >= HASH_MODULUS)
            h -= HASH_MODULUS;
    }
    return n->sign == MP_NEG ? -(int64_t)h : (int64_t)h;
}

/* The highest 64 bits of the magnitude, which has at least 64; *rest: is anything below them set? */
static uint64_t top_bits(const mp_int *n, bool *rest)
{
    size_t below = (size_t)mp_count_bits(n) - 64;
    *rest = (size_t)mp_cnt_lsb(n) < below;
    return bits_at(n, below);
}

double big_to_double(const mp_int *n)
{
    bool rest;
    int bits = mp_count_bits(n);
    if (bits < 64)
        return n->sign == MP_NEG ? -(double)bits_at(n, 0) : (double)bits_at(n, 0);
    uint64_t top = top_bits(n, &rest);
    /* what lies below only decides whether a tie is one */
    double x = bits > DBL_MAX_EXP ? INFINITY : ldexp((double)(top | rest), bits - 64);
    return n->sign == MP_NEG ? -x : x;
}

/* Order of the magnitudes; x is positive and finite. */
static int compare_magnitude(const mp_int *n, double x)
{
    int bits = mp_count_bits(n), exponent;
    bool rest;
    double fraction = frexp(x, &exponent); /* x = fraction * 2**exponent, 0.5 <= fraction < 1 */
    if (bits != exponent)
        return bits < exponent ? -1 : 1;
    uint64_t mine = top_bits(n, &rest), other = (uint64_t)ldexp(fraction, 64);
    if (mine != other)
        return mine < other ? -1 : 1;
    return rest;
}

int big_compare_double(const mp_int *n, double x)
{
    bool negative = n->sign == MP_NEG;
    if (isinf(x))
        return x > 0 ? -1 : 1;
    if (x == 0 || (x < 0) != negative)
        return negative ? -1 : 1;
    int order = compare_magnitude(n, fabs(x));
    return negative ? -order : order;
}
