/* SPDX-License-Identifier: MIT */
/* Implementations: their files and their commands. */
#include "harness/implementation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/manager.h"
#include "harness/place.h"
#include "harness/problems.h"
#include "harness/process.h"
#include "harness/protocol.h"
#include "harness/schema.h"
#include "harness/text.h"

#define STANDARD_ARGUMENTS " --address {address} --authkey-file {authkey_file}"

enum member_kind { STRING, BOOLEAN, NAMES, PATH, VERSION, FORMAT };

/* A member of the file. */
struct member {
    const char *name;
    enum member_kind kind;
    size_t offset;
};

/* What a value of each kind must be, as messages say it. */
static const char *const kind_words[] = {
    [STRING] = "a non-empty string",
    [BOOLEAN] = "a boolean",
    [NAMES] = "a non-empty array of names",
    [PATH] = "the path of a file, relative to this one",
    [VERSION] = "a version of CPython that the suite knows, such as \"3.11\"",
    [FORMAT] = "1: this program reads no other format",
};

/* A placeholder that is filled from struct filling, or from the implementation itself. */
struct placeholder {
    const char *name;
    size_t offset;
    bool own;
};

extern const struct member implementation_members[];
extern const struct placeholder implementation_placeholders[];

static bool is_path(const char *name)
{
    size_t length = strlen(name);
    return strchr(name, '/') || (length > 5 && strcmp(name + length - 5, ".json") == 0);
}

static bool is_word(const json_t *value)
{
    return json_is_string(value) && *json_string_value(value);
}

static bool are_names(const json_t *value)
{
    size_t i;
    json_t *name;
    json_array_foreach((json_t *)value, i, name) if (!json_string_length(name)) return false;
    return json_array_size(value) > 0;
}

static bool is_in(const json_t *names, const char *word)
{
    size_t i;
    const json_t *name;
    json_array_foreach(names, i, name) if (strcmp(json_string_value(name), word) == 0) return true;
    return false;
}

static char *beside(const char *file, const char *path)
{
    const char *slash = strrchr(file, '/');
    return *path == '/' || !slash ? text_copy(path) : text_format("%.*s/%s", (int)(slash - file), file, path);
}

static bool is_known_version(const char *text)
{
    char canonical[VERSION_TEXT];
    for (size_t i = 0; i < version_known_count; i++)
        if (strcmp(version_format(version_known[i], canonical), text) == 0)
            return true;
    return false;
}

static bool set_member(struct implementation *implementation, const struct member *member, json_t *value,
                       const char *path)
{
    void *place = (char *)implementation + member->offset;
    switch (member->kind) {
    case STRING:
        return is_word(value) && (*(char **)place = text_copy(json_string_value(value)));
    case PATH:
        return is_word(value) && (*(char **)place = beside(path, json_string_value(value)));
    case VERSION:
        return is_word(value) && is_known_version(json_string_value(value)) &&
               (*(char **)place = text_copy(json_string_value(value)));
    case NAMES:
        return are_names(value) && (*(json_t **)place = json_incref(value));
    case BOOLEAN:
        *(bool *)place = json_is_true(value);
        return json_is_boolean(value);
    case FORMAT:
        return json_is_integer(value) && json_integer_value(value) == IMPLEMENTATION_FORMAT;
    }
    return false;
}

static void unknown_member(const char *name, const char *path, struct problems *problems)
{
    struct text known = {0};
    for (const struct member *member = implementation_members; member->name; member++)
        text_printf(&known, "%s%s", known.length ? ", " : "", member->name);
    problems_add(problems, path, 0, 0, "unknown member \"%s\": there are %s", name, text_peek(&known));
    text_clear(&known);
}

static void check_transports(const struct implementation *implementation, const char *path, struct problems *problems)
{
    size_t i;
    const json_t *name;
    enum transport transport;
    json_array_foreach(implementation->transports, i, name)
    {
        if (!manager_transport(json_string_value(name), &transport))
            problems_add(problems, path, 0, 0, "\"transports\" are unix, abstract and tcp, not \"%s\"",
                         json_string_value(name));
    }
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

/* The members manager_at, authkey_file and proxy_at. */
static void read_attachments(struct implementation *implementation, const char *path, struct problems *problems)
{
    if (implementation->manager && implementation->address)
        problems_add(problems, path, 0, 0, "\"manager\" and \"manager_at\": one of them");
    if (implementation->proxy && implementation->proxy_at)
        problems_add(problems, path, 0, 0, "\"proxy\" and \"proxy_at\": one of them");
    if (!implementation->address != !implementation->key_file)
        problems_add(problems, path, 0, 0, "\"manager_at\" and \"authkey_file\" need each other");
    if (implementation->address && implementation->key_file)
        implementation_attach_manager(implementation, implementation->address, implementation->key_file, problems);
    if (implementation->proxy_at)
        implementation_attach_proxy(implementation, implementation->proxy_at, problems);
}

static void read_members(struct implementation *implementation, json_t *root, const char *path,
                         struct problems *problems)
{
    const char *name;
    json_t *value;
    json_object_foreach(root, name, value)
    {
        const struct member *member = implementation_members;
        while (member->name && strcmp(member->name, name) != 0)
            member++;
        if (!member->name)
            unknown_member(name, path, problems);
        else if (!set_member(implementation, member, value, path))
            problems_add(problems, path, 0, 0, "\"%s\" must be %s", name, kind_words[member->kind]);
    }
    if (!json_object_get(root, "name"))
        problems_add(problems, path, 0, 0, "\"name\" is missing");
    if (!implementation_serves(implementation) && !implementation_drives(implementation))
        problems_add(problems, path, 0, 0,
                     "neither \"manager\" nor \"proxy\", nor \"manager_at\" or \"proxy_at\": nothing to judge");
    if (implementation->interpreters && !implementation->identify)
        problems_add(problems, path, 0, 0, "\"interpreters\" needs \"identify\": a command that tells the right one");
    check_transports(implementation, path, problems);
    read_attachments(implementation, path, problems);
    implementation->kind = text_copy(implementation->name);
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
        problems_add(problems, path, 0, 0, "no implementation %s: %s%s", name, strerror(errno),
                     is_path(name) ? ""
                                   : "; `mpconform doctor` lists those that there are, or name a file of your own");
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
    made->kind = text_copy(name);
    if (manager)
        made->manager = text_format("%s%s", manager, strstr(manager, "{address}") ? "" : STANDARD_ARGUMENTS);
    made->proxy = text_copy(proxy);
    made->fixtures = true;
    return made;
}

bool implementation_follows(const struct implementation *implementation)
{
    return !implementation->imitates && !implementation->interpreters;
}

void implementation_imitate(struct implementation *implementation, int version)
{
    implementation->version = version;
    version_format(version, implementation->compat);
}

bool implementation_has_transport(const struct implementation *implementation, const char *transport)
{
    return !implementation->transports || is_in(implementation->transports, transport);
}

static const char *lookup(const struct implementation *implementation, const char *name, size_t length,
                          const struct filling *filling)
{
    if (length == 4 && memcmp(name, "home", 4) == 0)
        return place_home_peek();
    if (length == 5 && memcmp(name, "build", 5) == 0)
        return place_build_peek();
    if (length == 6 && memcmp(name, "compat", 6) == 0)
        return implementation->compat;
    for (const struct placeholder *row = implementation_placeholders; row->name; row++)
        if (strlen(row->name) == length && memcmp(row->name, name, length) == 0) {
            const char *base = row->own ? (const char *)implementation : (const char *)filling;
            return *(const char *const *)(const void *)(base + row->offset);
        }
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
        const char *value = lookup(implementation, at + 1, length, filling);
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
    return !implementation->types || is_in(implementation->types, typeid);
}

bool implementation_drives(const struct implementation *implementation)
{
    return implementation->proxy || implementation->proxy_at;
}

void implementation_free(struct implementation *implementation)
{
    if (!implementation)
        return;
    for (const struct member *member = implementation_members; member->name; member++) {
        void *place = (char *)implementation + member->offset;
        if (member->kind == NAMES)
            json_decref(*(json_t **)place);
        else if (member->kind == STRING || member->kind == PATH || member->kind == VERSION)
            free(*(char **)place);
    }
    free(implementation->kind);
    free(implementation->python);
    free(implementation->release);
    free(implementation->key);
    free(implementation->wrap);
    free(implementation->source);
    free(implementation);
}

/* --- tables --- */

#define MEMBER(name) offsetof(struct implementation, name)

const struct member implementation_members[] = {
    {"format", FORMAT, 0},
    {"name", STRING, MEMBER(name)},
    {"home", STRING, MEMBER(home)},
    {"manager", STRING, MEMBER(manager)},
    {"proxy", STRING, MEMBER(proxy)},
    {"manager_at", STRING, MEMBER(address)},
    {"authkey_file", PATH, MEMBER(key_file)},
    {"proxy_at", STRING, MEMBER(proxy_at)},
    {"nursery", STRING, MEMBER(nursery)},
    {"imitates", VERSION, MEMBER(imitates)},
    {"interpreters", NAMES, MEMBER(interpreters)},
    {"identify", STRING, MEMBER(identify)},
    {"get", STRING, MEMBER(get)},
    {"known", PATH, MEMBER(known)},
    {"types", NAMES, MEMBER(types)},
    {"transports", NAMES, MEMBER(transports)},
    {"fixtures", BOOLEAN, MEMBER(fixtures)},
    {"xmlrpclib", BOOLEAN, MEMBER(xmlrpclib)},
    {"ours", BOOLEAN, MEMBER(ours)},
    {0},
};

const struct placeholder implementation_placeholders[] = {
    {"address", offsetof(struct filling, address), false},
    {"authkey_file", offsetof(struct filling, authkey_file), false},
    {"serializer", offsetof(struct filling, serializer), false},
    {"python", MEMBER(python), true},
    {0},
};
