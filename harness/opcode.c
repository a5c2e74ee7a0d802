/* SPDX-License-Identifier: MIT */
/* A pickle as the sequence of its opcodes. */
#include "harness/opcode.h"

#include <stdlib.h>
#include <string.h>

#include "harness/decimal.h"

struct row {
    unsigned char byte;
    const char *name;
    enum opcode_argument argument;
    int protocol;
};

static const struct row *find(unsigned char byte);

static uint64_t little(const unsigned char *bytes, size_t count)
{
    uint64_t value = 0;
    while (count--)
        value = value << 8 | bytes[count];
    return value;
}

/* The next count bytes, or NULL. */
static const unsigned char *take(struct opcodes *walk, uint64_t count)
{
    const unsigned char *at = walk->bytes + walk->at;
    if (count > walk->length - walk->at) {
        walk->error = "ends early";
        return NULL;
    }
    walk->at += (size_t)count;
    return at;
}

static bool read_number(struct opcodes *walk, struct instruction *out, size_t size)
{
    const unsigned char *bytes = take(walk, size);
    if (!bytes)
        return false;
    uint64_t value = little(bytes, size);
    if (value > INT64_MAX) {
        walk->error = "a number that is too large";
        return false;
    }
    out->number =
        out->argument == OPCODE_ARGUMENT_SIGNED4 ? (int64_t)(value ^ 0x80000000u) - 0x80000000 : (int64_t)value;
    return true;
}

static bool read_float(struct opcodes *walk, struct instruction *out, size_t size)
{
    const unsigned char *bytes = take(walk, size);
    uint64_t bits = 0;
    if (!bytes)
        return false;
    for (size_t i = 0; i < size; i++)
        bits = bits << 8 | bytes[i];
    memcpy(&out->real, &bits, sizeof out->real);
    return true;
}

static bool read_bytes(struct opcodes *walk, struct instruction *out, size_t size)
{
    const unsigned char *count = take(walk, size);
    uint64_t length = count ? little(count, size) : 0;
    out->bytes = count ? take(walk, length) : NULL;
    out->length = (size_t)length;
    return out->bytes != NULL;
}

static bool read_lines(struct opcodes *walk, struct instruction *out, size_t lines)
{
    size_t start = walk->at, end = start;
    for (size_t i = 0; i < lines; i++) {
        const unsigned char *newline = memchr(walk->bytes + walk->at, '\n', walk->length - walk->at);
        if (!newline) {
            walk->error = "ends early";
            return false;
        }
        end = (size_t)(newline - walk->bytes);
        walk->at = end + 1;
    }
    out->bytes = walk->bytes + start;
    out->length = end - start;
    return true;
}

/* How each kind of argument is read, and with which size. */
struct form {
    bool (*read)(struct opcodes *walk, struct instruction *out, size_t size);
    size_t size;
};

static const struct form *form_of(enum opcode_argument argument)
{
    static const struct form table[] = {
        [OPCODE_ARGUMENT_NONE] = {NULL, 0},
        [OPCODE_ARGUMENT_UNSIGNED1] = {read_number, 1},
        [OPCODE_ARGUMENT_UNSIGNED2] = {read_number, 2},
        [OPCODE_ARGUMENT_UNSIGNED4] = {read_number, 4},
        [OPCODE_ARGUMENT_UNSIGNED8] = {read_number, 8},
        [OPCODE_ARGUMENT_SIGNED4] = {read_number, 4},
        [OPCODE_ARGUMENT_FLOAT8] = {read_float, 8},
        [OPCODE_ARGUMENT_BYTES1] = {read_bytes, 1},
        [OPCODE_ARGUMENT_BYTES4] = {read_bytes, 4},
        [OPCODE_ARGUMENT_BYTES8] = {read_bytes, 8},
        [OPCODE_ARGUMENT_LINE] = {read_lines, 1},
        [OPCODE_ARGUMENT_LINES2] = {read_lines, 2},
    };
    return &table[argument];
}

bool opcodes_next(struct opcodes *walk, struct instruction *out)
{
    *out = (struct instruction){.offset = walk->at};
    if (walk->error || walk->at >= walk->length)
        return false;
    const struct row *row = find(walk->bytes[walk->at]);
    if (!row) {
        walk->error = "unknown opcode";
        return false;
    }
    walk->at++;
    out->opcode = (enum opcode)row->byte;
    out->name = row->name;
    out->argument = row->argument;
    out->protocol = row->protocol;
    const struct form *form = form_of(row->argument);
    bool good = !form->read || form->read(walk, out, form->size);
    out->size = walk->at - out->offset;
    return good;
}

char *opcode_decimal(const struct instruction *in)
{
    bool negative = in->length && in->bytes[in->length - 1] & 0x80;
    struct text hex = {0};
    struct decimal number;
    unsigned char *bytes = text_calloc(in->length + 1, 1);
    char *decimal = NULL;
    unsigned carry = negative;
    for (size_t i = 0; i < in->length; i++) {
        unsigned byte = negative ? (unsigned)(in->bytes[i] ^ 0xff) + carry : in->bytes[i];
        bytes[i] = (unsigned char)byte;
        carry = byte >> 8 & 1u;
    }
    text_puts(&hex, "0");
    for (size_t i = in->length; i--;)
        text_printf(&hex, "%02x", bytes[i]);
    free(bytes);
    if (decimal_read(&number, text_peek(&hex), hex.length, 16)) {
        decimal = decimal_text(&number, negative);
        decimal_free(&number);
    }
    text_clear(&hex);
    return decimal;
}

static void add_character(struct text *out, uint32_t c)
{
    static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
    unsigned char bytes[4];
    size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = length; i-- > 1; c >>= 6)
        bytes[i] = (unsigned char)(0x80 | (c & 0x3f));
    bytes[0] = (unsigned char)(first[length] | c);
    text_add(out, bytes, length);
}

/* How many hexadecimal digits follow a backslash and its letter at i; 0 if it is no escape. */
static size_t escape(const struct instruction *in, size_t i)
{
    size_t digits = in->bytes[i] != '\\' || i + 1 >= in->length ? 0
                    : in->bytes[i + 1] == 'u'                   ? 4
                    : in->bytes[i + 1] == 'U'                   ? 8
                                                                : 0;
    if (in->length - i < 2 + digits)
        return 0;
    for (size_t k = 0; k < digits; k++)
        if (!strchr("0123456789abcdefABCDEF", in->bytes[i + 2 + k]) || !in->bytes[i + 2 + k])
            return 0;
    return digits;
}

void opcode_unescape(struct text *out, const struct instruction *in)
{
    for (size_t i = 0; i < in->length;) {
        size_t digits = escape(in, i);
        char number[9] = {0};
        if (digits) {
            memcpy(number, in->bytes + i + 2, digits);
            add_character(out, (uint32_t)strtoul(number, NULL, 16) & 0x1fffff);
            i += 2 + digits;
        } else {
            add_character(out, in->bytes[i++]);
        }
    }
}

static const struct row *find(unsigned char byte)
{
    static const struct row table[] = {
#define OPCODE(name, byte, argument, protocol) {byte, #name, OPCODE_ARGUMENT_##argument, protocol},
#include "harness/opcode.def"
#undef OPCODE
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].byte == byte)
            return &table[i];
    return NULL;
}
