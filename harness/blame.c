/* SPDX-License-Identifier: MIT */
/* Blame by triangulation. */
#include "harness/blame.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/text.h"

enum side { PROXY, MANAGER };

static const char *name_on(const struct blame_party *party, enum side side)
{
    return side == PROXY ? party->proxy : party->manager;
}

/* How one implementation in one role fared. */
struct record {
    size_t failed, passed;
};

/* A quarantined or gray result says nothing about anybody. */
static bool counts(const struct blame_party *party, bool *passed)
{
    *passed = verdict_kind(party->verdict) == VERDICT_GREEN;
    return *passed || (verdict_kind(party->verdict) == VERDICT_RED && party->verdict != VERDICT_QUARANTINED);
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

/* True if every partner with which name on side failed has passed with somebody else. */
static bool partners_are_good(const struct blame_party *parties, size_t count, enum side side, const char *name)
{
    bool passed;
    enum side other = side == PROXY ? MANAGER : PROXY;
    for (size_t i = 0; i < count; i++)
        if (strcmp(name_on(&parties[i], side), name) == 0 && counts(&parties[i], &passed) && !passed &&
            !record_of(parties, count, other, name_on(&parties[i], other)).passed)
            return false;
    return true;
}

/* A sentence that this side is at fault, new, or NULL if the results do not say so. */
static char *accuse(const struct blame_party *parties, size_t count, size_t index, enum side side)
{
    static const char *const words[] = {[PROXY] = "proxy", [MANAGER] = "manager"};
    static const char *const partners[] = {[PROXY] = "manager", [MANAGER] = "proxy"};
    const char *name = name_on(&parties[index], side);
    struct record record = record_of(parties, count, side, name);
    if (record.passed || !partners_are_good(parties, count, side, name))
        return NULL;
    const char *plural = side == PROXY ? "managers" : "proxies";
    if (record.failed == 1)
        return text_format("%s %s at fault: fails with the only %s tried, which passes elsewhere", words[side], name,
                           partners[side]);
    if (record.failed == 2)
        return text_format("%s %s at fault: fails with two %s, both of which pass elsewhere", words[side], name,
                           plural);
    return text_format("%s %s at fault: fails with %zu %s, all of which pass elsewhere", words[side], name,
                       record.failed, plural);
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
        sentence = text_format("undecided: proxy %s and manager %s both fail only with each other's kind", it->proxy,
                               it->manager);
    else if (manager || proxy)
        sentence = text_copy(manager ? manager : proxy);
    else if (of_proxy.passed && of_manager.passed)
        sentence = text_format("only together: proxy %s and manager %s each pass with another partner", it->proxy,
                               it->manager);
    else if (of_manager.passed)
        sentence = text_format("proxy %s suspected: manager %s passes with another proxy", it->proxy, it->manager);
    else if (of_proxy.passed)
        sentence = text_format("manager %s suspected: proxy %s passes with another manager", it->manager, it->proxy);
    else
        sentence = text_copy("undecided: neither party passes anywhere");
    free(manager);
    free(proxy);
    return sentence;
}
