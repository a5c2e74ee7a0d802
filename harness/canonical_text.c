/* SPDX-License-Identifier: MIT */
/* str and bytes as Python's ascii() writes them, so that a line does not depend on what a version of Unicode calls
 * printable. */
#include "harness/canonical_write.h"

#include <stdint.h>
#include <string.h>

/* Reads one character of UTF-8 (surrogates allowed); its length, or 0. */
static size_t character(const unsigned char *p, size_t left, uint32_t *out)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = *p < 0x80 ? 1 : *p < 0xc0 ? 0 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : *p < 0xf8 ? 4 : 0;
    if (!length || length > left)
        return 0;
    *out = length == 1 ? *p : *p & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        *out = *out << 6 | (p[i] & 0x3fu);
    }
    return *out < least[length] || *out > 0x10ffff ? 0 : length;
}

/* One character in a literal; quote 0 means that it stands in plain text, where a backslash is itself. */
static void add(struct text *out, uint32_t c, char quote)
{
    char plain = (char)c;
    if (c == '\n')
        text_puts(out, "\\n");
    else if (c == '\r')
        text_puts(out, "\\r");
    else if (c == '\t')
        text_puts(out, "\\t");
    else if (quote && (c == '\\' || c == (unsigned char)quote))
        text_printf(out, "\\%c", plain);
    else if (c >= ' ' && c < 0x7f)
        text_add(out, &plain, 1);
    else if (c < 0x100)
        text_printf(out, "\\x%02x", (unsigned)c);
    else if (c < 0x10000)
        text_printf(out, "\\u%04x", (unsigned)c);
    else
        text_printf(out, "\\U%08x", (unsigned)c);
}

static char quote_for(const void *bytes, size_t length)
{
    return memchr(bytes, '\'', length) && !memchr(bytes, '"', length) ? '"' : '\'';
}

bool write_str(struct text *out, const void *bytes, size_t length)
{
    const unsigned char *p = bytes, *end = p + length;
    char quote = length ? quote_for(bytes, length) : '\'';
    text_add(out, &quote, 1);
    while (p < end) {
        uint32_t c;
        size_t used = character(p, (size_t)(end - p), &c);
        if (!used)
            return false;
        add(out, c, quote);
        p += used;
    }
    text_add(out, &quote, 1);
    return true;
}

void write_bytes(struct text *out, const void *bytes, size_t length)
{
    char quote = length ? quote_for(bytes, length) : '\'';
    text_printf(out, "b%c", quote);
    for (size_t i = 0; i < length; i++)
        add(out, ((const unsigned char *)bytes)[i], quote);
    text_add(out, &quote, 1);
}

void write_plain(struct text *out, const char *text, size_t length)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + length;
    while (p < end) {
        uint32_t c;
        size_t used = character(p, (size_t)(end - p), &c);
        add(out, used ? c : *p, 0);
        p += used ? used : 1;
    }
}
