/* SPDX-License-Identifier: MIT */
/* For the tests of the server: one on a Unix socket of its own, with clients in the same process and runtime. */
#ifndef REF_TEST_SERVICE_H
#define REF_TEST_SERVICE_H

#include <sys/socket.h>

#include "ref/manager/server.h"
#include "ref/test/support.h"
#include "ref/wire/frame.h"
#include "ref/wire/sock.h"

#define KEY "secret"

/* A server in a world, with a Unix socket of its own. */
struct service {
    struct world w;
    struct server server;
    char folder[40];
    struct address address;
};

MAYBE_UNUSED static struct auth_key key(int compat)
{
    return (struct auth_key){(const unsigned char *)KEY, strlen(KEY), compat};
}

/* Prepares a server that does not accept yet. The lock is held from here on. */
MAYBE_UNUSED static void service_prepare(struct service *s, int compat)
{
    struct server_options o = {.key = KEY, .key_size = strlen(KEY), .fixtures = true};
    struct failure f;
    char path[64];

    strcpy(s->folder, "/tmp/mpref-test-XXXXXX");
    CU_ASSERT_FATAL(mkdtemp(s->folder) != NULL);
    snprintf(path, sizeof path, "%s/socket", s->folder);
    CU_ASSERT_FATAL(!address_set(&o.address, ADDRESS_UNIX, path, strlen(path), 0, &f));
    s->address = o.address;
    world_begin(&s->w, compat);
    runtime_unlock(&s->w.rt);
    CU_ASSERT_FATAL(!server_init(&s->server, &s->w.rt, &o, &f));
    runtime_lock(&s->w.rt);
}

MAYBE_UNUSED static void service_start(struct service *s)
{
    struct failure f;

    runtime_unlock(&s->w.rt);
    CU_ASSERT_FATAL(!server_start(&s->server, &f));
    runtime_lock(&s->w.rt);
}

MAYBE_UNUSED static void service_begin(struct service *s, int compat)
{
    service_prepare(s, compat);
    service_start(s);
}

MAYBE_UNUSED static void service_stop(struct service *s)
{
    runtime_unlock(&s->w.rt);
    server_free(&s->server);
    runtime_lock(&s->w.rt);
}

MAYBE_UNUSED static void service_end(struct service *s)
{
    service_stop(s);
    CU_ASSERT(access(s->address.name, F_OK) < 0); /* the socket file is gone */
    CU_ASSERT(!rmdir(s->folder));
    world_end(&s->w);
}

#endif
