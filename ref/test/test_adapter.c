/* SPDX-License-Identifier: MIT */
/* mpproxy's side of the adapter protocol without its process: every line with every allocation failing once, jansson's
 * among them, and cut at every byte. What is answered is compared with the oracle's adapter by adapter.sh. */
#include "ref/prog/mpproxy.h"
#include "ref/test/support.h"

struct seat {
    struct adapter a;
    long blocks, values;
};

static void seat_begin(struct seat *s)
{
    *s = (struct seat){.blocks = mem_alive(), .values = value_alive()};
    CU_ASSERT_FATAL(!runtime_init(&s->a.rt, COMPAT_NEWEST));
    runtime_lock(&s->a.rt);
    ctx_init(&s->a.ctx, &s->a.rt);
    s->a.process = process_new(&s->a.rt);
    s->a.variables = dict_new(&s->a.ctx);
    CU_ASSERT_FATAL(s->a.process && s->a.variables);
}

static void seat_end(struct seat *s)
{
    ops_forget(&s->a);
    value_release(s->a.variables);
    process_free(&s->a.ctx, s->a.process);
    CU_ASSERT_PTR_NULL(s->a.ctx.raised);
    ctx_free(&s->a.ctx);
    collect_run(&s->a.rt);
    runtime_unlock(&s->a.rt);
    runtime_free(&s->a.rt);
    CU_ASSERT(mem_alive() == s->blocks && value_alive() == s->values);
}

/* Requests, with ' for ". Each line uses what is named l, d or s. */
static const char *const given[] = {
    "{'op':'value','value':[3,1,{'$int':'-36893488147419103232'}],'store':'l'}",
    "{'op':'value','value':{'$dict':[['a',1],[{'$tuple':[2]},[]]]},'store':'d'}",
    "{'op':'value','value':{'$set':[1,'x']},'store':'s'}",
};

static const char *const lines[] = {
    "{'id':1,'op':'hello','protocol':1}",
    "{'op':'value','value':{'$shared':1,'value':[{'$tuple':[{'$same':1}]},{'$dict':[[1,2],['a',{'$same':1}]]}]}}",
    "{'op':'value','value':{'$reduce':{'func':'collections:deque','args':[],'items':[1],'pairs':[[1,2]],'state':5}}}",
    "{'op':'value','value':[{'$frozenset':[{'$tuple':[]}]},{'$bytes':'00ff'},{'$bytearray':'beef'}]}",
    "{'op':'value','value':[{'$complex':['1.0','-0.0']},{'$float':'nan'},{'$ellipsis':true},{'$notimplemented':true}]}",
    "{'op':'value','value':[{'$range':[0,9,3]},{'$slice':[null,1,2]},{'$str':'eda080'}]}",
    "{'op':'value','value':[{'$global':'builtins:len'},{'$array':['d',[{'$float':'0.5'}]]}]}",
    "{'op':'value','value':{'$exception':{'class':'builtins:OSError','args':[2],'state':{'$dict':[['x',1]]}}}}",
    "{'op':'method','on':{'$var':'l'},'name':'append','args':[{'$var':'l'}]}",
    "{'op':'method','on':{'$var':'d'},'name':'update','args':[],'kwds':[['x',1]]}",
    "{'op':'method','on':{'$var':'d'},'name':'pop','args':['zz']}",
    "{'op':'operator','name':'getitem','operands':[{'$var':'l'},{'$slice':[0,1,null]}]}",
    "{'op':'operator','name':'iadd','operands':[{'$var':'l'},[7]],'store':'l'}",
    "{'op':'operator','name':'or_','operands':[{'$var':'s'},{'$var':'s'}]}",
    "{'op':'operator','name':'lt','operands':[1,'a']}",
    "{'op':'builtin','name':'sorted','args':[{'$var':'l'}],'store':'l'}",
    "{'op':'builtin','name':'repickle','args':[[{'$var':'d'},{'$var':'d'}]]}",
    "{'op':'builtin','name':'deepcopy','args':[[{'$var':'l'},{'$var':'s'}]]}",
    "{'op':'builtin','name':'repr','args':[{'$var':'d'}]}",
    "{'op':'builtin','name':'iter','args':[{'$var':'l'}],'store':'i'}",
    "{'op':'builtin','name':'type','args':[{'$var':'d'}]}",
    "{'op':'export','value':[{'$var':'d'},{'$var':'d'}]}",
    "{'op':'import','pickle':'80045d944b01612e','store':'p'}",
    "{'op':'getattr','on':{'$exception':{'class':'builtins:KeyError','args':[1]}},'name':'args'}",
    "{'op':'drop','name':'l'}",
    "{'op':'connect','address':'unix:/nonexistent/socket','authkey':'00'}",
    "{'op':'create','typeid':'list','args':[]}",
    "{'op':'reset'}",
};
enum { GIVEN = sizeof given / sizeof *given, LINES = sizeof lines / sizeof *lines };

/* A request as it is sent: up to LINE bytes. */
enum { LINE = 256 };
static void quote(const char *request, char *line)
{
    CU_ASSERT_FATAL(strlen(request) < LINE);
    memcpy(line, request, strlen(request) + 1);
    for (char *p = line; (p = strchr(p, '\''));)
        *p = '"';
}

/* The reply as text, from malloc; NULL if there is none. */
static char *answer(struct seat *s, const char *line, size_t size)
{
    json_t *reply = ops_answer(&s->a, line, size);
    char *text = reply ? json_dumps(reply, JSON_COMPACT) : NULL;

    CU_ASSERT_PTR_NULL(s->a.ctx.raised);
    json_decref(reply);
    return text;
}

static void answer_and_forget(struct seat *s, const char *line, size_t size)
{
    char *text = answer(s, line, size);

    CU_ASSERT(text && text[0] == '{');
    mem_free(text); /* jansson allocates as the reference does */
}

static void give(struct seat *s)
{
    char line[LINE];

    for (size_t i = 0; i < GIVEN; i++) {
        quote(given[i], line);
        answer_and_forget(s, line, strlen(line));
    }
}

static void test_every_allocation_fails_once(void)
{
    size_t failed = 0;

    for (size_t i = 0; i < GIVEN + LINES; i++) {
        char line[LINE];
        quote(i < GIVEN ? given[i] : lines[i - GIVEN], line);
        bool reached = true;
        for (long n = 1; reached && n < 5000; n++) {
            struct seat s;
            seat_begin(&s);
            give(&s);
            mem_fail_at(n);
            char *text = answer(&s, line, strlen(line));
            reached = mem_count() >= n;
            mem_fail_at(0);
            CU_ASSERT(text || reached); /* mpproxy ends with a message if there is no reply */
            mem_free(text);
            failed += reached;
            give(&s); /* it can still be used */
            seat_end(&s);
        }
        CU_ASSERT(!reached);
    }
    CU_ASSERT(failed > 1000);
}

static void test_cut_at_every_byte(void)
{
    for (size_t i = 0; i < LINES; i++) {
        struct seat s;
        char line[LINE];
        seat_begin(&s);
        give(&s);
        quote(lines[i], line);
        for (size_t cut = 0; cut < strlen(line); cut++) {
            char *text = answer(&s, line, cut);
            CU_ASSERT(text && strstr(text, "\"error\"") != NULL);
            mem_free(text);
        }
        seat_end(&s);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {{"every allocation fails once", test_every_allocation_fails_once},
                           {"a line cut at every byte is refused", test_cut_at_every_byte},
                           CU_TEST_INFO_NULL};
    json_set_alloc_funcs(mem_alloc, mem_free);
    return unit_main("adapter", tests);
}
