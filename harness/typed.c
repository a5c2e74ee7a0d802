/* SPDX-License-Identifier: MIT */
/* Makes typed JSON. */
#include "harness/typed.h"

#include "harness/number.h"
#include "harness/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAFE_INTEGER (1LL << 53)

static json_t *made(json_t *value)
{
    if (!value) {
        fputs("mpconform: out of memory\n", stderr);
        exit(3);
    }
    return value;
}

json_t *typed_array(void)
{
    return made(json_array());
}

json_t *typed_object(void)
{
    return made(json_object());
}

void typed_append_take(json_t *array, json_t *value)
{
    if (json_array_append_new(array, made(value)))
        made(NULL);
}

void typed_set_take(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, made(value)))
        made(NULL);
}

json_t *typed_take(const char *tag, json_t *value)
{
    json_t *object = typed_object();
    typed_set_take(object, tag, value);
    return object;
}

json_t *typed_text(const char *tag, const char *text)
{
    return typed_take(tag, json_string(text));
}

json_t *typed_hex(const char *tag, const void *bytes, size_t length)
{
    struct text hex = {0};
    text_hex(&hex, bytes, length);
    json_t *value = typed_text(tag, text_peek(&hex));
    text_clear(&hex);
    return value;
}

json_t *typed_int(const char *decimal)
{
    if (strlen(decimal) <= 17) {
        long long value = strtoll(decimal, NULL, 10);
        if (value > -SAFE_INTEGER && value < SAFE_INTEGER)
            return made(json_integer(value));
    }
    return typed_text("$int", decimal);
}

json_t *typed_float(double x)
{
    char text[NUMBER_TEXT];
    return typed_text("$float", number_float(x, text));
}

json_t *typed_complex(double real, double imaginary)
{
    char text[NUMBER_TEXT];
    json_t *parts = typed_array();
    typed_append_take(parts, json_string(number_float(real, text)));
    typed_append_take(parts, json_string(number_float(imaginary, text)));
    return typed_take("$complex", parts);
}

json_t *typed_str(const char *text, size_t length)
{
    bool tagged = memchr(text, '\0', length) != NULL;
    for (size_t i = 0; !tagged && i + 1 < length; i++) /* U+D800 to U+DFFF are ED A0 80 to ED BF BF */
        tagged = (unsigned char)text[i] == 0xed && (unsigned char)text[i + 1] >= 0xa0;
    return tagged ? typed_hex("$str", text, length) : made(json_stringn(text, length));
}

json_t *typed_global(const char *module, size_t module_length, const char *name, size_t name_length)
{
    char *text = text_format("%.*s:%.*s", (int)module_length, module, (int)name_length, name);
    json_t *value = typed_text("$global", text);
    free(text);
    return value;
}

json_t *typed_peek(const json_t *value, const char *tag)
{
    return json_object_size(value) == 1 ? json_object_get(value, tag) : NULL;
}
