/* SPDX-License-Identifier: MIT */
/* The options on which results depend, written down: for the header of a report, and for commands that run a case
 * again. */
#include "harness/options_table.h"

#include <stdlib.h>
#include <string.h>

#include "harness/event.h"
#include "harness/text.h"

static const void *member_of(const struct options *options, const struct option *option)
{
    return (const char *)options + option->offset;
}

/* The value of an option that holds one, as it is written on a command line: new; NULL if it was not given. */
static char *value_of(const struct options *options, const struct option *option)
{
    const void *member = member_of(options, option);
    if (option->kind == TEXT)
        return text_copy(*(const char *const *)member);
    const long number = *(const long *)member;
    if (option->kind == SECONDS)
        return number == OPTIONS_DEADLINE ? NULL : text_format("%g", (double)number / 1000);
    return number ? text_format("%ld", number) : NULL;
}

static json_t *words_array(const struct words *words)
{
    json_t *array = json_array();
    for (size_t i = 0; i < words->count; i++)
        json_array_append_new(array, event_text(words->list[i]));
    return array;
}

json_t *options_shaping(const struct options *options)
{
    json_t *object = json_object();
    for (const struct option *option = options_rows; option->name; option++) {
        const void *member = member_of(options, option);
        if (!(option->commands & COMMAND_SHAPES))
            continue;
        if (option->kind == FLAG) {
            if (*(const bool *)member)
                json_object_set_new(object, option->name, json_true());
        } else if (option->kind == WORDS) {
            if (((const struct words *)member)->count)
                json_object_set_new(object, option->name, words_array(member));
        } else {
            char *value = value_of(options, option);
            if (value)
                json_object_set_new(object, option->name, event_text(value));
            free(value);
        }
    }
    return object;
}

static bool adopt(struct options *options, const struct option *option, const json_t *value)
{
    if (option->kind == FLAG)
        return json_is_true(value) && options_set(options, option, NULL);
    if (option->kind != WORDS)
        return json_is_string(value) && options_set(options, option, json_string_value(value));
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!json_is_string(json_array_get(value, i)) ||
            !options_set(options, option, json_string_value(json_array_get(value, i))))
            return false;
    return json_is_array(value);
}

bool options_adopt(struct options *options, const json_t *shaping)
{
    *options = (struct options){.deadline = OPTIONS_DEADLINE};
    for (void *at = json_object_iter((json_t *)shaping); at; at = json_object_iter_next((json_t *)shaping, at)) {
        const struct option *option = options_rows;
        while (option->name && strcmp(option->name, json_object_iter_key(at)) != 0)
            option++;
        if (!option->name || !(option->commands & COMMAND_SHAPES) ||
            !adopt(options, option, json_object_iter_value(at)))
            return false;
    }
    return json_is_object(shaping);
}

static void write_one(struct text *out, const char *name, const char *value)
{
    char *quoted = text_quote(value);
    text_printf(out, " %s %s", name, quoted);
    free(quoted);
}

void options_write_shaping(const struct options *options, const struct command *command, struct text *out)
{
    for (const struct option *option = options_rows; option->name; option++) {
        const void *member = member_of(options, option);
        if (!(option->commands & COMMAND_SHAPES) || !(option->commands & command->bit) ||
            strcmp(option->name, "--pairing") == 0)
            continue;
        if (option->kind == FLAG) {
            if (*(const bool *)member)
                text_printf(out, " %s", option->name);
        } else if (option->kind == WORDS) {
            const struct words *words = member;
            for (size_t i = 0; i < words->count; i++)
                write_one(out, option->name, words->list[i]);
        } else {
            char *value = value_of(options, option);
            if (value)
                write_one(out, option->name, value);
            free(value);
        }
    }
}
