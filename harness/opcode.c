/* SPDX-License-Identifier: MIT */
/* A pickle as the sequence of its opcodes. */
#include "harness/opcode.h"

#include <string.h>

struct row {
    unsigned char byte;
    const char *name;
    enum opcode_argument argument;
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
    const struct form *form = form_of(row->argument);
    bool good = !form->read || form->read(walk, out, form->size);
    out->size = walk->at - out->offset;
    return good;
}

static const struct row *find(unsigned char byte)
{
    static const struct row table[] = {
#define OPCODE(name, byte, argument, protocol) {byte, #name, OPCODE_ARGUMENT_##argument},
#include "harness/opcode.def"
#undef OPCODE
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].byte == byte)
            return &table[i];
    return NULL;
}
