/* SPDX-License-Identifier: MIT */
/* Sessions in which the harness itself is a peer: who is judged then, the raw steps, and what must hold afterwards: a
 * manager that met a hostile peer still serves everybody else. */
#include <stdlib.h>

#include "harness/process.h"
#include "harness/session_state.h"
#include "harness/text.h"
#include "harness/trace.h"

/* How long a manager that the case stopped may take to be gone. */
#define ENDING_MS 3000

bool session_raw_begin(struct run *run)
{
    char *trouble = NULL;
    if (run->test->peer == PEER_CLIENT)
        run->raw = raw_client(manager_address_peek(run->manager), manager_key_peek(run->manager));
    else if (run->test->peer == PEER_SERVER)
        run->raw = raw_server(bench_folder_peek(run->bench), &trouble);
    if (run->raw) {
        raw_trace(run->raw, bench_trace_peek(run->bench),
                  run->manager ? manager_socket_peek(run->manager) : raw_address_peek(run->raw));
        trace_manager(bench_trace_peek(run->bench), raw_address_peek(run->raw), raw_key_peek(run->raw));
    }
    if (trouble)
        session_end_take(run, SESSION_BROKEN, false, trouble);
    return !trouble;
}

char *session_raw_step(struct run *run, const struct step *step)
{
    struct raw_outcome outcome = raw_step(run->raw, step, bench_deadline(run->bench));
    run->session->hung = outcome.hung;
    run->lost = run->lost || outcome.hung;
    return outcome.line;
}

long session_raw_count(const struct run *run, char **why)
{
    return raw_count_objects(run->raw, bench_deadline(run->bench), why);
}

/* True if the case stopped the manager, in the orderly way. */
static bool was_stopped(const struct run *run)
{
    struct process *process = manager_process_peek(run->manager);
    return run->test->fresh && process && process_wait(process, process_now() + ENDING_MS) &&
           process_status(process) == 0;
}

long session_raw_settle(struct run *run)
{
    char *why = NULL;
    long count = -1;
    if (run->test->peer == PEER_SERVER) {
        if ((why = raw_settle(run->raw)) && !run->session->hung && !run->stopped)
            session_end_take(run, SESSION_BROKEN, false, why);
        else
            free(why);
        return -1;
    }
    raw_tidy(run->raw, bench_deadline(run->bench));
    count = session_raw_count(run, &why);
    if (count < 0 && !was_stopped(run))
        session_end_take(
            run, SESSION_CRASH, true,
            text_format("the manager no longer serves: a well-behaved request after the case came to '%s'", why));
    free(why);
    return count;
}
