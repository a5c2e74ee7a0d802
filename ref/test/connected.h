/* SPDX-License-Identifier: MIT */
/* For the tests of the client library: a stock Python manager, which the test starts, and a client of it in a world. */
#ifndef REF_TEST_CONNECTED_H
#define REF_TEST_CONNECTED_H

#include "ref/proxy/proxy.h"
#include "ref/test/support.h"

#define KEY "abracadabra"

static struct python python;
static struct world w;
static struct ctx *const ctx = &w.ctx;
static struct process *process;
static struct client *manager;

/* Of the manager that runs, with a key that may be wrong: new, or NULL after raising. */
static struct client *connect_with(const char *key)
{
    struct client_options options = {.key = key, .key_size = strlen(key)};
    struct address address;
    struct failure f;
    CU_ASSERT_FATAL(!address_parse(&address, python.address, &f));
    return client_connect(ctx, process, &address, &options);
}

/* A world with a process that is connected. */
static void begin_connected(void)
{
    world_begin(&w, python.version);
    process = process_new(&w.rt);
    CU_ASSERT_FATAL(process && !process_set_key(ctx, process, KEY, strlen(KEY)));
    manager = connect_with(KEY);
    CU_ASSERT_FATAL(manager != NULL);
}

static void end_connected(void)
{
    client_release(manager);
    process_free(ctx, process);
    world_end(&w);
}

/* The exit status: runs the tests with a manager of $PYTHON, or of python3. */
static int connected_main(const char *suite, CU_TestInfo *tests)
{
    const char *interpreter = getenv("PYTHON");
    if (!python_start(&python, interpreter ? interpreter : "python3", KEY)) {
        printf("Bail out! there is no python3 that runs ref/test/manager.py (start the test where ref/ is)\n");
        return 3;
    }
    int result = unit_main(suite, tests);
    python_stop(&python);
    return result;
}

#endif
