/* SPDX-License-Identifier: MIT */
/* UTF-8 with lone surrogates: validation with the positions and reasons of CPython's decoder
 * (Objects/stringlib/codecs.h, handler 'surrogatepass'), walking, and which characters are printable. */
#include "ref/value/unicode.h"

#include <stddef.h>

#include "ref/base/compat.h"

struct range {
    uint32_t first, last;
    short until; /* the last version in which these are not printable; 0: no end */
};

static bool continues(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

/* Is c fit to be the second byte after first? Keeps out overlong forms and what is beyond U+10FFFF. */
static bool second_fits(unsigned char first, unsigned char c)
{
    if (!continues(c))
        return false;
    switch (first) {
    case 0xE0:
        return c >= 0xA0;
    case 0xF0:
        return c >= 0x90;
    case 0xF4:
        return c < 0x90;
    default:
        return true;
    }
}

static bool is_surrogate(const unsigned char *s, size_t size)
{
    return size >= 3 && s[1] >= 0xA0 && continues(s[1]) && continues(s[2]);
}

/* The character at s: its bytes, or 0 with *bad and *reason set: how many bytes are at fault. */
static size_t check_one(const unsigned char *s, size_t size, size_t *bad, const char **reason)
{
    *bad = 1;
    if (s[0] < 0x80)
        return 1;
    *reason = "invalid start byte";
    if (s[0] < 0xC2 || s[0] > 0xF4)
        return 0;
    size_t need = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    *reason = "invalid continuation byte";
    if (size > 1 && s[0] == 0xED && s[1] >= 0xA0)
        return is_surrogate(s, size) ? 3 : 0;
    for (size_t i = 1; i < need && i < size; i++) {
        *bad = i;
        if (i == 1 ? !second_fits(s[0], s[1]) : !continues(s[i]))
            return 0;
    }
    *reason = "unexpected end of data";
    *bad = size;
    return size < need ? 0 : need;
}

bool unicode_check(const char *text, size_t size, size_t *length, struct unicode_fault *fault)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t i = 0, n = 0, bad;
    const char *reason;
    while (i < size) {
        size_t bytes = check_one(s + i, size - i, &bad, &reason);
        if (!bytes) {
            *fault = (struct unicode_fault){i, i + bad, reason};
            return false;
        }
        i += bytes;
        n++;
    }
    *length = n;
    return true;
}

uint32_t unicode_next(const char **p)
{
    const unsigned char *s = (const unsigned char *)*p;
    if (s[0] < 0x80) {
        *p += 1;
        return s[0];
    }
    if (s[0] < 0xE0) {
        *p += 2;
        return (uint32_t)(s[0] & 0x1F) << 6 | (s[1] & 0x3F);
    }
    if (s[0] < 0xF0) {
        *p += 3;
        return (uint32_t)(s[0] & 0x0F) << 12 | (uint32_t)(s[1] & 0x3F) << 6 | (s[2] & 0x3F);
    }
    *p += 4;
    return (uint32_t)(s[0] & 0x07) << 18 | (uint32_t)(s[1] & 0x3F) << 12 | (uint32_t)(s[2] & 0x3F) << 6 | (s[3] & 0x3F);
}

const char *unicode_skip(const char *p, size_t count)
{
    while (count--)
        unicode_next(&p);
    return p;
}

const char *unicode_back(const char *p, size_t count)
{
    while (count--)
        do
            p--;
        while (continues((unsigned char)*p));
    return p;
}

size_t unicode_encode(uint32_t c, char *out)
{
    unsigned char *s = (unsigned char *)out;
    if (c < 0x80) {
        s[0] = (unsigned char)c;
        return 1;
    }
    if (c < 0x800) {
        s[0] = (unsigned char)(0xC0 | c >> 6);
        s[1] = (unsigned char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        s[0] = (unsigned char)(0xE0 | c >> 12);
        s[1] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
        s[2] = (unsigned char)(0x80 | (c & 0x3F));
        return 3;
    }
    s[0] = (unsigned char)(0xF0 | c >> 18);
    s[1] = (unsigned char)(0x80 | (c >> 12 & 0x3F));
    s[2] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
    s[3] = (unsigned char)(0x80 | (c & 0x3F));
    return 4;
}

static const struct range unprintable[] = {
#define R(first, last, until) {first, last, until},
#include "ref/value/unprintable.def"
#undef R
};

bool unicode_printable(uint32_t c, int compat)
{
    size_t low = 0, high = sizeof unprintable / sizeof *unprintable;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct range *r = &unprintable[middle];
        if (c < r->first)
            high = middle;
        else if (c > r->last)
            low = middle + 1;
        else
            return !compat_within(compat, 0, r->until);
    }
    return true;
}
