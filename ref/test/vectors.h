/* SPDX-License-Identifier: MIT */
/* Reads ref/test/vectors/pickle.txt, whose first lines describe it: pickles and what each CPython makes of them. For
 * the tests of the pickle codec. */
#ifndef REF_TEST_VECTORS_H
#define REF_TEST_VECTORS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
    unsigned char *data;
    size_t size, room;
};

struct vector {
    char *name;
    struct bytes input;
    struct expectation {
        int since, until;
        bool raises;
        int protocol;        /* of a dump; 0: the version's default */
        char *class;         /* of the exception, with its module */
        struct bytes result; /* the pickle, or repr(args) */
    } * expected;
    size_t count;
};

/* More memory, or the end: there is nothing to test without it. */
static void *vectors_grow(void *old, size_t size)
{
    void *bigger = realloc(old, size);
    if (!bigger)
        exit(3);
    return bigger;
}

static void bytes_put(struct bytes *b, const void *data, size_t size)
{
    if (b->size + size + 1 > b->room) {
        b->room = 2 * (b->size + size + 1);
        b->data = vectors_grow(b->data, b->room);
    }
    memcpy(b->data + b->size, data, size);
    b->size += size;
    b->data[b->size] = 0;
}

static unsigned char vectors_byte(const char *hex)
{
    const char pair[3] = {hex[0], hex[1], 0};
    return (unsigned char)strtoul(pair, NULL, 16);
}

/* A@N/YY: numbers with the bytes YY after each. */
static const char *vectors_numbers(const char *text, struct bytes *out)
{
    char *end;
    unsigned long first = strtoul(text, &end, 10), count = strtoul(end + 1, &end, 10);
    const char *between = end + 1;
    size_t size = strcspn(between, ",");
    for (unsigned long n = first; n < first + count; n++) {
        const unsigned char number[] = {n < 256 ? 'K' : 'M', (unsigned char)n, (unsigned char)(n >> 8)};
        bytes_put(out, number, n < 256 ? 2 : 3);
        for (size_t i = 0; i < size; i += 2) {
            unsigned char byte = vectors_byte(between + i);
            bytes_put(out, &byte, 1);
        }
    }
    return between + size + 1;
}

static struct bytes vectors_unpack(const char *text, const struct bytes *same)
{
    struct bytes out = {0};
    bytes_put(&out, "", 0);
    if (*text == '=' && same) {
        bytes_put(&out, same->data, same->size);
        return out;
    }
    while (*text && *text != '-' && *text != '\n') {
        unsigned char byte;
        unsigned long count = 1;
        if (*text == ',') {
            text = vectors_numbers(text + 1, &out);
            continue;
        }
        byte = vectors_byte(text);
        text += 2;
        if (*text == '*') {
            char *end;
            count = strtoul(text + 1, &end, 10);
            text = end + 1;
        }
        while (count-- > 0)
            bytes_put(&out, &byte, 1);
    }
    return out;
}

static void vectors_expect(struct vector *v, char *line)
{
    struct expectation e = {0};
    char *kind;
    e.since = (int)strtol(line, &kind, 10);
    e.until = (int)strtol(kind + 1, &kind, 10);
    kind++;
    line = strchr(kind, ' ') + 1;
    e.raises = strncmp(kind, "raises", 6) == 0;
    if (e.raises) {
        char *args = strchr(line, ' ');
        *args = 0;
        e.class = strdup(line);
        line = args + 1;
    } else {
        e.protocol = kind[4] == ' ' ? 0 : kind[4] - '0';
    }
    e.result = vectors_unpack(line, &v->input);
    v->expected = vectors_grow(v->expected, (v->count + 1) * sizeof *v->expected);
    v->expected[v->count++] = e;
}

/* All vectors, in *count; exits if the file is missing. */
static struct vector *vectors_read(size_t *count)
{
    FILE *f = fopen("ref/test/vectors/pickle.txt", "r");
    struct vector *all = NULL;
    char *line = NULL;
    size_t room = 0;
    *count = 0;
    if (!f) {
        perror("ref/test/vectors/pickle.txt");
        exit(3);
    }
    while (getline(&line, &room, f) > 0) {
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, "load ", 5) == 0) {
            char *bytes = strchr(line + 5, ' ');
            *bytes = 0;
            all = vectors_grow(all, (*count + 1) * sizeof *all);
            all[(*count)++] = (struct vector){.name = strdup(line + 5), .input = vectors_unpack(bytes + 1, NULL)};
        } else if (*line != '#' && all) {
            vectors_expect(&all[*count - 1], line);
        }
    }
    free(line);
    fclose(f);
    return all;
}

static void vectors_free(struct vector *all, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < all[i].count; k++) {
            free(all[i].expected[k].class);
            free(all[i].expected[k].result.data);
        }
        free(all[i].expected);
        free(all[i].input.data);
        free(all[i].name);
    }
    free(all);
}

#endif
