/* SPDX-License-Identifier: MIT */
/* A fuzz target for mpproxy's side of the adapter protocol: lines of JSON, among them every typed value. Each is
 * answered by one JSON object with a result, an exception or an error. No line may connect to anything. */
#include <stdlib.h>
#include <string.h>

#include "harness/test/fuzz.h"
#include "ref/prog/mpproxy.h"
#include "ref/value/collect.h"

const char fuzz_name[] = "adapter";

static const char *const seeds[] = {
    "{\"id\":1,\"op\":\"hello\",\"protocol\":1}",
    "{\"id\":2,\"op\":\"value\",\"value\":[1,{\"$int\":\"-36893488147419103232\"},{\"$float\":\"nan\"},\"x\",{\"$str\":"
    "\"eda080\"},null,true],\"store\":\"l\"}\n{\"id\":3,\"op\":\"method\",\"on\":{\"$var\":\"l\"},\"name\":\"append\","
    "\"args\":"
    "[{\"$var\":\"l\"}]}\n{\"id\":4,\"op\":\"value\",\"value\":{\"$var\":\"l\"}}",
    "{\"op\":\"value\",\"value\":{\"$shared\":1,\"value\":[{\"$tuple\":[{\"$same\":1}]},{\"$dict\":[[1,2],[\"a\",{\"$"
    "same\":1}]]}]}}",
    "{\"op\":\"value\",\"value\":{\"$reduce\":{\"func\":\"collections:deque\",\"args\":[],\"items\":[1],\"pairs\":[[1,"
    "2]],\"state\":"
    "{\"$dict\":[[\"x\",1]]}}},\"store\":\"o\"}",
    "{\"op\":\"value\",\"value\":[{\"$set\":[1,2]},{\"$frozenset\":[{\"$tuple\":[]}]},{\"$bytes\":\"00ff\"},{\"$"
    "bytearray\":\"beef\"},"
    "{\"$complex\":[\"1.0\",\"-0.0\"]},{\"$range\":[0,9,3]},{\"$slice\":[null,1,2]},{\"$ellipsis\":true},{\"$"
    "notimplemented\":true}]}",
    "{\"op\":\"value\",\"value\":[{\"$global\":\"builtins:len\"},{\"$array\":[\"d\",[{\"$float\":\"0.5\"}]]},{\"$"
    "exception\":{\"class\":"
    "\"builtins:OSError\",\"args\":[2,\"no\"],\"state\":{\"$dict\":[[\"x\",1]]}}}]}",
    "{\"op\":\"builtin\",\"name\":\"sorted\",\"args\":[[3,1,2]],\"kwds\":[[\"reverse\",true]],\"store\":\"s\"}\n{"
    "\"op\":\"operator\",\"name\":"
    "\"getitem\",\"operands\":[{\"$var\":\"s\"},{\"$slice\":[0,1,null]}]}",
    "{\"op\":\"builtin\",\"name\":\"repickle\",\"args\":[{\"$dict\":[[{\"$tuple\":[1]},{\"$set\":[]}]]}]}",
    "{\"op\":\"builtin\",\"name\":\"deepcopy\",\"args\":[[[1],[2]]]}\n{\"op\":\"builtin\",\"name\":\"repr\",\"args\":[{"
    "\"$float\":\"1e+16\"}]}",
    "{\"op\":\"import\",\"pickle\":\"80045d944b01612e\",\"store\":\"p\"}\n{\"op\":\"export\",\"value\":{\"$var\":\"p\"}"
    "}\n{\"op\":\"drop\","
    "\"name\":\"p\"}\n{\"op\":\"reset\"}",
    "{\"op\":\"getattr\",\"on\":{\"$exception\":{\"class\":\"builtins:KeyError\",\"args\":[1]}},\"name\":\"args\"}",
    "{\"op\":\"create\",\"typeid\":\"list\",\"args\":[],\"kwds\":[]}\n{\"op\":\"callmethod\",\"on\":1,\"method\":\"x\","
    "\"args\":[]}",
};

void fuzz_seeds(void)
{
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
        fuzz_seed(seeds[i], strlen(seeds[i]));
}

/* One line of the input. */
static void answer(struct adapter *a, const char *line, size_t size)
{
    json_t *reply = ops_answer(a, line, size);
    char *text = reply ? json_dumps(reply, JSON_COMPACT) : NULL;

    if (!text || a->ctx.raised)
        abort();
    free(text);
    json_decref(reply);
}

/* Does a line ask for what reaches out of this process? It may not say so in escapes either. */
static bool reaches_out(const char *line, size_t size)
{
    for (size_t i = 0; i + 1 < size; i++)
        if (!memcmp(line + i, "\\u", 2) || (size - i >= 7 && !memcmp(line + i, "connect", 7)))
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static struct adapter a;
    const char *text = (const char *)data;

    memset(&a, 0, sizeof a);
    if (runtime_init(&a.rt, COMPAT_NEWEST))
        return 0;
    runtime_lock(&a.rt);
    ctx_init(&a.ctx, &a.rt);
    a.process = process_new(&a.rt);
    a.variables = dict_new(&a.ctx);
    while (size && a.process && a.variables) {
        const char *end = memchr(text, '\n', size);
        size_t line = end ? (size_t)(end - text) : size;
        if (!reaches_out(text, line))
            answer(&a, text, line);
        text += line + (end != NULL);
        size -= line + (end != NULL);
    }
    ops_forget(&a);
    value_release(a.variables);
    process_free(&a.ctx, a.process);
    ctx_free(&a.ctx);
    collect_run(&a.rt);
    runtime_unlock(&a.rt);
    runtime_free(&a.rt);
    if (value_alive() != 0)
        abort();
    return 0;
}
