/* SPDX-License-Identifier: MIT */
/* Text of a case file → struct test_case: its prompts and result lines, and what the steps of several clients owe each
 * other.  The statements themselves are statement.c's business, the lines reader.c's. */
#include "harness/parse_case.h"

#include "harness/raw_statement.h"
#include "harness/reader.h"
#include "harness/statement.h"
#include "harness/text.h"
#include "harness/words.h"

#include <stdlib.h>
#include <string.h>

#define NOT_STARTED ((size_t)-1)
#define ELLIPSIS "\xe2\x80\xa6"

struct client {
    char *name;
    struct names bound;
    size_t started; /* the index of its step that is not collected yet, or NOT_STARTED */
    bool awaited;   /* … and a COLLECT or HOLD has looked at it */
};

/* The second half of a case file. */
struct body {
    struct reader *reader;
    struct client *clients;
    size_t client_count;
    struct names known; /* every name that any client has bound */
    struct names raw;   /* the variables of all raw prompts together */
    bool results;       /* result lines may follow here */
};

struct prompt_sign {
    const char *sign;
    enum prompt prompt;
    bool statement, named;
};

static const struct prompt_sign *prompt_at(size_t i);

/* ---- clients */

static struct client *find_client(struct body *body, const char *name)
{
    for (size_t i = 0; i < body->client_count; i++)
        if (!strcmp(body->clients[i].name, name))
            return &body->clients[i];
    return NULL;
}

static struct client *need_client(struct body *body, const char *name)
{
    struct client *known = find_client(body, name);
    if (known)
        return known;
    body->clients = text_realloc(body->clients, (body->client_count + 1) * sizeof *body->clients);
    body->clients[body->client_count] = (struct client){text_copy(name), {0}, NOT_STARTED, false};
    return &body->clients[body->client_count++];
}

/* ---- steps */

/* Fills prompt and statement of step from the current line.  False if the line is no prompt; if it looks like one that
 * went wrong, that is a problem. */
static bool read_prompt(struct reader *reader, struct step *step, const struct prompt_sign **sign)
{
    struct span line = reader->line;
    size_t name = 0;
    while (name < line.length && ((line.text[name] >= 'a' && line.text[name] <= 'z') ||
                                  (name && line.text[name] >= '0' && line.text[name] <= '9')))
        name++;
    for (size_t i = 0; (*sign = prompt_at(i)); i++) {
        size_t length = strlen((*sign)->sign);
        if (line.length - name < length || memcmp(line.text + name, (*sign)->sign, length) != 0)
            continue;
        if (name + length < line.length && line.text[name + length] != ' ')
            reader_error(reader, name + length + 1, "expected a space behind the prompt");
        if (!name && (*sign)->named)
            reader_error(reader, 1, "expected the name of a client before '%s'", (*sign)->sign);
        if (name == 4 && !memcmp(line.text, "main", 4))
            reader_error(reader, 1, "expected '>>>' for the main client");
        step->prompt = (*sign)->prompt;
        step->client = reader_copy((struct span){line.text, name});
        struct span rest = {line.text + name + length, line.length - name - length};
        while (rest.length && *rest.text == ' ')
            rest.text++, rest.length--;
        while (rest.length && rest.text[rest.length - 1] == ' ')
            rest.length--;
        if (!(*sign)->statement && rest.length)
            reader_error(reader, (size_t)(rest.text - line.text) + 1, "expected nothing behind '%s'", (*sign)->sign);
        step->statement = reader_copy(rest);
        return true;
    }
    return false;
}

/* Whether a line that is no prompt was surely meant as one. */
static bool prompt_like(struct span line)
{
    size_t name = 0;
    while (name < line.length && ((line.text[name] | 0x20) >= 'a' ? (line.text[name] | 0x20) <= 'z'
                                                                  : line.text[name] >= '0' && line.text[name] <= '9'))
        name++;
    struct span rest = {line.text + name, line.length - name};
    return rest.length > 1 && (!memcmp(rest.text, ">>", 2) || !memcmp(rest.text, "<<", 2) ||
                               !memcmp(rest.text, "&>", 2) || !memcmp(rest.text, "??", 2));
}

static void check_hand(struct body *body, const struct step *step)
{
    const struct client *target = find_client(body, step->hand_to);
    if (!strcmp(step->hand_to, step->client))
        reader_error(body->reader, 0, "expected another client behind 'to'");
    else if (step->prompt == PROMPT_START)
        reader_error(body->reader, 0, "expected '>>>' before 'hand': it is never started without waiting");
    else if (target && target->started != NOT_STARTED)
        reader_error(body->reader, 0, "expected '%s<<<' first: '%s' still has a step that was started", step->hand_to,
                     step->hand_to);
}

static void read_statement(struct body *body, struct step *step)
{
    struct reader *reader = body->reader;
    struct client *client = need_client(body, step->client);
    const char *start = reader->line.text + reader->line.length - strlen(step->statement);
    struct parser parser = {.line_text = reader->line.text,
                            .path = reader->test->path,
                            .line = reader->number,
                            .problems = reader->problems};
    struct statement statement;
    while (start > reader->line.text && memcmp(start, step->statement, strlen(step->statement)) != 0)
        start--; /* spaces at the end of the line are not part of the statement */
    bool raw = reader->test->peer && raw_statement_prompt(step->client);
    parser.bound = raw ? &body->raw : &client->bound;
    parser.known = &body->known;
    lex_begin(&parser.lexer, start, strlen(step->statement));
    if (!(raw ? raw_statement_parse(&parser, reader->test->peer, &statement) : statement_parse(&parser, &statement)))
        reader->failed = true;
    step->raw = json_incref(statement.raw);
    step->request = json_incref(statement.request);
    step->until = json_incref(statement.until);
    if (step->until && step->prompt == PROMPT_START)
        reader_error(reader, 0, "expected '>>>' before 'until': it waits by itself");
    step->hand_name = text_copy(statement.hand_name);
    step->hand_to = text_copy(statement.hand_to);
    step->quiet = statement.quiet;
    step->negate = statement.negate;
    step->sorted = statement.sorted;
    if (statement.drops)
        names_remove(&client->bound, statement.drops, strlen(statement.drops));
    if (step->hand_to)
        check_hand(body, step);
    if (statement.binds) {
        names_add(raw ? &body->raw : &need_client(body, step->hand_to ? step->hand_to : step->client)->bound,
                  statement.binds, strlen(statement.binds));
        names_add(&body->known, statement.binds, strlen(statement.binds));
    }
    statement_free(&statement);
}

/* COLLECT and HOLD: the step that they belong to. */
static void read_collecting(struct body *body, struct step *step)
{
    struct client *client = find_client(body, step->client);
    const struct step *started;
    if (!client || client->started == NOT_STARTED) {
        reader_error(body->reader, 1, "expected '%s&>>>' first: '%s' has no step that was started", step->client,
                     step->client);
        return;
    }
    started = &body->reader->test->steps[client->started];
    step->started = client->started;
    client->awaited = true;
    if (step->prompt == PROMPT_HOLD)
        return;
    step->quiet = started->quiet;
    step->negate = started->negate;
    step->sorted = started->sorted;
    client->started = NOT_STARTED;
}

/* A raw prompt needs "# peer:", is never started without waiting, and a raw client is alone with the manager. */
static void check_raw(struct body *body, const struct step *step)
{
    enum peer_role peer = body->reader->test->peer;
    bool raw = raw_statement_prompt(step->client);
    if (raw && !peer)
        reader_error(body->reader, 1, "expected '# peer: client' or '# peer: server' in the header of a raw prompt");
    else if (raw && step->prompt == PROMPT_START)
        reader_error(body->reader, 1, "expected 'raw>>>': a raw step is never started without waiting");
    else if (!raw && peer == PEER_CLIENT)
        reader_error(body->reader, 1, "expected 'raw>>>': with '# peer: client' there is no other client");
}

static void read_running(struct body *body, struct step *step, size_t index)
{
    struct client *client = need_client(body, step->client);
    if (client->started != NOT_STARTED)
        reader_error(body->reader, 1, "expected '%s<<<' first: '%s' still has a step that was started", step->client,
                     step->client);
    check_raw(body, step);
    read_statement(body, step);
    if (step->prompt == PROMPT_START) {
        client = find_client(body, step->client); /* the array may have grown */
        client->started = index;
        client->awaited = false;
    }
}

static void read_step(struct body *body, struct step step, const struct prompt_sign *sign)
{
    struct test_case *test = body->reader->test;
    size_t index = test->step_count;
    step.line = body->reader->number;
    step.started = NOT_STARTED;
    if (sign->statement && !*step.statement)
        reader_error(body->reader, body->reader->line.length + 1, "expected a statement behind the prompt");
    else if (sign->statement)
        read_running(body, &step, index);
    else
        read_collecting(body, &step);
    test->steps = text_realloc(test->steps, (index + 1) * sizeof *test->steps);
    test->steps[test->step_count++] = step;
    body->results = true;
}

/* ---- result lines */

/* Takes "[3.9-] " off the front of *line.  False if the line begins like that but is wrong; a list is not meant like
 * that. */
static bool read_prefix(struct span *line, struct interval *out)
{
    const char *end = *line->text == '[' ? memchr(line->text, ']', line->length) : NULL;
    size_t length = end ? (size_t)(end - line->text) + 1 : 0;
    *out = INTERVAL_ALL;
    if (*line->text != '[')
        return true;
    if (end && length + 1 < line->length && end[1] == ' ' && interval_parse(line->text + 1, length - 2, out)) {
        line->text += length + 1;
        line->length -= length + 1;
        return true;
    }
    return line->text[line->length - 1] == ']';
}

static void read_result(struct body *body)
{
    struct reader *reader = body->reader;
    struct step *step = &reader->test->steps[reader->test->step_count - 1];
    struct result result = {.line = reader->number};
    struct span line = reader->line;
    if (step->prompt == PROMPT_START) {
        reader_error(reader, 1, "expected no result below '%s&>>>': it stands below '%s<<<'", step->client,
                     step->client);
        return;
    }
    if (!read_prefix(&line, &result.versions)) {
        reader_error(reader, 1,
                     "expected an interval such as [3.8], [3.9-3.11], [-3.11] or [3.12-], a space and a result");
        return;
    }
    for (size_t i = 0; i < line.length; i++)
        if ((unsigned char)line.text[i] >= 0x80) {
            if (line.length - i < 3 || memcmp(line.text + i, ELLIPSIS, 3) != 0) {
                reader_error(reader, (size_t)(line.text - reader->line.text) + i + 1,
                             "expected ASCII or '" ELLIPSIS "' in a result");
                return;
            }
            i += 2;
        }
    if (!interval_overlaps(result.versions, reader->test->versions))
        reader_error(reader, 1, "expected versions within the 'versions:' of the header");
    for (size_t i = 0; i < step->result_count; i++)
        if (interval_overlaps(result.versions, step->results[i].versions))
            reader_error(reader, 1, "expected versions that no result above has (line %zu)", step->results[i].line);
    result.text = reader_copy(line);
    step->results = text_realloc(step->results, (step->result_count + 1) * sizeof *step->results);
    step->results[step->result_count++] = result;
}

static void read_line(struct body *body)
{
    struct span line = body->reader->line;
    const struct prompt_sign *sign;
    struct step step = {0};
    if (!line.length) {
        body->results = false;
    } else if (*line.text == '#') {
        return;
    } else if (read_prompt(body->reader, &step, &sign)) {
        read_step(body, step, sign);
    } else if (prompt_like(line)) {
        reader_error(body->reader, 1, "expected a prompt: >>>, b>>>, b&>>>, b<<< or b???");
    } else if (*line.text == ' ') {
        reader_error(body->reader, 1, "expected a prompt, a result or a remark, found a line that begins with a space");
    } else if (!body->results) {
        reader_error(body->reader, 1, "expected a prompt or a remark (a result stands directly below its prompt)");
    } else {
        read_result(body);
    }
}

/* ---- the whole */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool mentions_fixtures(const json_t *value)
{
    const json_t *item;
    const char *key;
    size_t i;
    if (json_is_string(value))
        return !strncmp(json_string_value(value), "fixtures:", 9);
    json_array_foreach((json_t *)value, i, item) if (mentions_fixtures(item)) return true;
    json_object_foreach((json_t *)value, key, item) if (mentions_fixtures(item)) return true;
    return false;
}

/* Whether a raw statement names a fixture type: all that it sends is values. */
static bool names_fixtures(const json_t *value)
{
    const json_t *item;
    const char *key, *text = json_string_value(value);
    size_t i;
    if (text)
        return words_has(words_fixtures, text, strlen(text));
    json_array_foreach((json_t *)value, i, item) if (names_fixtures(item)) return true;
    json_object_foreach((json_t *)value, key, item) if (names_fixtures(item)) return true;
    return false;
}

static void collect_types(struct test_case *test)
{
    struct names types = {0};
    for (size_t i = 0; i < test->step_count; i++) {
        const json_t *request = test->steps[i].request;
        const char *typeid = json_string_value(json_object_get(request, "typeid"));
        if (typeid)
            names_add(&types, typeid, strlen(typeid));
        test->fixtures = test->fixtures || mentions_fixtures(request) || mentions_fixtures(test->steps[i].raw) ||
                         names_fixtures(test->steps[i].raw) ||
                         (typeid && words_has(words_fixtures, typeid, strlen(typeid)));
    }
    if (types.count)
        qsort(types.list, types.count, sizeof *types.list, compare_names);
    test->types = types.list;
    test->type_count = types.count;
}

static void finish(struct body *body)
{
    struct test_case *test = body->reader->test;
    if (!test->step_count && !body->reader->failed)
        reader_error(body->reader, 0, "expected at least one step");
    for (size_t i = 0; i < body->client_count; i++) {
        struct client *client = &body->clients[i];
        if (client->started != NOT_STARTED && !client->awaited && !body->reader->failed)
            problems_add(body->reader->problems, test->path, test->steps[client->started].line, 1,
                         "expected '%s<<<' or '%s\?\?\?' below: nothing looks at what this step does", client->name,
                         client->name),
                body->reader->failed = true;
        test->clients = text_realloc(test->clients, (test->client_count + 1) * sizeof *test->clients);
        test->clients[test->client_count++] = client->name;
        names_free(&client->bound);
    }
    free(body->clients);
    names_free(&body->known);
    names_free(&body->raw);
    collect_types(test);
}

struct test_case *parse_case(const char *id, const char *path, const char *text, size_t length,
                             struct problems *problems)
{
    struct test_case *test = text_calloc(1, sizeof *test);
    test->id = text_copy(id);
    test->path = text_copy(path);
    test->text = text_calloc(length + 1, 1);
    test->text_length = length;
    memcpy(test->text, text, length);
    struct reader reader = {.test = test, .problems = problems, .next = test->text};
    struct body body = {.reader = &reader};
    if (reader_check(&reader)) {
        parse_header(&reader);
        if (test->peer)
            names_add(&body.raw, RAW_ADDRESS, strlen(RAW_ADDRESS));
        while (reader_next(&reader))
            read_line(&body);
        finish(&body);
    } else {
        reader.failed = true;
    }
    if (!reader.failed)
        return test;
    case_free(test);
    return NULL;
}

static const struct prompt_sign *prompt_at(size_t i)
{
    static const struct prompt_sign table[] = {
        {">>>", PROMPT_RUN, true, false},
        {"&>>>", PROMPT_START, true, true},
        {"<<<", PROMPT_COLLECT, false, true},
        {"???", PROMPT_HOLD, false, true},
    };
    return i < sizeof table / sizeof *table ? &table[i] : NULL;
}
