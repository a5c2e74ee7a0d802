/* SPDX-License-Identifier: MIT */
/* Implementations: their files and their commands. */
#include "harness/implementation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/place.h"
#include "harness/problems.h"
#include "harness/process.h"
#include "harness/protocol.h"
#include "harness/schema.h"
#include "harness/text.h"

#define STANDARD_ARGUMENTS " --address {address} --authkey-file {authkey_file}"

enum member_kind { STRING, BOOLEAN, NAMES };

/* A member of the file. */
struct member {
    const char *name;
    enum member_kind kind;
    size_t offset;
};

/* A placeholder that is filled from struct filling. */
struct placeholder {
    const char *name;
    size_t offset;
};

extern const struct member implementation_members[];
extern const struct placeholder implementation_placeholders[];

static bool is_path(const char *name)
{
    size_t length = strlen(name);
    return strchr(name, '/') || (length > 5 && strcmp(name + length - 5, ".json") == 0);
}

static bool are_names(const json_t *value)
{
    size_t i;
    json_t *name;
    json_array_foreach((json_t *)value, i, name) if (!json_string_length(name)) return false;
    return json_array_size(value) > 0;
}

static bool set_member(struct implementation *implementation, const struct member *member, json_t *value)
{
    char *place = (char *)implementation + member->offset;
    if (member->kind == STRING && json_is_string(value) && *json_string_value(value))
        *(char **)(void *)place = text_copy(json_string_value(value));
    else if (member->kind == BOOLEAN && json_is_boolean(value))
        *(bool *)(void *)place = json_is_true(value);
    else if (member->kind == NAMES && are_names(value))
        *(json_t **)(void *)place = json_incref(value);
    else
        return false;
    return true;
}

/* Whether text is an address; a problem if not. */
static bool is_address(const char *text, const char *path, struct problems *problems)
{
    struct schema_problem problem;
    json_t *value = json_stringn_nocheck(text, strlen(text));
    bool good = schema_check(protocol_schema(), "address", value, &problem);
    if (!good)
        problems_add(problems, path, 0, 0, "%s, not '%s'", problem.hint, text);
    schema_problem_clear(&problem);
    json_decref(value);
    return good;
}

bool implementation_attach_manager(struct implementation *implementation, const char *address, const char *key_file,
                                   struct problems *problems)
{
    if (!is_address(address, implementation->source, problems))
        return false;
    char *text = place_read(key_file);
    if (!text) {
        problems_add(problems, implementation->source, 0, 0, "cannot read the key %s: %s", key_file, strerror(errno));
        return false;
    }
    text[strcspn(text, " \t\r\n")] = '\0';
    size_t length = strlen(text);
    bool good = strspn(text, "0123456789abcdefABCDEF") == length && length % 2 == 0;
    if (!good)
        problems_add(problems, implementation->source, 0, 0, "%s does not hold a key in hexadecimal", key_file);
    free(implementation->key);
    implementation->key = text;
    if (implementation->address != address) {
        free(implementation->address);
        implementation->address = text_copy(address);
    }
    return good;
}

bool implementation_attach_proxy(struct implementation *implementation, const char *address, struct problems *problems)
{
    if (!is_address(address, implementation->source, problems))
        return false;
    if (implementation->proxy_at != address) {
        free(implementation->proxy_at);
        implementation->proxy_at = text_copy(address);
    }
    return true;
}

/* The members manager_at, authkey_file (beside the file, unless it is a path from the root) and proxy_at. */
static void read_attachments(struct implementation *implementation, const char *path, struct problems *problems)
{
    const char *slash = strrchr(path, '/'), *key_file = implementation->key_file;
    if (implementation->manager && implementation->address)
        problems_add(problems, path, 0, 0, "\"manager\" and \"manager_at\": one of them");
    if (implementation->proxy && implementation->proxy_at)
        problems_add(problems, path, 0, 0, "\"proxy\" and \"proxy_at\": one of them");
    if (!implementation->address != !key_file)
        problems_add(problems, path, 0, 0, "\"manager_at\" and \"authkey_file\" need each other");
    if (implementation->address && key_file) {
        char *beside = text_format("%.*s%s", *key_file == '/' || !slash ? 0 : (int)(slash - path + 1), path, key_file);
        implementation_attach_manager(implementation, implementation->address, beside, problems);
        free(beside);
    }
    if (implementation->proxy_at)
        implementation_attach_proxy(implementation, implementation->proxy_at, problems);
}

static void read_members(struct implementation *implementation, json_t *root, const char *path,
                         struct problems *problems)
{
    static const char *const kinds[] = {
        [STRING] = "non-empty string", [BOOLEAN] = "boolean", [NAMES] = "non-empty array of names"};
    const char *name;
    json_t *value;
    json_object_foreach(root, name, value)
    {
        const struct member *member = implementation_members;
        while (member->name && strcmp(member->name, name) != 0)
            member++;
        if (!member->name)
            problems_add(problems, path, 0, 0, "unknown member \"%s\"", name);
        else if (!set_member(implementation, member, value))
            problems_add(problems, path, 0, 0, "\"%s\" must be a %s", name, kinds[member->kind]);
    }
    if (!implementation->name)
        problems_add(problems, path, 0, 0, "\"name\" is missing");
    if (!implementation_serves(implementation) && !implementation_drives(implementation))
        problems_add(problems, path, 0, 0,
                     "neither \"manager\" nor \"proxy\", nor \"manager_at\" or \"proxy_at\": nothing to judge");
    read_attachments(implementation, path, problems);
}

struct implementation *implementation_load(const char *name, struct problems *problems)
{
    char *path = NULL;
    json_error_t error;
    size_t before = problems->count;
    if (is_path(name)) {
        path = text_copy(name);
    } else {
        char *relative = text_format("harness/implementations/%s.json", name);
        path = place_path(relative);
        free(relative);
    }
    char *text = place_read(path);
    json_t *root = text ? json_loads(text, JSON_REJECT_DUPLICATES, &error) : NULL;
    struct implementation *implementation = text_calloc(1, sizeof *implementation);
    implementation->source = text_copy(path);
    if (!text)
        problems_add(problems, path, 0, 0, "no implementation %s: %s", name, strerror(errno));
    else if (!json_is_object(root))
        problems_add(problems, path, (size_t)(root ? 1 : error.line), (size_t)(root ? 0 : error.column), "%s",
                     root ? "expected an object" : error.text);
    else
        read_members(implementation, root, path, problems);
    free(path);
    free(text);
    json_decref(root);
    if (problems->count == before)
        return implementation;
    implementation_free(implementation);
    return NULL;
}

struct implementation *implementation_make(const char *name, const char *manager, const char *proxy)
{
    struct implementation *made = text_calloc(1, sizeof *made);
    made->name = text_copy(name);
    if (manager)
        made->manager = text_format("%s%s", manager, strstr(manager, "{address}") ? "" : STANDARD_ARGUMENTS);
    made->proxy = text_copy(proxy);
    made->fixtures = true;
    return made;
}

static const char *lookup(const char *name, size_t length, const struct filling *filling)
{
    if (length == 4 && memcmp(name, "home", 4) == 0)
        return place_home_peek();
    if (length == 5 && memcmp(name, "build", 5) == 0)
        return place_build_peek();
    for (const struct placeholder *row = implementation_placeholders; row->name; row++)
        if (strlen(row->name) == length && memcmp(row->name, name, length) == 0)
            return *(const char *const *)(const void *)((const char *)filling + row->offset);
    return NULL;
}

char *implementation_command(const struct implementation *implementation, const char *template,
                             const struct filling *filling, struct problems *problems)
{
    struct text command = {0};
    if (implementation->wrap)
        text_printf(&command, "%s ", implementation->wrap);
    for (const char *at = template; *at; at++) {
        size_t length = *at == '{' ? strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_") : 0;
        if (!length || at[length + 1] != '}') {
            text_add(&command, at, 1);
            continue;
        }
        const char *value = lookup(at + 1, length, filling);
        if (!value) {
            problems_add(problems, implementation->source, 0, 0, "unknown placeholder {%.*s} in the command: %s",
                         (int)length, at + 1, template);
            text_clear(&command);
            return NULL;
        }
        char *quoted = text_quote(value);
        text_puts(&command, quoted);
        free(quoted);
        at += length + 1;
    }
    return text_give(&command);
}

bool implementation_serves(const struct implementation *implementation)
{
    return implementation->manager || implementation->address;
}

bool implementation_has_type(const struct implementation *implementation, const char *typeid)
{
    size_t i;
    json_t *name;
    json_array_foreach(implementation->types, i, name) if (strcmp(json_string_value(name), typeid) == 0) return true;
    return !implementation->types;
}

bool implementation_drives(const struct implementation *implementation)
{
    return implementation->proxy || implementation->proxy_at;
}

void implementation_free(struct implementation *implementation)
{
    if (!implementation)
        return;
    for (const struct member *member = implementation_members; member->name; member++)
        if (member->kind == STRING)
            free(*(char **)(void *)((char *)implementation + member->offset));
    json_decref(implementation->types);
    free(implementation->key);
    free(implementation->wrap);
    free(implementation->source);
    free(implementation);
}

/* --- tables --- */

const struct member implementation_members[] = {
    {"name", STRING, offsetof(struct implementation, name)},
    {"home", STRING, offsetof(struct implementation, home)},
    {"manager", STRING, offsetof(struct implementation, manager)},
    {"proxy", STRING, offsetof(struct implementation, proxy)},
    {"manager_at", STRING, offsetof(struct implementation, address)},
    {"authkey_file", STRING, offsetof(struct implementation, key_file)},
    {"proxy_at", STRING, offsetof(struct implementation, proxy_at)},
    {"nursery", STRING, offsetof(struct implementation, nursery)},
    {"imitates", STRING, offsetof(struct implementation, imitates)},
    {"types", NAMES, offsetof(struct implementation, types)},
    {"fixtures", BOOLEAN, offsetof(struct implementation, fixtures)},
    {"xmlrpclib", BOOLEAN, offsetof(struct implementation, xmlrpclib)},
    {"ours", BOOLEAN, offsetof(struct implementation, ours)},
    {0},
};

const struct placeholder implementation_placeholders[] = {
    {"address", offsetof(struct filling, address)},       {"authkey_file", offsetof(struct filling, authkey_file)},
    {"serializer", offsetof(struct filling, serializer)}, {"compat", offsetof(struct filling, compat)},
    {"python", offsetof(struct filling, python)},         {0},
};
