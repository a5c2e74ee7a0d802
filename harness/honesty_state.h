/* SPDX-License-Identifier: MIT */
/* What the files of honesty share: a client that asks, and lists of names that become one finding. */
#ifndef HARNESS_HONESTY_STATE_H
#define HARNESS_HONESTY_STATE_H

#include <jansson.h>

#include "harness/adapter.h"
#include "harness/honesty.h"
#include "harness/text.h"

struct manager;

struct honesty {
    const struct setup *setup;
    struct bench *bench;
    const struct honesty_listener *listener;
    size_t subject; /* who is checked, */
    enum role role; /* … as what */
};

/* An adapter that is connected to a manager. */
struct asker {
    struct honesty *honesty;
    size_t implementation; /* whose adapter it is */
    struct manager *manager;
    struct adapter *adapter; /* NULL: there is none any more */
    const char *serializer;  /* NULL: pickle */
};

/* What trying something came to. */
struct outcome {
    enum answer answer;
    json_t *observed; /* or NULL */
    char *line;       /* as it can be shown */
};

/* Names that have something in common, and what the first of them came to. */
struct findings {
    struct text names;
    char *first;
};

/* Tells a finding: sentence and mending are taken. */
void honesty_tell_take(const struct honesty *honesty, bool red, char *sentence, const char *mending);

/* Takes an adapter and connects it.  False if that is not possible; *outcome (may be NULL) is what connecting came to.
 */
bool honesty_ask_begin(struct asker *asker, struct outcome *outcome);
void honesty_ask_end(struct asker *asker);

/* Asks; takes request.  An adapter that is not to be trusted any more is replaced.  The outcome is to be cleared. */
struct outcome honesty_ask_take(struct asker *asker, json_t *request);
void honesty_clear(struct outcome *outcome);

/* True if it was observed and has this member. */
bool honesty_has(const struct outcome *outcome, const char *member);

/* Tries every type of which declared(context, typeid) says whether it is declared; fills two lists.  fixtures: those
 * types, or the others. */
void honesty_try_types(struct asker *asker, bool fixtures, bool (*declared)(const void *context, const char *typeid),
                       const void *context, struct findings *failing, struct findings *working);

/* Adds a name; line (NULL: none) is what it came to. */
void honesty_add(struct findings *findings, const char *name, const char *line);
/* One finding for all names in the list, if there are any: format has one %s, the names.  Empties the list. */
void honesty_tell_all(const struct honesty *honesty, bool red, struct findings *findings, const char *what,
                      const char *mending);

/* JSON written with ' for ". New. */
json_t *honesty_json(const char *text);

/* The checks of a manager. */
void honesty_check_manager(struct honesty *honesty);

#endif
