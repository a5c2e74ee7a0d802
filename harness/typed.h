/* SPDX-License-Identifier: MIT */
/* Makes typed JSON (ADAPTER.md).  Every function returns a new reference and never NULL: without memory the harness
 * stops. */
#ifndef HARNESS_TYPED_H
#define HARNESS_TYPED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* {tag: value}.  Takes value. */
json_t *typed_take(const char *tag, json_t *value);
/* {tag: text}; text is ASCII or UTF-8. */
json_t *typed_text(const char *tag, const char *text);
/* {tag: hexadecimal}: "$bytes", "$bytearray". */
json_t *typed_hex(const char *tag, const void *bytes, size_t length);
/* An int given in decimal: a JSON integer if below 2**53, else {"$int": …}. */
json_t *typed_int(const char *decimal);
json_t *typed_float(double x);
json_t *typed_complex(double real, double imaginary);
/* A str given as UTF-8 in which lone surrogates have three bytes each: a JSON string, or {"$str": …} if such or NUL are
 * in it. */
json_t *typed_str(const char *text, size_t length);
/* {"$global": "builtins:NAME"} and so on. */
json_t *typed_global(const char *module, size_t module_length, const char *name, size_t name_length);

/* The body of {tag: body}, borrowed; NULL if value is anything else. */
json_t *typed_peek(const json_t *value, const char *tag);

/* Checked forms of jansson's functions. */
json_t *typed_array(void);
json_t *typed_object(void);
void typed_append_take(json_t *array, json_t *value);
void typed_set_take(json_t *object, const char *key, json_t *value);

#endif
