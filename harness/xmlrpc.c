/* SPDX-License-Identifier: MIT */
/* Reads XML-RPC: the elements that xmlrpc.client writes, no XML beyond them. */
#include "harness/xmlrpc.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "harness/number.h"
#include "harness/text.h"
#include "harness/typed.h"

#define DEPTH_MAX 200

struct reader {
    const char *at; /* NUL-terminated */
    unsigned depth;
};

static json_t *read_value(struct reader *reader);

static void skip_blanks(struct reader *reader)
{
    reader->at += strspn(reader->at, " \t\r\n");
}

/* Whether the tag comes next, which is then taken. */
static bool take(struct reader *reader, const char *tag)
{
    const char *before = reader->at;
    skip_blanks(reader);
    bool here = !strncmp(reader->at, tag, strlen(tag));
    reader->at = here ? reader->at + strlen(tag) : before;
    return here;
}

static void add_reference(struct text *out, const char *name, size_t length)
{
    static const struct {
        const char *name, *text;
    } table[] = {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (length == strlen(table[i].name) && !strncmp(name, table[i].name, length)) {
            text_puts(out, table[i].text);
            return;
        }
    text_printf(out, "&%.*s;", (int)length, name); /* as it is: it is only shown */
}

/* The text up to the next tag. */
static void read_text(struct reader *reader, struct text *out)
{
    while (*reader->at && *reader->at != '<') {
        size_t length = *reader->at == '&' ? strcspn(reader->at, ";<") : 0;
        if (length && reader->at[length] == ';') {
            add_reference(out, reader->at + 1, length - 1);
            reader->at += length + 1;
        } else {
            text_add(out, reader->at++, 1);
        }
    }
}

/* ---- scalars: from the text of an element; new, or NULL */

static json_t *make_string(const char *text)
{
    json_t *value = json_string(text);
    return value ? value : typed_hex("$bytes", text, strlen(text));
}

static json_t *make_int(const char *text)
{
    size_t digits = strspn(text + (*text == '-'), "0123456789");
    return digits && !text[digits + (*text == '-')] ? typed_int(text) : NULL;
}

static json_t *make_boolean(const char *text)
{
    return json_boolean(!strcmp(text, "1"));
}

static json_t *make_double(const char *text)
{
    double x;
    return number_read(text, strlen(text), &x) ? typed_float(x) : NULL;
}

static json_t *make_bytes(const char *text)
{
    struct text packed = {0};
    for (; *text; text++)
        if (!strchr(" \t\r\n", *text))
            text_add(&packed, text, 1);
    unsigned char *bytes = text_calloc(packed.length + 1, 1);
    int length = EVP_DecodeBlock(bytes, (const unsigned char *)text_peek(&packed), (int)packed.length);
    for (size_t i = packed.length; length > 0 && i-- > 0 && packed.bytes[i] == '=';)
        length--;
    json_t *value = length < 0 ? NULL : typed_hex("$bytes", bytes, (size_t)length);
    free(bytes);
    text_clear(&packed);
    return value;
}

static json_t *read_scalar(struct reader *reader)
{
    static const struct {
        const char *open, *close;
        json_t *(*make)(const char *text);
    } table[] = {{"<string>", "</string>", make_string},
                 {"<int>", "</int>", make_int},
                 {"<i4>", "</i4>", make_int},
                 {"<i8>", "</i8>", make_int},
                 {"<boolean>", "</boolean>", make_boolean},
                 {"<double>", "</double>", make_double},
                 {"<base64>", "</base64>", make_bytes},
                 {"<dateTime.iso8601>", "</dateTime.iso8601>", make_string}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct text text = {0};
        if (!take(reader, table[i].open))
            continue;
        read_text(reader, &text);
        json_t *value = take(reader, table[i].close) ? table[i].make(text_peek(&text)) : NULL;
        text_clear(&text);
        return value;
    }
    return NULL;
}

/* ---- containers */

static json_t *read_array(struct reader *reader)
{
    json_t *array = typed_array(), *item;
    while ((item = read_value(reader)))
        typed_append_take(array, item);
    if (take(reader, "</data>") && take(reader, "</array>"))
        return array;
    json_decref(array);
    return NULL;
}

static bool read_member(struct reader *reader, json_t *pairs)
{
    struct text name = {0};
    json_t *value = NULL, *pair = typed_array();
    if (take(reader, "<name>")) {
        read_text(reader, &name);
        value = take(reader, "</name>") ? read_value(reader) : NULL;
    }
    bool good = value && take(reader, "</member>");
    typed_append_take(pair, make_string(text_peek(&name)));
    typed_append_take(pair, value ? value : json_null());
    typed_append_take(pairs, pair);
    text_clear(&name);
    return good;
}

static json_t *read_struct(struct reader *reader)
{
    json_t *pairs = typed_array();
    bool good = true;
    while (good && take(reader, "<member>"))
        good = read_member(reader, pairs);
    if (good && take(reader, "</struct>"))
        return typed_take("$dict", pairs);
    json_decref(pairs);
    return NULL;
}

static json_t *read_content(struct reader *reader)
{
    if (take(reader, "<nil/>"))
        return json_null();
    if (take(reader, "<array><data>"))
        return read_array(reader);
    if (take(reader, "<struct>"))
        return read_struct(reader);
    return read_scalar(reader);
}

/* A value, with its element; NULL if none comes, or one that cannot be read: then no end of anything follows either. */
static json_t *read_value(struct reader *reader)
{
    if (reader->depth == DEPTH_MAX || !take(reader, "<value>"))
        return NULL;
    reader->depth++;
    json_t *value = read_content(reader);
    reader->depth--;
    if (value && take(reader, "</value>"))
        return value;
    json_decref(value);
    return NULL;
}

json_t *xmlrpc_read(const void *bytes, size_t length)
{
    struct text whole = {0};
    text_add(&whole, bytes, length);
    struct reader reader = {.at = text_peek(&whole)};
    json_t *value = take(&reader, "<params>") && take(&reader, "<param>") ? read_value(&reader) : NULL;
    text_clear(&whole);
    return value;
}
