/* SPDX-License-Identifier: MIT */
/* A parsed case: what cases/README.md says of a file, as data.  Nothing here knows how a case is run.
 * Everything that a struct points to belongs to it; a case is never changed after it was parsed. */
#ifndef HARNESS_CASE_H
#define HARNESS_CASE_H

#include "harness/version.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum level { LEVEL_DOCUMENTED, LEVEL_DE_FACTO, LEVEL_ACCIDENT, LEVEL_KNOWN_DEFECT };

/* What an implementation may do about a known defect. */
enum defect { DEFECT_NONE, DEFECT_IMITATE, DEFECT_FIX, DEFECT_EITHER };

/* ">>>" runs a statement and waits; "b&>>>" starts one; "b<<<" waits for the one that b started; "b???" holds and
 * expects it still blocked. */
enum prompt { PROMPT_RUN, PROMPT_START, PROMPT_COLLECT, PROMPT_HOLD };

/* Which side the harness plays itself, byte for byte: "# peer: client" judges managers, "# peer: server" proxies. */
enum peer_role { PEER_NONE, PEER_CLIENT, PEER_SERVER };

/* One recorded line. */
struct result {
    struct interval versions; /* INTERVAL_ALL without a prefix: every version that the case applies to */
    char *text;               /* the canonical line, without the prefix */
    size_t line;              /* in the file, from 1 */
};

struct step {
    enum prompt prompt;
    char *client;    /* "" is the main client (prompt ">>>"), never NULL */
    char *statement; /* as written behind the prompt; "" for COLLECT and HOLD */
    size_t line;     /* of the prompt in the file, from 1 */
    json_t *request; /* for RUN and START the adapter request (ADAPTER.md) without "id"; NULL for COLLECT, HOLD and
                        hand.  Immutable: copy before adding id */
    json_t *raw;     /* for a raw prompt: what the harness does (raw_statement.h); request is NULL then */
    json_t
        *until; /* "until VALUE: action": repeat the request until it observes this value; NULL for other statements */
    char *hand_name; /* "hand NAME to CLIENT": the variable, in this client and then in the other; NULL for other
                        statements */
    char *hand_to;   /* …: the client that gets it (its observation is the one that is compared) */
    size_t started;  /* for COLLECT and HOLD: the index of the START step that they belong to */
    bool quiet; /* shows no line unless it raises: binding, del, setting, hand; for COLLECT, that of the started step */
    bool negate; /* "not in" and "is not": the request is the positive form; canonical_observation turns the answer
                    round */
    bool sorted; /* _get_methods: the answer's names come in any order; canonical_observation sorts them */
    struct result *results;
    size_t result_count;
};

/* "differs: NAME: reason" */
struct allowance {
    char *implementation, *reason;
};

struct test_case {
    char *id;   /* list/pop-from-empty */
    char *path; /* of the file, as it was opened */
    char *text; /* the whole file, text_length bytes and a NUL */
    size_t text_length;
    char *title; /* one sentence */
    char **clauses;
    size_t clause_count;
    enum level level;
    struct interval versions; /* where the case makes sense */
    enum defect defect;
    char *tracker;       /* gh-99595, or NULL */
    long leaves;         /* leaves: so many objects, by the defect; else 0 */
    bool xmlrpclib;      /* serializer: xmlrpclib */
    bool fresh;          /* manager: fresh */
    enum peer_role peer; /* peer: client, server */
    struct allowance *allowances;
    size_t allowance_count;
    struct step *steps; /* at least one */
    size_t step_count;
    char **clients; /* names in order of first use, "" among them if it has a step */
    size_t client_count;
    char **types; /* typeids that its steps create, sorted, each once */
    size_t type_count;
    bool fixtures; /* some step creates a type that is not one of SyncManager's: the fixture types are needed */
};

/* What a recording says of one step in one version. */
enum expectation {
    EXPECT_UNRECORDED, /* the version was not recorded (in this case): not judged by the recording */
    EXPECT_SILENCE,    /* a quiet step succeeds; a START step always */
    EXPECT_LINE        /* *line, borrowed */
};

/* Whether the whole case is recorded for version: every step that must show a line has one, and there is a line at all.
 */
bool case_recorded(const struct test_case *test, int version);
/* The line that covers version, borrowed; NULL if there is none, whatever that means. */
const char *case_line(const struct step *step, int version);
/* What the recording expects of a step; *line is set for EXPECT_LINE only. */
enum expectation case_expected(const struct test_case *test, size_t step, int version, const char **line);

/* "documented", "de-facto", "accident", "known-defect". */
const char *case_level_name(enum level level);
bool case_level_parse(const char *name, enum level *level);

/* Releases it; NULL does nothing. */
void case_free(struct test_case *test);

#endif
