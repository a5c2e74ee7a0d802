/* SPDX-License-Identifier: MIT */
/* A misbehaving proxy adapter: passes requests and replies on to and from an honest one, COMMAND, until a request for
 * OP comes (the default is create), and then does what MODE says.  `peer_adapter honest …` changes nothing: the
 * control. Usage: peer_adapter MODE[:OP] COMMAND… */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct relay {
    FILE *to, *from;
    pid_t pid;
    char *request, *reply;
    size_t request_size, reply_size;
};

struct mode {
    const char *name;
    void (*act)(struct relay *relay);
};

extern const struct mode peer_modes[];

static void start(struct relay *relay, char **command)
{
    int down[2], up[2];
    if (pipe(down) < 0 || pipe(up) < 0 || (relay->pid = fork()) < 0)
        exit(125);
    if (relay->pid == 0) {
        dup2(down[0], 0);
        dup2(up[1], 1);
        close(down[0]), close(down[1]), close(up[0]), close(up[1]);
        execvp(command[0], command);
        _exit(127);
    }
    close(down[0]);
    close(up[1]);
    relay->to = fdopen(down[1], "w");
    relay->from = fdopen(up[0], "r");
    if (!relay->to || !relay->from)
        exit(125);
}

/* Lets the honest adapter answer; the reply is in relay->reply. */
static void fetch(struct relay *relay)
{
    fputs(relay->request, relay->to);
    fflush(relay->to);
    if (getline(&relay->reply, &relay->reply_size, relay->from) < 0)
        exit(125);
}

static void say(const char *text)
{
    fputs(text, stdout);
    fflush(stdout);
}

static void honest(struct relay *relay)
{
    fetch(relay);
    say(relay->reply);
}

static long long id_of(const struct relay *relay)
{
    const char *at = strstr(relay->request, "\"id\":");
    return at ? strtoll(at + 5, NULL, 10) : 0;
}

/* Ends as the honest child would have to: it must not outlive us. */
static void leave(struct relay *relay)
{
    fclose(relay->to);
    waitpid(relay->pid, NULL, 0);
}

/* --- the modes --- */

static void hang(struct relay *relay)
{
    (void)relay;
    for (;;)
        pause();
}

static void exit_early(struct relay *relay)
{
    leave(relay);
    exit(0);
}

static void exit_badly(struct relay *relay)
{
    leave(relay);
    exit(3);
}

static void die(struct relay *relay)
{
    leave(relay);
    raise(SIGSEGV);
}

static void die_in_mid_answer(struct relay *relay)
{
    fetch(relay);
    relay->reply[strlen(relay->reply) / 2] = '\0';
    say(relay->reply);
    die(relay);
}

/* Answers, and is dead before the next request comes. */
static void die_after_answer(struct relay *relay)
{
    honest(relay);
    die(relay);
}

static void garbage(struct relay *relay)
{
    (void)relay;
    say("Traceback (most recent call last):\n");
}

static void empty_line(struct relay *relay)
{
    (void)relay;
    say("\n");
}

static void number(struct relay *relay)
{
    (void)relay;
    say("7\n");
}

static void wrong_id(struct relay *relay)
{
    printf("{\"id\":%lld,\"observed\":{\"copy\":null}}\n", id_of(relay) + 1);
    fflush(stdout);
}

static void no_id(struct relay *relay)
{
    (void)relay;
    say("{\"observed\":{\"copy\":null}}\n");
}

static void too_long(struct relay *relay)
{
    static char block[1 << 20];
    memset(block, 'x', sizeof block);
    (void)relay;
    say("{\"id\":");
    for (int i = 0; i < 66; i++)
        fwrite(block, 1, sizeof block, stdout);
    say("\n");
}

static void two_observations(struct relay *relay)
{
    printf("{\"id\":%lld,\"observed\":{\"copy\":null,\"raises\":{\"class\":\"builtins:KeyError\",\"args\":[]}}}\n",
           id_of(relay));
    fflush(stdout);
}

static void no_observation(struct relay *relay)
{
    printf("{\"id\":%lld,\"observed\":{}}\n", id_of(relay));
    fflush(stdout);
}

static void malformed_value(struct relay *relay)
{
    printf("{\"id\":%lld,\"observed\":{\"copy\":{\"$int\":\"seven\"}}}\n", id_of(relay));
    fflush(stdout);
}

static void twice(struct relay *relay)
{
    fetch(relay);
    size_t length = strlen(relay->reply);
    char *both = malloc(2 * length + 1);
    if (!both)
        exit(125);
    memcpy(both, relay->reply, length); /* in one write: the second must be there when the first is read */
    memcpy(both + length, relay->reply, length + 1);
    say(both);
    free(both);
}

static void error(struct relay *relay)
{
    printf("{\"id\":%lld,\"error\":\"I am broken\"}\n", id_of(relay));
    fflush(stdout);
}

static void unsupported(struct relay *relay)
{
    printf("{\"id\":%lld,\"unsupported\":\"I have no such thing\"}\n", id_of(relay));
    fflush(stdout);
}

/* Says that everything went well, whatever was asked: also an operation that does not exist. */
static void accept_all(struct relay *relay)
{
    printf("{\"id\":%lld,\"observed\":{\"copy\":null}}\n", id_of(relay));
    fflush(stdout);
}

static void lie(struct relay *relay)
{
    printf("{\"id\":%lld,\"observed\":{\"copy\":424242}}\n", id_of(relay));
    fflush(stdout);
}

/* Lies to every fifth such request, always in the same way. */
static void lie_now_and_then(struct relay *relay)
{
    static unsigned count;
    (++count % 5 ? honest : lie)(relay);
}

/* The same, but each time another lie. */
static void lie_variously(struct relay *relay)
{
    static unsigned count;
    if (++count % 5) {
        honest(relay);
        return;
    }
    printf("{\"id\":%lld,\"observed\":{\"copy\":%u}}\n", id_of(relay), 424242 + count);
    fflush(stdout);
}

static void noise(struct relay *relay)
{
    for (int i = 0; i < 20000; i++)
        fputs("not ok: error, failure, panic: only noise\n", stderr);
    honest(relay);
}

static void sanitizer(struct relay *relay)
{
    fputs("==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x0 at pc 0x0\n", stderr);
    honest(relay);
}

static void old_protocol(struct relay *relay)
{
    printf("{\"id\":%lld,\"hello\":{\"protocol\":2,\"operations\":[],\"types\":[]}}\n", id_of(relay));
    fflush(stdout);
}

static void declares_nothing(struct relay *relay)
{
    printf("{\"id\":%lld,\"hello\":{\"protocol\":1,\"operations\":[],\"types\":[]}}\n", id_of(relay));
    fflush(stdout);
}

/* Ignores the end of its input. */
static void stays(struct relay *relay)
{
    honest(relay);
}

static bool is_for(const struct relay *relay, const char *op)
{
    char member[64];
    snprintf(member, sizeof member, "\"op\":\"%s\"", op);
    return strcmp(op, "all") == 0 || strstr(relay->request, member);
}

int main(int argc, char **argv)
{
    struct relay relay = {0};
    const struct mode *mode = peer_modes;
    if (argc < 3)
        return 125;
    char *op = strchr(argv[1], ':');
    if (op)
        *op++ = '\0';
    while (mode->name && strcmp(mode->name, argv[1]) != 0)
        mode++;
    if (!mode->name) {
        fprintf(stderr, "peer_adapter: no mode %s\n", argv[1]);
        return 125;
    }
    start(&relay, argv + 2);
    while (getline(&relay.request, &relay.request_size, stdin) > 0)
        (is_for(&relay, op ? op : "create") ? mode->act : honest)(&relay);
    leave(&relay);
    if (mode->act == stays)
        hang(&relay);
    free(relay.request);
    free(relay.reply);
    return strcmp(mode->name, "exits-badly-at-end") == 0 ? 4 : 0;
}

/* --- table --- */

const struct mode peer_modes[] = {
    {"honest", honest},
    {"hang", hang},
    {"exit-early", exit_early},
    {"exit-badly", exit_badly},
    {"die", die},
    {"die-in-mid-answer", die_in_mid_answer},
    {"die-after-answer", die_after_answer},
    {"garbage", garbage},
    {"empty-line", empty_line},
    {"number", number},
    {"wrong-id", wrong_id},
    {"no-id", no_id},
    {"too-long", too_long},
    {"two-observations", two_observations},
    {"no-observation", no_observation},
    {"malformed-value", malformed_value},
    {"twice", twice},
    {"error", error},
    {"unsupported", unsupported},
    {"accept-all", accept_all},
    {"lie", lie},
    {"lie-now-and-then", lie_now_and_then},
    {"lie-variously", lie_variously},
    {"noise", noise},
    {"sanitizer", sanitizer},
    {"old-protocol", old_protocol},
    {"declares-nothing", declares_nothing},
    {"stays", stays},
    {"exits-badly-at-end", honest},
    {0},
};
