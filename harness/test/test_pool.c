/* SPDX-License-Identifier: MIT */
/* Workers: every job is done once, whatever the shares of those that wait and of the workers. */
#include <jansson.h>
#include <stdlib.h>

#include "harness/pool.h"
#include "harness/test/unit.h"

#define JOBS 40

struct seen {
    unsigned done[JOBS], closed;
    size_t dies; /* the worker that gets this job ends at once */
};

static void *open_worker(void *context, unsigned worker)
{
    (void)worker;
    return context;
}

static void do_job(void *opaque, size_t index, struct pool_line *line)
{
    const struct seen *seen = opaque;
    if (index == seen->dies)
        _Exit(0); /* without a word, and with the status of a good end */
    pool_send_take(line, json_pack("{s:i}", "job", (int)index));
}

static void close_worker(void *opaque, struct pool_line *line)
{
    (void)opaque;
    pool_send_take(line, json_pack("{s:b}", "closed", 1));
}

static void receive(void *context, const json_t *event)
{
    struct seen *seen = context;
    const json_t *job = json_object_get(event, "job");
    if (job && json_integer_value(job) < JOBS)
        seen->done[json_integer_value(job)]++;
    seen->closed += json_object_get(event, "closed") != NULL;
}

static void tick(void *context)
{
    (void)context;
}

static struct pool_result run(struct seen *seen, size_t jobs, size_t waiting, long workers)
{
    const struct pool_work work = {.context = seen,
                                   .jobs = jobs,
                                   .waiting = waiting,
                                   .workers = workers,
                                   .open = open_worker,
                                   .job = do_job,
                                   .close = close_worker,
                                   .receive = receive,
                                   .tick = tick};
    struct pool_result result;
    pool_run(&work, &result);
    return result;
}

static void test_once(void)
{
    static const struct {
        size_t jobs, waiting;
        long workers;
    } table[] = {{JOBS, 0, 1},    {JOBS, JOBS, 1}, {JOBS, 7, 1}, {JOBS, 7, 9}, {JOBS, 0, 9},
                 {JOBS, JOBS, 9}, {JOBS, 33, 3},   {3, 1, 9},    {1, 1, 1},    {1, 0, 2}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct seen seen = {.dies = JOBS};
        struct pool_result result = run(&seen, table[i].jobs, table[i].waiting, table[i].workers);
        CU_ASSERT_EQUAL(result.died, 0);
        CU_ASSERT_EQUAL(result.signal, 0);
        for (size_t job = 0; job < JOBS; job++)
            CU_ASSERT_EQUAL(seen.done[job], job < table[i].jobs);
        CU_ASSERT_EQUAL(seen.closed, table[i].workers < (long)table[i].jobs ? table[i].workers : (long)table[i].jobs);
    }
}

/* One that ends early is counted, however it ends; the jobs that nobody did are the caller's to miss. */
static void test_death(void)
{
    for (size_t dies = 0; dies < JOBS; dies += 13) {
        struct seen seen = {.dies = dies};
        struct pool_result result = run(&seen, JOBS, 20, 2);
        CU_ASSERT_EQUAL(result.died, 1);
        CU_ASSERT_EQUAL(seen.done[dies], 0);
        CU_ASSERT_EQUAL(seen.closed, 1);
        for (size_t job = 0; job < JOBS; job++)
            CU_ASSERT_EQUAL(seen.done[job], job != dies);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"each job is done once", test_once}, {"a worker that ends early", test_death}, CU_TEST_INFO_NULL};
    return unit_main("pool", tests);
}
