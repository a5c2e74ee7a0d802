/* SPDX-License-Identifier: MIT */
/* Typed JSON → Python-like text: one function per tag, all in the table at the end. */
#include "harness/canonical.h"
#include "harness/canonical_write.h"
#include "harness/lex.h"
#include "harness/number.h"
#include "harness/typed.h"

#include <stdlib.h>
#include <string.h>

#define SAFE_INTEGER (1LL << 53)

struct tag {
    const char *name;
    void (*write)(struct writer *writer, const json_t *body);
};

static const struct tag *find_tag(const char *name);

void write_fail(struct writer *writer, const char *what, const char *wanted, const json_t *found)
{
    char *shown;
    if (writer->error)
        return;
    shown = found ? json_dumps(found, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
    if (shown && strlen(shown) > 80)
        snprintf(shown + 77, 4, "...");
    writer->error = text_format("%s: expected %s, found %s", what, wanted, shown ? shown : "nothing");
    free(shown);
}

void write_put(struct writer *writer, const char *text)
{
    text_puts(&writer->out, text);
    if (writer->out.length > CANONICAL_SIZE)
        write_fail(writer, "value", "a text of at most 64 MiB", NULL);
}

/* ---- sequences */

void write_items(struct writer *writer, const char *tag, const json_t *items)
{
    json_t *item;
    size_t i;
    if (!json_is_array(items))
        write_fail(writer, tag, "an array", items);
    json_array_foreach((json_t *)items, i, item)
    {
        if (writer->error)
            return;
        if (i)
            write_put(writer, ", ");
        write_value(writer, item);
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* As write_items, but in the order of the elements' texts. */
static void write_items_sorted(struct writer *writer, const char *tag, const json_t *items)
{
    size_t count = json_array_size(items);
    struct text outer = writer->out;
    char **texts = text_calloc(count + 1, sizeof *texts);
    if (!json_is_array(items))
        write_fail(writer, tag, "an array", items);
    for (size_t i = 0; i < count; i++) {
        writer->out = (struct text){0};
        write_value(writer, json_array_get(items, i));
        texts[i] = text_give(&writer->out);
    }
    writer->out = outer;
    qsort(texts, count, sizeof *texts, by_text);
    for (size_t i = 0; i < count; i++) {
        if (i)
            write_put(writer, ", ");
        write_put(writer, texts[i]);
        free(texts[i]);
    }
    free(texts);
}

static void write_list(struct writer *writer, const json_t *items, bool sorted)
{
    write_put(writer, "[");
    (sorted ? write_items_sorted : write_items)(writer, "list", items);
    write_put(writer, "]");
}

static void write_tuple(struct writer *writer, const json_t *items, bool sorted)
{
    write_put(writer, "(");
    (sorted ? write_items_sorted : write_items)(writer, "$tuple", items);
    write_put(writer, json_array_size(items) == 1 ? ",)" : ")");
}

static void tag_tuple(struct writer *writer, const json_t *body)
{
    write_tuple(writer, body, false);
}

static void tag_set(struct writer *writer, const json_t *body)
{
    bool empty = json_is_array(body) && !json_array_size(body);
    write_put(writer, empty ? "set()" : "{");
    write_items_sorted(writer, "$set", body);
    write_put(writer, empty ? "" : "}");
}

static void tag_frozenset(struct writer *writer, const json_t *body)
{
    bool empty = json_is_array(body) && !json_array_size(body);
    write_put(writer, empty ? "frozenset(" : "frozenset({");
    write_items_sorted(writer, "$frozenset", body);
    write_put(writer, empty ? ")" : "})");
}

void write_pairs(struct writer *writer, const char *tag, const json_t *pairs, const char *open, const char *colon,
                 const char *close)
{
    json_t *pair;
    size_t i;
    if (!json_is_array(pairs))
        write_fail(writer, tag, "an array of pairs", pairs);
    json_array_foreach((json_t *)pairs, i, pair)
    {
        if (!json_is_array(pair) || json_array_size(pair) != 2)
            write_fail(writer, tag, "pairs", pair);
        if (writer->error)
            return;
        write_put(writer, i ? ", " : "");
        write_put(writer, open);
        write_value(writer, json_array_get(pair, 0));
        write_put(writer, colon);
        write_value(writer, json_array_get(pair, 1));
        write_put(writer, close);
    }
}

static void tag_dict(struct writer *writer, const json_t *body)
{
    write_put(writer, "{");
    write_pairs(writer, "$dict", body, "", ": ", "");
    write_put(writer, "}");
}

/* ---- numbers and texts */

static void tag_int(struct writer *writer, const json_t *body)
{
    const char *text = json_string_value(body), *digits = text && *text == '-' ? text + 1 : text;
    size_t count = digits ? strspn(digits, "0123456789") : 0;
    bool zero = count && *digits == '0';
    if (!count || digits[count] || (zero && (count > 1 || digits != text)))
        write_fail(writer, "$int", "decimal digits", body);
    else
        write_put(writer, text);
}

static bool read_double(struct writer *writer, const char *tag, const json_t *body, double *out)
{
    if (json_is_string(body) && number_read(json_string_value(body), json_string_length(body), out))
        return true;
    write_fail(writer, tag, "digits, inf, -inf or nan", body);
    return false;
}

static void tag_float(struct writer *writer, const json_t *body)
{
    double x;
    char text[NUMBER_TEXT];
    if (read_double(writer, "$float", body, &x))
        write_put(writer, number_float(x, text));
}

static void tag_complex(struct writer *writer, const json_t *body)
{
    double real, imaginary;
    char text[NUMBER_TEXT];
    if (!json_is_array(body) || json_array_size(body) != 2)
        write_fail(writer, "$complex", "two texts", body);
    else if (read_double(writer, "$complex", json_array_get(body, 0), &real) &&
             read_double(writer, "$complex", json_array_get(body, 1), &imaginary))
        write_put(writer, number_complex(real, imaginary, text));
}

static int hex_value(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c ? strchr(digits, c | 0x20) : NULL;
    return found && (c > '9' ? c >= 'A' : 1) ? (int)(found - digits) : -1;
}

/* The bytes of a hexadecimal text, new; NULL after a failure. */
static unsigned char *read_hex(struct writer *writer, const char *tag, const json_t *body, size_t *length)
{
    const char *text = json_string_value(body);
    size_t digits = json_string_length(body);
    unsigned char *bytes = text_calloc(digits / 2 + 1, 1);
    bool valid = text && digits % 2 == 0;
    for (size_t i = 0; valid && i < digits; i++) {
        int digit = hex_value(text[i]);
        valid = digit >= 0;
        bytes[i / 2] = (unsigned char)(bytes[i / 2] << 4 | (digit & 0xf));
    }
    *length = digits / 2;
    if (valid)
        return bytes;
    write_fail(writer, tag, "pairs of hexadecimal digits", body);
    free(bytes);
    return NULL;
}

static void tag_str(struct writer *writer, const json_t *body)
{
    size_t length;
    unsigned char *bytes = read_hex(writer, "$str", body, &length);
    if (bytes && !write_str(&writer->out, bytes, length))
        write_fail(writer, "$str", "UTF-8 in hexadecimal", body);
    free(bytes);
}

static void tag_bytes(struct writer *writer, const json_t *body)
{
    size_t length;
    unsigned char *bytes = read_hex(writer, "$bytes", body, &length);
    if (bytes)
        write_bytes(&writer->out, bytes, length);
    free(bytes);
}

static void tag_bytearray(struct writer *writer, const json_t *body)
{
    write_put(writer, "bytearray(");
    tag_bytes(writer, body);
    write_put(writer, ")");
}

/* ---- the others */

static void tag_range(struct writer *writer, const json_t *body)
{
    bool valid = json_is_array(body) && json_array_size(body) == 3;
    const json_t *step = json_array_get(body, 2);
    for (size_t i = 0; valid && i < 3; i++)
        valid = json_is_integer(json_array_get(body, i)) || typed_peek(json_array_get(body, i), "$int");
    if (!valid || (json_is_integer(step) && !json_integer_value(step))) {
        write_fail(writer, "$range", "three integers, the step not 0", body);
        return;
    }
    write_put(writer, "range(");
    write_value(writer, json_array_get(body, 0));
    write_put(writer, ", ");
    write_value(writer, json_array_get(body, 1));
    if (!json_is_integer(step) || json_integer_value(step) != 1) {
        write_put(writer, ", ");
        write_value(writer, step);
    }
    write_put(writer, ")");
}

static void tag_slice(struct writer *writer, const json_t *body)
{
    if (!json_is_array(body) || json_array_size(body) != 3)
        write_fail(writer, "$slice", "three values", body);
    write_put(writer, "slice(");
    write_items(writer, "$slice", body);
    write_put(writer, ")");
}

static void tag_ellipsis(struct writer *writer, const json_t *body)
{
    if (!json_is_true(body))
        write_fail(writer, "$ellipsis", "true", body);
    write_put(writer, "Ellipsis");
}

static void tag_notimplemented(struct writer *writer, const json_t *body)
{
    if (!json_is_true(body))
        write_fail(writer, "$notimplemented", "true", body);
    write_put(writer, "NotImplemented");
}

static void tag_global(struct writer *writer, const json_t *body)
{
    write_global(writer, "$global", body);
}

static void tag_array(struct writer *writer, const json_t *body)
{
    if (!json_is_array(body) || json_array_size(body) != 2 || !json_is_string(json_array_get(body, 0)) ||
        !json_is_array(json_array_get(body, 1)))
        write_fail(writer, "$array", "a type code and an array", body);
    write_put(writer, "array.array(");
    write_items(writer, "$array", body);
    write_put(writer, ")");
}

static void tag_exception(struct writer *writer, const json_t *body)
{
    write_exception(writer, body, false);
}

static void tag_reduce(struct writer *writer, const json_t *body)
{
    write_reduction(writer, body);
}

void write_typeid(struct writer *writer, const json_t *typeid)
{
    const char *text = json_string_value(typeid);
    size_t length = json_string_length(typeid);
    if (!text)
        write_fail(writer, "proxy", "a text as typeid", typeid);
    else if (lex_is_identifier(text, length))
        write_put(writer, text);
    else
        write_str(&writer->out, text, length);
}

static void tag_proxy(struct writer *writer, const json_t *body)
{
    static const char *const members[] = {"typeid", NULL};
    if (!write_only(writer, "$proxy", body, members))
        return;
    write_put(writer, "<proxy ");
    write_typeid(writer, json_object_get(body, "typeid"));
    write_put(writer, ">");
}

static void tag_other(struct writer *writer, const json_t *body)
{
    write_put(writer, "<other ");
    write_global(writer, "$other", body);
    write_put(writer, ">");
}

static void tag_same(struct writer *writer, const json_t *body)
{
    json_int_t number = json_integer_value(body);
    if (!json_is_integer(body) || number < 1 || (size_t)number > writer->marks) {
        write_fail(writer, "$same", "the number of an earlier $shared", body);
        return;
    }
    writer->referenced[number] = true;
    text_printf(&writer->out, "<%zu>", (size_t)number);
}

/* {"$shared": N, "value": VALUE}. */
static void write_shared(struct writer *writer, const json_t *object)
{
    const json_t *number = json_object_get(object, "$shared"), *value = json_object_get(object, "value");
    if (!json_is_integer(number) || json_integer_value(number) != (json_int_t)writer->marks + 1) {
        write_fail(writer, "$shared", "numbers that count from 1", number);
        return;
    }
    if (!json_is_array(value) &&
        (!json_is_object(value) || json_object_get(value, "$shared") || json_object_get(value, "$same"))) {
        write_fail(writer, "$shared", "a value that has an identity", value);
        return;
    }
    writer->marks++;
    writer->referenced = text_realloc(writer->referenced, writer->marks + 1);
    writer->referenced[writer->marks] = false;
    text_printf(&writer->out, "<%zu>", writer->marks);
    write_value(writer, value);
}

static void write_object(struct writer *writer, const json_t *object)
{
    const char *name = json_object_iter_key(json_object_iter((json_t *)object));
    const struct tag *tag = name && json_object_size(object) == 1 ? find_tag(name) : NULL;
    if (tag)
        tag->write(writer, json_object_get(object, name));
    else if (json_object_size(object) == 2 && json_object_get(object, "$shared") && json_object_get(object, "value"))
        write_shared(writer, object);
    else
        write_fail(writer, "value", "a tag that is known", object);
}

static void write_any(struct writer *writer, const json_t *value, bool sorted)
{
    if (writer->error)
        return;
    if (++writer->depth > CANONICAL_DEPTH)
        write_fail(writer, "value", "less nesting", NULL);
    else if (json_is_null(value))
        write_put(writer, "None");
    else if (json_is_boolean(value))
        write_put(writer, json_is_true(value) ? "True" : "False");
    else if (json_is_string(value))
        write_str(&writer->out, json_string_value(value), json_string_length(value));
    else if (json_is_integer(value) && json_integer_value(value) < SAFE_INTEGER &&
             json_integer_value(value) > -SAFE_INTEGER)
        text_printf(&writer->out, "%lld", (long long)json_integer_value(value));
    else if (json_is_array(value))
        write_list(writer, value, sorted);
    else if (sorted && typed_peek(value, "$tuple"))
        write_tuple(writer, typed_peek(value, "$tuple"), true);
    else if (json_is_object(value))
        write_object(writer, value);
    else
        write_fail(writer, "value", "a typed value (integers from 2**53 on are $int, floats are $float)", value);
    writer->depth--;
}

void write_value(struct writer *writer, const json_t *value)
{
    write_any(writer, value, false);
}

void write_sorted(struct writer *writer, const json_t *value)
{
    write_any(writer, value, true);
}

static const struct tag *find_tag(const char *name)
{
    static const struct tag table[] = {
#define TAG(name) {"$" #name, tag_##name},
#include "harness/tag.def"
#undef TAG
        {"$array", tag_array},
        {"$proxy", tag_proxy},
        {"$other", tag_other},
        {"$same", tag_same},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!strcmp(table[i].name, name))
            return &table[i];
    return NULL;
}
