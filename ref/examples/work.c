/* SPDX-License-Identifier: MIT */
/* A worker in C that a Python program feeds.  In Python:
 *
 *     tasks, results = queue.Queue(), queue.Queue()       # what a manager's JoinableQueue is
 *     class Manager(BaseManager): pass
 *     Manager.register('get_tasks', callable=lambda: tasks)
 *     Manager.register('get_results', callable=lambda: results)
 *     Manager(address='/tmp/manager', authkey=b'secret').get_server().serve_forever()
 *
 * then any number of: work unix:/tmp/manager secret.  A task is a list of numbers, its result their sum; None ends the
 * worker. Whoever waits in tasks.join() goes on when every task is done. */
#include <stdio.h>
#include <string.h>

#include <mpref.h>

struct worker {
    struct mpref_client *client;
    struct mpref_value *tasks, *results;
};

/* Sends [task, sum of the task]; -1 if that fails. A task that is no list of numbers has None as its sum. */
static int answer(struct worker *w, struct mpref_value *task)
{
    double sum = 0, number;

    for (size_t i = 0; i < mpref_length(task); i++) {
        if (!mpref_float(mpref_item(task, i), &number))
            return mpref_do(w->client, w->results, "put", "[O n]", task);
        sum += number;
    }
    return mpref_do(w->client, w->results, "put", "[O d]", task, sum);
}

/* Works until it gets None: 0, or -1 if the manager is gone. */
static int work(struct worker *w)
{
    for (bool last = false; !last;) {
        struct mpref_value *task = mpref_call(w->client, w->tasks, "get", ""); /* waits as long as it must */
        int failed = !task;

        if (!failed)
            last = mpref_is_none(task);
        if (!failed && !last)
            failed = answer(w, task);
        mpref_drop(w->client, task);
        if (failed || mpref_do(w->client, w->tasks, "task_done", ""))
            return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct worker w = {.client = mpref_client_new()};
    int failed = argc != 3 || !w.client || mpref_connect(w.client, argv[1], argv[2], strlen(argv[2])) ||
                 mpref_register(w.client, "get_tasks") || mpref_register(w.client, "get_results") ||
                 !(w.tasks = mpref_create(w.client, "get_tasks", "")) ||
                 !(w.results = mpref_create(w.client, "get_results", "")) || work(&w);

    if (failed)
        fprintf(stderr, "work ADDRESS KEY: %s: %s\n", argc == 3 && w.client ? mpref_error_class(w.client) : "usage",
                argc == 3 && w.client ? mpref_error_text(w.client) : "two arguments, please");
    if (w.client) {
        mpref_drop(w.client, w.tasks);
        mpref_drop(w.client, w.results);
    }
    mpref_client_free(w.client);
    return failed ? 1 : 0;
}
