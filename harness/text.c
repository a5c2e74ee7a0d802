/* SPDX-License-Identifier: MIT */
/* Growing text and checked allocation for the harness. */
#include "harness/text.h"

#include <openssl/evp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void no_memory(void)
{
    static const char message[] = "mpconform: out of memory\n";
    fputs(message, stderr);
    exit(3);
}

void *text_calloc(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size ? size : 1);
    if (!memory)
        no_memory();
    return memory;
}

void *text_realloc(void *old, size_t size)
{
    void *memory = realloc(old, size ? size : 1);
    if (!memory)
        no_memory();
    return memory;
}

static void reserve(struct text *text, size_t more)
{
    size_t needed = text->length + more + 1;
    if (needed <= text->capacity)
        return;
    text->capacity = needed < 64 ? 64 : needed + needed / 2;
    text->bytes = text_realloc(text->bytes, text->capacity);
}

void text_add(struct text *text, const void *bytes, size_t length)
{
    reserve(text, length);
    if (length)
        memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_puts(struct text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

static void print(struct text *text, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0)
        no_memory();
    reserve(text, (size_t)length);
    vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
    va_end(again);
    text->length += (size_t)length;
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print(text, format, arguments);
    va_end(arguments);
}

char *text_format(const char *format, ...)
{
    struct text text = {0};
    va_list arguments;
    va_start(arguments, format);
    print(&text, format, arguments);
    va_end(arguments);
    return text_give(&text);
}

void text_skip(struct text *text, size_t length)
{
    if (length > text->length)
        length = text->length;
    if (!length)
        return;
    text->length -= length;
    memmove(text->bytes, text->bytes + length, text->length);
    text->bytes[text->length] = '\0';
}

const char *text_peek(const struct text *text)
{
    return text->bytes ? text->bytes : "";
}

char *text_give(struct text *text)
{
    char *bytes = text->bytes ? text->bytes : text_calloc(1, 1);
    *text = (struct text){0};
    return bytes;
}

void text_clear(struct text *text)
{
    free(text->bytes);
    *text = (struct text){0};
}

char *text_copy(const char *string)
{
    return string ? text_format("%s", string) : NULL;
}

char *text_replace_take(char *text, const char *what, const char *name)
{
    struct text out = {0};
    size_t length = what ? strlen(what) : 0;
    for (const char *p = text; p && *p;) {
        bool here = length && !strncmp(p, what, length);
        text_add(&out, here ? name : p, here ? strlen(name) : 1);
        p += here ? length : 1;
    }
    free(text);
    return text_give(&out);
}

char *text_quote(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./:,=@%";
    struct text quoted = {0};
    if (*word && strspn(word, plain) == strlen(word))
        return text_copy(word);
    text_puts(&quoted, "'");
    for (; *word; word++)
        if (*word == '\'')
            text_puts(&quoted, "'\\''");
        else
            text_add(&quoted, word, 1);
    text_puts(&quoted, "'");
    return text_give(&quoted);
}

void text_hex(struct text *text, const void *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    for (const unsigned char *at = bytes, *end = at + length; at < end; at++)
        text_add(text, (const char[]){digits[*at >> 4], digits[*at & 15]}, 2);
}

char *text_sha256(const void *bytes, size_t length)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    struct text hex = {0};
    if (EVP_Digest(bytes, length, digest, &size, EVP_sha256(), NULL))
        text_hex(&hex, digest, size);
    return text_give(&hex);
}
