/* SPDX-License-Identifier: MIT */
/* For the tests of messages and proxies: a runtime with one context, values from literals of the pack format, a stock
 * Python manager as a child process. Every test ends with as many blocks and values as it began with. */
#ifndef REF_TEST_SUPPORT_H
#define REF_TEST_SUPPORT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/test/unit.h"
#include "ref/base/mem.h"
#include "ref/public/pack.h"
#include "ref/value/collect.h"
#include "ref/value/types.h"

struct world {
    struct runtime rt;
    struct ctx ctx;
    long blocks, values;
};

MAYBE_UNUSED static void world_begin(struct world *w, int compat)
{
    w->blocks = mem_alive();
    w->values = value_alive();
    CU_ASSERT_FATAL(!runtime_init(&w->rt, compat));
    runtime_lock(&w->rt);
    ctx_init(&w->ctx, &w->rt);
}

MAYBE_UNUSED static void world_end(struct world *w)
{
    CU_ASSERT(w->ctx.raised == NULL);
    ctx_free(&w->ctx);
    runtime_unlock(&w->rt);
    runtime_free(&w->rt);
    CU_ASSERT(value_alive() == w->values);
    CU_ASSERT(mem_alive() == w->blocks);
}

/* A value from a format; must succeed. */
MAYBE_UNUSED static struct value *make(struct ctx *ctx, const char *format, ...)
{
    struct pack p = {.format = format, .next = format};
    va_start(p.args, format);
    struct value *v = pack_value(ctx, &p);
    va_end(p.args);
    CU_ASSERT_FATAL(v != NULL);
    return v;
}

/* Releases v after checking its repr; v NULL fails. */
MAYBE_UNUSED static bool shows(struct ctx *ctx, struct value *v, const char *repr)
{
    struct value *text = v ? value_repr(ctx, v) : NULL;
    bool same = text && !strcmp(str_peek(text, NULL), repr);
    if (!same)
        printf("# %s instead of %s\n", text ? str_peek(text, NULL) : ctx->raised ? "an exception" : "nothing", repr);
    value_release(text);
    value_release(v);
    return same;
}

/* Is this the pending exception, as the last line of a traceback shows it? Takes it out. */
MAYBE_UNUSED static bool raised(struct ctx *ctx, const char *line)
{
    struct value *exception = raised_fetch(ctx), *text = exception ? exception_line(ctx, exception) : NULL;
    bool same = text && !strcmp(str_peek(text, NULL), line);
    if (!same)
        printf("# %s instead of %s\n", text ? str_peek(text, NULL) : "no exception", line);
    value_release(text);
    value_release(exception);
    return same;
}

struct python {
    pid_t pid;
    int version;       /* as compat: 311 */
    int input;         /* closing it ends the child */
    char address[300]; /* in text form */
    char folder[40];
};

/* Starts ref/test/manager.py with an interpreter, on a Unix socket. False if there is no such interpreter. */
MAYBE_UNUSED static bool python_start(struct python *p, const char *interpreter, const char *key)
{
    int in[2], out[2];
    char path[64], line[400] = "";
    snprintf(p->folder, sizeof p->folder, "/tmp/mpref-test-XXXXXX");
    if (!mkdtemp(p->folder) || pipe(in) || pipe(out))
        return false;
    snprintf(path, sizeof path, "%s/socket", p->folder);
    p->pid = fork();
    if (p->pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[0]), close(in[1]), close(out[0]), close(out[1]);
        execlp(interpreter, interpreter, "ref/test/manager.py", path, key, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    FILE *answer = fdopen(out[0], "r");
    bool ready = answer && fgets(line, sizeof line, answer) && !strncmp(line, "ready ", 6);
    p->version = ready ? atoi(line + 6) : 0;
    if (answer)
        fclose(answer);
    p->input = in[1];
    snprintf(p->address, sizeof p->address, "unix:%s", path);
    return ready;
}

MAYBE_UNUSED static void python_stop(struct python *p)
{
    char path[64];
    int status;
    close(p->input);
    waitpid(p->pid, &status, 0);
    snprintf(path, sizeof path, "%s/socket", p->folder);
    unlink(path);
    rmdir(p->folder);
}

#endif
