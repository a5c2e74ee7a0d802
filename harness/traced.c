/* SPDX-License-Identifier: MIT */
/* Sessions with their wire traced. */
#include "harness/traced.h"

#include <stdlib.h>

#include "harness/options.h"
#include "harness/session.h"
#include "harness/setup.h"
#include "harness/text.h"
#include "harness/trace.h"

struct traced {
    const struct setup *setup;
    struct trace *trace;
    struct bench *bench;
};

struct traced *traced_new(const struct setup *setup, const struct options *options, unsigned worker)
{
    struct traced *traced = text_calloc(1, sizeof *traced);
    traced->setup = setup;
    traced->trace = trace_new();
    traced->bench = setup_bench(setup, options, worker, traced->trace);
    return traced;
}

void traced_run(struct traced *traced, size_t k, const struct test_case *test, struct session *session,
                struct trace_log *log)
{
    const struct setup *setup = traced->setup;
    struct pairing_roles roles = {(const struct implementation *const *)setup->implementations,
                                  setup->pairings[k].proxy, setup->pairings[k].manager};
    trace_begin(traced->trace);
    if (setup->transport != TRANSPORT_UNIX)
        trace_note(traced->trace, "the managers of this session served at Unix addresses: others cannot be traced");
    session_run(session, traced->bench, &roles, test);
    trace_finish(traced->trace, log);
}

/* How processes end that only served to look on is nobody's failure: the others' ends are judged. */
static void ignore(void *context, size_t implementation, enum role role, const char *sentence, const char *stderr_text)
{
    (void)context, (void)implementation, (void)role, (void)sentence, (void)stderr_text;
}

void traced_free(struct traced *traced)
{
    if (!traced)
        return;
    bench_close(traced->bench, ignore, NULL);
    trace_free(traced->trace);
    free(traced);
}
