/* SPDX-License-Identifier: MIT */
/* Managers under test: their start and their end. */
#include "harness/manager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "harness/implementation.h"
#include "harness/nursery.h"
#include "harness/place.h"
#include "harness/problems.h"
#include "harness/process.h"
#include "harness/ready.h"
#include "harness/relay.h"
#include "harness/text.h"

#define KEY_BYTES 32

struct manager {
    struct process *process;
    char *folder, *address, *key;
    struct trace *trace;
    struct relay *relay; /* in the place of its socket, if it is traced */
    char *untraced;      /* why it is not */
    bool ready;
};

static const char *const transport_names[] = {
    [TRANSPORT_UNIX] = "unix", [TRANSPORT_ABSTRACT] = "abstract", [TRANSPORT_TCP] = "tcp"};

bool manager_transport(const char *name, enum transport *transport)
{
    for (size_t i = 0; i < sizeof transport_names / sizeof *transport_names; i++)
        if (strcmp(name, transport_names[i]) == 0) {
            *transport = (enum transport)i;
            return true;
        }
    return false;
}

const char *manager_transport_name(enum transport transport)
{
    return transport_names[transport];
}

static char *random_key(void)
{
    unsigned char bytes[KEY_BYTES];
    struct text hex = {0};
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
    if (fd >= 0)
        close(fd);
    if (n != (ssize_t)sizeof bytes)
        return NULL;
    text_hex(&hex, bytes, sizeof bytes);
    return text_give(&hex);
}

static char *make_folder(const char *parent)
{
    char *folder = text_format("%s/mXXXXXX", parent);
    if (mkdtemp(folder))
        return folder;
    free(folder);
    return NULL;
}

static char *make_address(const char *folder, enum transport transport)
{
    switch (transport) {
    case TRANSPORT_UNIX:
        return text_format("unix:%s/socket", folder);
    case TRANSPORT_ABSTRACT:
        return text_format("abstract:%s", folder); /* as unique as the folder */
    case TRANSPORT_TCP:
        return text_copy("tcp:127.0.0.1:0");
    }
    return NULL;
}

static bool write_key(const char *path, const char *key)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write(fd, key, strlen(key)) == (ssize_t)strlen(key) && write(fd, "\n", 1) == 1;
    if (fd >= 0 && close(fd) != 0)
        good = false;
    return good;
}

static struct manager *attach(const struct implementation *implementation)
{
    struct manager *manager = text_calloc(1, sizeof *manager);
    manager->address = text_copy(implementation->address);
    manager->key = text_copy(implementation->key);
    manager->ready = true;
    manager->untraced =
        text_copy("the manager was only attached to: its socket serves others, too, and is not ours to put aside");
    return manager;
}

/* Fills the template and starts it; *trouble if not. */
static void start_process(struct manager *manager, const struct manager_plan *plan, const char *key_path,
                          char **trouble)
{
    const struct filling filling = {manager->address, key_path, plan->xmlrpclib ? "xmlrpclib" : "pickle"};
    struct problems problems = {0};
    char *command = implementation_command(plan->implementation, plan->implementation->manager, &filling, &problems);
    if (command)
        manager->process = nursery_start(plan->nursery, command, trouble);
    else
        *trouble = text_copy(problems.lines[0]);
    if (!manager->process) {
        char *why = *trouble;
        *trouble = text_format("the manager could not be started: %s", why);
        free(why);
    }
    problems_free(&problems);
    free(command);
}

struct manager *manager_start(const struct manager_plan *plan, char **trouble)
{
    *trouble = NULL;
    if (plan->implementation->address)
        return attach(plan->implementation);
    struct manager *manager = text_calloc(1, sizeof *manager);
    manager->trace = plan->trace;
    manager->folder = make_folder(plan->folder);
    manager->key = random_key();
    char *key_path = text_format("%s/key", manager->folder ? manager->folder : "");
    if (!manager->folder || !manager->key || !write_key(key_path, manager->key)) {
        *trouble = text_format("no folder for a manager in %s: %s", plan->folder, strerror(errno));
    } else {
        manager->address = make_address(manager->folder, plan->transport);
        if (strlen(manager->address) > sizeof((struct sockaddr_un *)NULL)->sun_path)
            *trouble =
                text_format("the address %s is too long for a socket: set TMPDIR to a shorter path", manager->address);
        else
            start_process(manager, plan, key_path, trouble);
    }
    free(key_path);
    if (!*trouble)
        return manager;
    manager_end(manager);
    return NULL;
}

/* Puts a relay in the place of the manager's socket, if there is a trace to be told. */
static void put_relay(struct manager *manager)
{
    if (!manager->trace)
        return;
    char *aside = text_format("%s/aside", manager->folder);
    manager->relay = relay_new(manager->address, aside, manager->trace, &manager->untraced);
    free(aside);
}

bool manager_ready(struct manager *manager, long long deadline, char **trouble)
{
    *trouble = NULL;
    if (manager->ready)
        return true;
    char *address = ready_address(manager->process, "manager", deadline, trouble);
    if (address) {
        free(manager->address);
        manager->address = address;
        put_relay(manager);
        manager->ready = true;
    }
    return manager->ready;
}

const char *manager_address_peek(const struct manager *manager)
{
    return manager->address;
}

const char *manager_key_peek(const struct manager *manager)
{
    return manager->key;
}

const char *manager_socket_peek(const struct manager *manager)
{
    return manager->relay ? relay_aside_peek(manager->relay) : manager->address;
}

const char *manager_untraced_peek(const struct manager *manager)
{
    return manager->untraced;
}

struct process *manager_process_peek(const struct manager *manager)
{
    return manager->process;
}

char *manager_finish(struct manager *manager, long long deadline)
{
    struct process *process = manager->process;
    if (!process)
        return NULL;
    bool gone = process_stop(process, SIGTERM, deadline);
    char *finding = process_finding(process), *how = process_ending(process), *sentence = NULL;
    bool clean = process_status(process) == 0 || process_signal(process) == SIGTERM;
    if (!gone)
        sentence = text_copy("the manager did not stop on SIGTERM");
    else if (!clean || finding)
        sentence =
            text_format("the manager %s when told to stop%s%s", how, finding ? ": " : "", finding ? finding : "");
    free(finding);
    free(how);
    return sentence;
}

void manager_end(struct manager *manager)
{
    if (!manager)
        return;
    process_end(manager->process);
    relay_end(manager->relay);
    if (manager->folder)
        place_remove(manager->folder);
    free(manager->folder);
    free(manager->address);
    free(manager->key);
    free(manager->untraced);
    free(manager);
}
