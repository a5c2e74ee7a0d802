/* SPDX-License-Identifier: MIT */
/* Floats as Python's repr writes them (Python/pystrtod.c, format code 'r'): the shortest digits that read back, an
 * exponent from 1e16 up and below 1e-4.  The C library's conversions are exact, so trying 1 to 17 digits finds the
 * shortest. */
#include "harness/number.h"

#include "harness/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PART 64 /* one number without its sign, and what the compiler cannot know to be shorter */

/* The next larger number with as many digits: "1.99e+05" becomes "2.00e+05".  False for "9.99", which has none. */
static bool next_digits(char *text)
{
    for (char *p = strchr(text, 'e'); p-- > text;) {
        if (*p >= '0' && *p < '9') {
            ++*p;
            return true;
        }
        if (*p == '9')
            *p = '0';
    }
    return false;
}

/* The shortest digits d of |x| = 0.ddd × 10**point.  Below a power of two the doubles lie closer than above it: there
 * the nearest digits may fail to read back although the next larger ones do. */
static void shortest(double x, char digits[static 24], int *point)
{
    char text[40], larger[40];
    for (int precision = 0; precision < 17; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, x);
        if (strtod(text, NULL) == x)
            break;
        memcpy(larger, text, sizeof text);
        if (next_digits(larger) && strtod(larger, NULL) == x) {
            memcpy(text, larger, sizeof text);
            break;
        }
    }
    const char *exponent = strchr(text, 'e');
    size_t count = 0;
    for (const char *p = text; p < exponent; p++)
        if (*p != '.')
            digits[count++] = *p;
    digits[count] = '\0';
    *point = (int)strtol(exponent + 1, NULL, 10) + 1;
}

/* repr without a sign and, unless whole numbers are to be marked, without ".0". */
static void magnitude(double x, bool mark, char out[static PART])
{
    char digits[24];
    int point, count;
    if (isnan(x) || isinf(x)) {
        snprintf(out, PART, "%s", isnan(x) ? "nan" : "inf");
        return;
    }
    shortest(x, digits, &point);
    count = (int)strlen(digits);
    if (point > 16 || point < -3)
        snprintf(out, PART, "%c%s%se%+03d", digits[0], count > 1 ? "." : "", digits + 1, point - 1);
    else if (point <= 0)
        snprintf(out, PART, "0.%.*s%s", -point, "000", digits);
    else if (point >= count)
        snprintf(out, PART, "%s%.*s%s", digits, point - count, "0000000000000000", mark ? ".0" : "");
    else
        snprintf(out, PART, "%.*s.%s", point, digits, digits + point);
}

/* Whether a minus is shown: a NaN has none. */
static bool is_negative(double x)
{
    return signbit(x) && !isnan(x);
}

const char *number_float(double x, char out[static NUMBER_TEXT])
{
    char text[PART];
    magnitude(fabs(x), true, text);
    snprintf(out, NUMBER_TEXT, "%s%s", is_negative(x) ? "-" : "", text);
    return out;
}

const char *number_complex(double real, double imaginary, char out[static NUMBER_TEXT])
{
    char first[PART], second[PART];
    magnitude(fabs(real), false, first);
    magnitude(fabs(imaginary), false, second);
    if (real == 0 && !signbit(real))
        snprintf(out, NUMBER_TEXT, "%s%sj", is_negative(imaginary) ? "-" : "", second);
    else
        snprintf(out, NUMBER_TEXT, "(%s%s%s%sj)", is_negative(real) ? "-" : "", first,
                 is_negative(imaginary) ? "-" : "+", second);
    return out;
}

static const char *skip_digits(const char *p)
{
    while (*p >= '0' && *p <= '9')
        p++;
    return p;
}

/* Whether text is [-](digits[.[digits]] | .digits)[e[±]digits]. */
static bool is_plain(const char *text)
{
    const char *p = text + (*text == '-' || *text == '+'), *start = p;
    p = skip_digits(p);
    bool any = p > start;
    if (*p == '.') {
        const char *fraction = ++p;
        p = skip_digits(p);
        any = any || p > fraction;
    }
    if (!any)
        return false;
    if (*p == 'e' || *p == 'E') {
        p += p[1] == '+' || p[1] == '-' ? 2 : 1;
        start = p;
        p = skip_digits(p);
        if (p == start)
            return false;
    }
    return !*p;
}

bool number_read(const char *text, size_t length, double *out)
{
    char stack[64], *copy = stack;
    if (memchr(text, '\0', length))
        return false;
    if (length >= sizeof stack)
        copy = text_calloc(length + 1, 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    bool plain = is_plain(copy);
    bool named = !strcmp(copy, "inf") || !strcmp(copy, "-inf") || !strcmp(copy, "nan");
    if (plain || named)
        *out = !strcmp(copy, "nan") ? (double)NAN : strtod(copy, NULL);
    if (copy != stack)
        free(copy);
    return plain || named;
}
