/* SPDX-License-Identifier: MIT */
/* Blame by triangulation. */
#include "harness/blame.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/text.h"

enum side { PROXY, MANAGER };

static const char *const words[] = {[PROXY] = "proxy", [MANAGER] = "manager"};

static const char *name_on(const struct blame_party *party, enum side side)
{
    return side == PROXY ? party->proxy : party->manager;
}

/* How one implementation in one role fared. */
struct record {
    size_t failed, passed;
};

/* A quarantined or gray result says nothing about anybody, but for a known failure. */
static bool counts(const struct blame_party *party, bool *passed)
{
    *passed = verdict_kind(party->verdict) == VERDICT_GREEN || party->verdict == VERDICT_UNEXPECTED_PASS;
    return *passed || party->verdict == VERDICT_KNOWN_FAILURE ||
           (verdict_kind(party->verdict) == VERDICT_RED && party->verdict != VERDICT_QUARANTINED);
}

static struct record record_of(const struct blame_party *parties, size_t count, enum side side, const char *name)
{
    struct record record = {0};
    bool passed;
    for (size_t i = 0; i < count; i++)
        if (strcmp(name_on(&parties[i], side), name) == 0 && counts(&parties[i], &passed))
            passed ? record.passed++ : record.failed++;
    return record;
}

/* The partners with which an implementation failed. */
struct witnesses {
    size_t good;     /* have passed with somebody else */
    size_t doubtful; /* failed with all others, too: then the fault may be theirs.  (One without any other result proves
                        nothing either way.) */
};

static struct witnesses witnesses_of(const struct blame_party *parties, size_t count, enum side side, const char *name)
{
    bool passed;
    struct witnesses witnesses = {0};
    enum side other = side == PROXY ? MANAGER : PROXY;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(name_on(&parties[i], side), name) != 0 || !counts(&parties[i], &passed) || passed)
            continue;
        struct record partner = record_of(parties, count, other, name_on(&parties[i], other));
        witnesses.good += partner.passed != 0;
        witnesses.doubtful += !partner.passed && partner.failed > 1;
    }
    return witnesses;
}

/* Whether an implementation passes with itself in the other role, as the oracle does. */
static bool passes_with_itself(const struct blame_party *parties, size_t count, const char *name)
{
    bool passed;
    for (size_t i = 0; i < count; i++)
        if (!strcmp(parties[i].proxy, name) && !strcmp(parties[i].manager, name) && counts(&parties[i], &passed))
            return passed;
    return false;
}

/* A sentence that this side is at fault, new, or NULL if the results do not say so: it never passes, and fails with
 * somebody who does.  One such witness is not enough where another partner may be at fault itself, nor where nobody
 * else was tried, unless the witness passes with itself: who passes with one peer may owe it to the peer. */
static char *accuse(const struct blame_party *parties, size_t count, size_t index, enum side side)
{
    const enum side other = side == PROXY ? MANAGER : PROXY;
    const char *name = name_on(&parties[index], side);
    const char *partners = side == PROXY ? "managers" : "proxies";
    struct record record = record_of(parties, count, side, name);
    struct witnesses witnesses = witnesses_of(parties, count, side, name);
    if (record.passed || witnesses.good == 0 || (witnesses.good == 1 && witnesses.doubtful))
        return NULL;
    if (record.failed == 1 && !passes_with_itself(parties, count, name_on(&parties[index], other)))
        return NULL;
    if (record.failed == 1)
        return text_format("%s %s at fault: fails with the only %s tried, which passes elsewhere", words[side], name,
                           words[other]);
    if (record.failed == 2 && witnesses.good == 2)
        return text_format("%s %s at fault: fails with two %s, both of which pass elsewhere", words[side], name,
                           partners);
    if (witnesses.good == 1)
        return text_format("%s %s at fault: fails with %zu %s, one of which passes elsewhere", words[side], name,
                           record.failed, partners);
    return text_format("%s %s at fault: fails with %zu %s, %zu of which pass elsewhere", words[side], name,
                       record.failed, partners, witnesses.good);
}

/* That this side never passes, and its partner does, is not enough to accuse it.  A sentence, new. */
static char *suspect(const struct blame_party *party, enum side side, struct record record)
{
    const enum side other = side == PROXY ? MANAGER : PROXY;
    const char *name = name_on(party, side), *partner = name_on(party, other);
    if (record.failed == 1)
        return text_format("undecided: %s %s was tried with no other %s, and %s %s passes with another %s; more "
                           "partners (--impl, --pairing) would tell",
                           words[side], name, words[other], words[other], partner, words[side]);
    return text_format("%s %s suspected: %s %s passes with another %s", words[side], name, words[other], partner,
                       words[side]);
}

char *blame_alone(const struct blame_party *party, bool manager)
{
    return text_format("%s %s at fault: its peer was the harness itself", manager ? "manager" : "proxy",
                       name_on(party, manager ? MANAGER : PROXY));
}

char *blame_sentence(const struct blame_party *parties, size_t count, size_t index)
{
    const struct blame_party *it = &parties[index];
    if (it->verdict == VERDICT_QUARANTINED)
        return text_copy("the suite at fault: the oracle and the recording do not agree");
    char *manager = accuse(parties, count, index, MANAGER), *proxy = accuse(parties, count, index, PROXY);
    struct record of_proxy = record_of(parties, count, PROXY, it->proxy),
                  of_manager = record_of(parties, count, MANAGER, it->manager);
    char *sentence;
    if (manager && proxy)
        sentence = text_format("both at fault: %s; %s", proxy, manager);
    else if (manager || proxy)
        sentence = text_copy(manager ? manager : proxy);
    else if (of_proxy.passed && of_manager.passed)
        sentence = text_format("only together: proxy %s and manager %s each pass with another partner", it->proxy,
                               it->manager);
    else if (of_manager.passed)
        sentence = suspect(it, PROXY, of_proxy);
    else if (of_proxy.passed)
        sentence = suspect(it, MANAGER, of_manager);
    else
        sentence = text_copy("undecided: neither party passes anywhere");
    free(manager);
    free(proxy);
    return sentence;
}
