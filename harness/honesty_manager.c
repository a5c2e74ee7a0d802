/* SPDX-License-Identifier: MIT */
/* Honesty of managers: whom they let in, which types they have, another serializer, and how they begin and end. */
#include <stdlib.h>
#include <string.h>

#include "harness/auth.h"
#include "harness/honesty_state.h"
#include "harness/implementation.h"
#include "harness/process.h"
#include "harness/setup.h"
#include "harness/wire.h"

/* What tells a placeholder for the serializer from a manager that cannot be told which. */
#define SERIALIZER "{serializer}"

/* The adapter that asks: the oracle's, or that of the manager's first pairing. */
static size_t driver_for(const struct setup *setup, size_t manager)
{
    for (size_t k = 0; !setup->live && k < setup->pairing_count; k++)
        if (setup->pairings[k].manager == manager)
            return setup->pairings[k].proxy;
    return 0;
}

/* --- the key: asked by the harness itself, since a client that proves the manager's key, too, would refuse in any case
 */

/* Reads the manager's challenge and answers it under a key; what the manager says to that, borrowed from the wire. */
static enum wire_got answer_wrongly(struct wire *wire, const char *key, long long deadline, struct auth_bytes *said)
{
    struct auth_bytes message;
    const unsigned char *bytes;
    struct text answer = {0}, frame = {0};
    enum wire_got got = wire_receive(wire, deadline, &bytes, &said->length);
    said->bytes = bytes;
    if (got != WIRE_FRAME || !auth_is_challenge(*said, &message))
        return got;
    auth_answer(&answer, (struct auth_bytes){key, strlen(key)}, message);
    wire_header(&frame, answer.length, WIRE_HEADER_SHORT);
    text_add(&frame, text_peek(&answer), answer.length);
    if (wire_send(wire, frame.bytes, frame.length, deadline))
        got = wire_receive(wire, deadline, &bytes, &said->length);
    said->bytes = bytes;
    text_clear(&answer);
    text_clear(&frame);
    return got;
}

static bool is(struct auth_bytes said, const char *word)
{
    return said.length == strlen(word) && memcmp(said.bytes, word, said.length) == 0;
}

static void try_wrong_key(const struct honesty *honesty, const struct manager *manager)
{
    char *trouble = NULL;
    struct auth_bytes said = {0};
    struct wire *wire = wire_connect(manager_address_peek(manager), &trouble);
    enum wire_got got =
        wire ? answer_wrongly(wire, "no manager has this key", bench_deadline(honesty->bench), &said) : WIRE_CLOSED;
    const char *mending = "challenge each client, welcome only the one that answers with the digest under the key, and "
                          "send the others #FAILURE# and close";
    if (trouble)
        honesty_tell_take(honesty, true, text_copy(trouble), "serve at the address of the line 'ready ADDRESS'");
    else if (got == WIRE_LATE)
        honesty_tell_take(honesty, true, text_copy("it neither welcomes nor refuses a client that has the wrong key"),
                          mending);
    else if (got == WIRE_FRAME && !is(said, AUTH_FAILURE))
        honesty_tell_take(honesty, true,
                          text_copy(is(said, AUTH_WELCOME) ? "it lets in a client that has the wrong key"
                                                           : "it does not refuse a client that has the wrong key"),
                          mending);
    wire_close(wire);
    free(trouble);
}

/* --- types --- */

static bool declares_type(const void *implementation, const char *typeid)
{
    return implementation_has_type(implementation, typeid);
}

static bool declares_fixture(const void *opaque, const char *typeid)
{
    const struct implementation *implementation = opaque;
    return implementation->fixtures && implementation_has_type(implementation, typeid);
}

static void try_types(const struct honesty *honesty, struct asker *asker, const struct implementation *who)
{
    struct findings failing = {0}, working = {0};
    honesty_try_types(asker, false, declares_type, who, &failing, &working);
    honesty_tell_all(honesty, true, &failing, "types cannot be created",
                     "serve them, or name those that it has in \"types\" of the implementation's file");
    honesty_tell_all(honesty, false, &working, "types can be created that its file does not name",
                     "name them in \"types\", so that the cases that need them count");
    honesty_try_types(asker, true, declares_fixture, who, &failing, &working);
    honesty_tell_all(honesty, true, &failing,
                     who->source ? "its file says that it has the fixture types, but these cannot be created"
                                 : "without a file it is taken to have the fixture types, but these cannot be created",
                     "serve them (SPEC.md), or judge it by a file that does not say \"fixtures\": true");
    honesty_tell_all(honesty, false, &working, "fixture types can be created that its file does not declare",
                     "say \"fixtures\": true in the file, so that the cases that need them count");
}

static void try_nonsense(const struct honesty *honesty, struct asker *asker)
{
    struct outcome outcome = honesty_ask_take(
        asker, json_pack("{s:s, s:s, s:b}", "op", "create", "typeid", "mpconform_no_such_type", "raw", 1));
    if (honesty_has(&outcome, "proxy"))
        honesty_tell_take(honesty, true, text_format("it claims to have made what it cannot: %s", outcome.line),
                          "answer #TRACEBACK with a KeyError to a typeid that is not registered");
    honesty_clear(&outcome);
}

/* A manager of its own with that serializer, if its command can be told which. */
static void try_serializer(struct honesty *honesty, const struct implementation *who, size_t driver)
{
    char *trouble = NULL;
    if (!who->manager || !strstr(who->manager, SERIALIZER))
        return;
    struct asker asker = {honesty, driver, bench_fresh_manager(honesty->bench, honesty->subject, true, &trouble), NULL,
                          "xmlrpclib"};
    struct outcome outcome = {0};
    bool works = asker.manager && honesty_ask_begin(&asker, &outcome);
    if (works) {
        honesty_clear(&outcome);
        outcome = honesty_ask_take(&asker, json_pack("{s:s, s:s}", "op", "create", "typeid", "list"));
        works = honesty_has(&outcome, "proxy");
    }
    if (who->xmlrpclib && !works)
        honesty_tell_take(honesty, true,
                          text_format("its file declares the serializer xmlrpclib, but it does not work: %s",
                                      outcome.line ? outcome.line
                                      : trouble    ? trouble
                                                   : "no manager"),
                          "make it work, or take it out of the file");
    if (!who->xmlrpclib && works)
        honesty_tell_take(honesty, false, text_copy("it has the serializer xmlrpclib, which its file does not declare"),
                          "say \"xmlrpclib\": true in the file, so that the cases that need it count");
    honesty_ask_end(&asker);
    honesty_clear(&outcome);
    manager_end(asker.manager);
    free(trouble);
}

/* It was started by us: it must stop when it is told to, and have printed nothing but its first line. */
static void stop(const struct honesty *honesty, struct manager *manager)
{
    char *sentence = manager_finish(manager, bench_patience(honesty->bench));
    const char *noise = process_ignored_peek(manager_process_peek(manager));
    if (sentence)
        honesty_tell_take(honesty, true, sentence, "on SIGTERM stop serving, and exit with status 0 or by that signal");
    if (*noise)
        honesty_tell_take(honesty, true,
                          text_format("its standard output has more than the line 'ready ADDRESS': '%.*s'",
                                      (int)strcspn(noise, "\n"), noise),
                          "print everything else to standard error");
}

void honesty_check_manager(struct honesty *honesty)
{
    const struct implementation *who = honesty->setup->implementations[honesty->subject];
    const size_t driver = driver_for(honesty->setup, honesty->subject);
    const bool ours = !who->address; /* started by us */
    char *trouble = NULL;
    struct outcome outcome = {0};
    struct asker asker = {.honesty = honesty, .implementation = driver};
    asker.manager = ours ? bench_fresh_manager(honesty->bench, honesty->subject, false, &trouble)
                         : bench_manager(honesty->bench, honesty->subject, false, &trouble);
    if (!asker.manager) {
        honesty->listener->give_up(honesty->listener->context, honesty->subject, ROLE_MANAGER, trouble);
        free(trouble);
        return;
    }
    if (honesty_ask_begin(&asker, &outcome)) {
        try_types(honesty, &asker, who);
        try_nonsense(honesty, &asker);
        try_wrong_key(honesty, asker.manager);
    } else {
        honesty_tell_take(honesty, true, text_format("no client can connect to it: %s", outcome.line),
                          "serve at the address of its line, and with the key in the file, which is in hexadecimal");
    }
    honesty_ask_end(&asker);
    honesty_clear(&outcome);
    if (ours) {
        stop(honesty, asker.manager);
        manager_end(asker.manager);
        try_serializer(honesty, who, driver);
    }
}
