/* SPDX-License-Identifier: MIT */
/* Traces: frames are put together however they come, ends within them are told, limits hold whatever is sent; and what
 * was said is told in words, handshakes of both generations among it. */
#include "harness/auth.h"
#include "harness/overhear.h"
#include "harness/test/language.h"
#include "harness/trace.h"
#include "harness/wire.h"

static const char key[] = "00112233";
static const char key_bytes[] = "\x00\x11\x22\x33";

/* The records in short: "1> 4+2/2 'ab'" is a whole frame, "1> 4+9/2 'ab' cut" is none; "1> open", "1< closed" …  New.
 */
static char *shown(const struct trace_log *log)
{
    static const char *const words[] = {[TRACE_OPENED] = "open",
                                        [TRACE_FRAME] = "",
                                        [TRACE_ENDED] = "ended",
                                        [TRACE_CLOSED] = "closed",
                                        [TRACE_REFUSED] = "refused"};
    struct text out = {0};
    for (size_t i = 0; i < log->count; i++) {
        const struct trace_record *record = &log->records[i];
        text_printf(&out, "%s%u%s ", i ? ", " : "", record->connection, record->side == TRACE_CLIENT ? ">" : "<");
        if (record->kind != TRACE_FRAME)
            text_puts(&out, words[record->kind]);
        else
            text_printf(&out, "%zu+%llu/%llu '%.*s'%s", record->header_length, (unsigned long long)record->size,
                        (unsigned long long)record->came, (int)record->kept, (const char *)record->bytes,
                        record->whole ? "" : " cut");
    }
    return text_give(&out);
}

static void same_log(struct trace *trace, const char *expected, const char *what)
{
    struct trace_log log;
    trace_finish(trace, &log);
    language_same_take(shown(&log), expected, what);
    trace_log_clear(&log);
}

static const char two[] = "\0\0\0\2ab\xff\xff\xff\xff\0\0\0\0\0\0\0\1c";

static void test_frames_in_any_pieces(void)
{
    struct trace *trace = trace_new();
    for (size_t piece = 1; piece < sizeof two; piece++) {
        trace_begin(trace);
        unsigned handle = trace_open(trace, 0, "x");
        for (size_t at = 0; at < sizeof two - 1; at += piece)
            trace_bytes(trace, handle, TRACE_CLIENT, two + at,
                        piece < sizeof two - 1 - at ? piece : sizeof two - 1 - at, false);
        same_log(trace, "1> open, 1> 4+2/2 'ab', 1> 12+1/1 'c'", "two frames");
    }
    trace_free(trace);
}

static void test_cut_at_any_byte(void)
{
    static const char *const expected[] = {
        "", ", 1> 1+0/0 '' cut", ", 1> 2+0/0 '' cut", ", 1> 3+0/0 '' cut", ", 1> 4+2/0 '' cut", ", 1> 4+2/1 'a' cut"};
    struct trace *trace = trace_new();
    for (size_t length = 0; length < 6; length++) {
        char *wanted = text_format("1> open%s, 1> closed", expected[length]);
        trace_begin(trace);
        unsigned handle = trace_open(trace, 0, "x");
        trace_bytes(trace, handle, TRACE_CLIENT, two, length, false);
        trace_end(trace, handle, TRACE_CLIENT, TRACE_CLOSED);
        trace_bytes(trace, handle, TRACE_CLIENT, two, length, false); /* behind the end: ignored */
        same_log(trace, wanted, "cut");
        free(wanted);
    }
    trace_free(trace);
}

static void test_directions_and_ends(void)
{
    struct trace *trace = trace_new();
    unsigned a = trace_open(trace, 0, "x"), b = trace_open(trace, 0, "y");
    trace_bytes(trace, a, TRACE_MANAGER, "\0\0\0\3ab", 6, false);
    trace_bytes(trace, b, TRACE_CLIENT, "\0\0\0\0\xff\xff\xff\xfe", 8, false);
    trace_bytes(trace, a, TRACE_CLIENT, "\0\0\0\1z", 5, false);
    trace_end(trace, b, TRACE_MANAGER, TRACE_ENDED);
    trace_end(trace, b, TRACE_MANAGER, TRACE_ENDED); /* once is enough */
    trace_bytes(trace, a, TRACE_MANAGER, "c", 1, false);
    trace_end(trace, a, TRACE_MANAGER, TRACE_REFUSED);
    same_log(trace, "1> open, 2> open, 2> 4+0/0 '', 2> 4+0/0 '', 1> 4+1/1 'z', 2< ended, 1< 4+3/3 'abc', 1< refused",
             "both");
    trace_bytes(trace, a, TRACE_CLIENT, "\0\0\0\1z", 5, false); /* of a session that is over */
    same_log(trace, "", "nothing");
    trace_free(trace);
}

static void test_steps_and_names(void)
{
    struct trace *trace = trace_new();
    struct trace_log log;
    trace_begin(trace);
    trace_party(trace, 17, "b");
    unsigned named = trace_open(trace, 17, NULL);
    trace_step(trace, 3);
    trace_open(trace, 18, NULL);
    trace_step(trace, TRACE_AFTER);
    trace_end(trace, named, TRACE_CLIENT, TRACE_CLOSED);
    trace_manager(trace, "unix:/x", key);
    trace_missing(trace, "first");
    trace_missing(trace, "second");
    trace_finish(trace, &log);
    CU_ASSERT(log.count == 3 && log.records[0].step == TRACE_BEFORE && log.records[1].step == 3 &&
              log.records[2].step == TRACE_AFTER);
    CU_ASSERT(log.connections == 2 && !strcmp(log.clients[0], "b") && !log.clients[1]);
    CU_ASSERT(!strcmp(log.address, "unix:/x") && !strcmp(log.missing, "first"));
    trace_log_clear(&log);
    trace_free(trace);
}

/* A frame of 4 GiB, of which much comes; more frames than are kept; more bytes than are kept. */
static void test_limits(void)
{
    struct trace *trace = trace_new();
    struct trace_log log;
    char *bytes = text_calloc(1, TRACE_FRAME_KEPT);
    unsigned handle = trace_open(trace, 0, "x");
    trace_bytes(trace, handle, TRACE_CLIENT, "\xff\xff\xff\xff\0\0\0\1\0\0\0\0", 12, false);
    for (int i = 0; i < 300; i++)
        trace_bytes(trace, handle, TRACE_CLIENT, bytes, TRACE_FRAME_KEPT, false);
    trace_end(trace, handle, TRACE_CLIENT, TRACE_CLOSED);
    trace_finish(trace, &log);
    CU_ASSERT(log.count == 3 && log.records[1].size == (uint64_t)1 << 32);
    CU_ASSERT(log.records[1].came == 300 * TRACE_FRAME_KEPT && log.records[1].kept == TRACE_FRAME_KEPT);
    CU_ASSERT(!log.records[1].whole);
    trace_log_clear(&log);
    handle = trace_open(trace, 0, "x");
    for (int i = 0; i < 2 * TRACE_RECORDS_MAX; i++) {
        trace_bytes(trace, handle, TRACE_MANAGER, "\0\0\x10\0", 4, false);
        trace_bytes(trace, handle, TRACE_MANAGER, bytes, 0x1000, false);
    }
    trace_finish(trace, &log);
    CU_ASSERT(log.count == TRACE_RECORDS_MAX && log.dropped == TRACE_RECORDS_MAX + 1);
    CU_ASSERT(log.kept <= TRACE_KEPT_MAX && log.dropped_bytes == (uint64_t)0x1000 * (TRACE_RECORDS_MAX + 1));
    trace_log_clear(&log);
    free(bytes);
    trace_free(trace);
}

static void test_no_trace(void)
{
    struct trace_log log;
    trace_begin(NULL);
    trace_step(NULL, 1);
    trace_party(NULL, 1, "x");
    trace_manager(NULL, "x", "y");
    trace_missing(NULL, "x");
    trace_note(NULL, "x");
    CU_ASSERT(trace_open(NULL, 1, NULL) == 0);
    trace_bytes(NULL, 1, TRACE_CLIENT, "x", 1, false);
    trace_end(NULL, 1, TRACE_CLIENT, TRACE_CLOSED);
    trace_finish(NULL, &log);
    CU_ASSERT(log.count == 0);
    trace_log_clear(&log);
    trace_free(NULL);
}

/* ---- in words */

static void say(struct trace *trace, unsigned handle, enum trace_side side, const void *bytes, size_t length)
{
    struct text frame = {0};
    wire_header(&frame, length, WIRE_HEADER_SHORT);
    text_add(&frame, bytes, length);
    trace_bytes(trace, handle, side, frame.bytes, frame.length, false);
    text_clear(&frame);
}

#define SAY(side, literal) say(trace, handle, side, literal, sizeof literal - 1)

/* A challenge with the message and, as the other side has it, its answer. */
static void challenge(struct trace *trace, unsigned handle, enum trace_side side, const char *message, size_t length,
                      bool right)
{
    struct text frame = {0}, answer = {0};
    text_puts(&frame, AUTH_CHALLENGE);
    text_add(&frame, message, length);
    auth_answer(&answer, (struct auth_bytes){key_bytes, 4}, (struct auth_bytes){message, length});
    answer.bytes[answer.length - 1] ^= (char)!right;
    say(trace, handle, side, frame.bytes, frame.length);
    say(trace, handle, side == TRACE_CLIENT ? TRACE_MANAGER : TRACE_CLIENT, answer.bytes, answer.length);
    text_clear(&frame);
    text_clear(&answer);
}

/* All lines, and the remarks as far as they do not hold what is random.  New. */
static char *words(struct trace *trace)
{
    struct trace_log log;
    struct text out = {0};
    json_t *names;
    trace_finish(trace, &log);
    struct heard *heard = overhear(&log, &names);
    for (size_t i = 0; i < log.count; i++)
        if (heard[i].line)
            text_printf(&out, "%s%s%s%.10s%s", out.length ? "; " : "", heard[i].line, heard[i].remark ? " (" : "",
                        heard[i].remark ? heard[i].remark : "", heard[i].remark ? ")" : "");
    overhear_free(heard, &log);
    json_decref(names);
    trace_log_clear(&log);
    return text_give(&out);
}

static void test_handshakes(void)
{
    static const char raw[] = "01234567890123456789", named[] = "{sha256}0123456789012345678901234567890123456789";
    struct trace *trace = trace_new();
    trace_manager(trace, "unix:/x", key);
    unsigned handle = trace_open(trace, 0, "x");
    challenge(trace, handle, TRACE_MANAGER, raw, 20, true);
    SAY(TRACE_MANAGER, AUTH_WELCOME);
    challenge(trace, handle, TRACE_CLIENT, named, sizeof named - 1, true);
    SAY(TRACE_CLIENT, AUTH_WELCOME);
    language_same_take(words(trace),
                       "challenge 20 bytes (raw, witho); answer md5 (right; raw); welcome; "
                       "challenge {sha256} and 40 bytes (with the n); answer {sha256} (right; wit); welcome",
                       "both generations");
    trace_manager(trace, "unix:/x", key);
    handle = trace_open(trace, 0, "x");
    challenge(trace, handle, TRACE_MANAGER, raw, 20, false);
    SAY(TRACE_MANAGER, AUTH_FAILURE);
    language_same_take(words(trace), "challenge 20 bytes (raw, witho); wrong answer of 16 bytes (right were); failure",
                       "a wrong key");
    trace_free(trace);
}

static void test_requests_and_names(void)
{
    struct trace *trace = trace_new();
    trace_manager(trace, "unix:/x/y", key);
    unsigned handle = trace_open(trace, 0, "x");
    SAY(TRACE_CLIENT, "(NVcreate\n(Vlist\nt}t.");
    SAY(TRACE_MANAGER, "(V#RETURN\n(V7f00aa\n(tt\x86.");
    SAY(TRACE_CLIENT, "(V7f00aa\nV__repr__\n)}t.");
    SAY(TRACE_MANAGER, "(V#RETURN\nVat /x/y of 7f00aa\nt.");
    SAY(TRACE_CLIENT, "GET / HTTP/1.1");
    SAY(TRACE_CLIENT, "<params>\n<param>\n<value><array><data>\n<value><nil/></value>\n<value><string>dummy</string>"
                      "</value>\n</data></array></value>\n</param>\n</params>\n");
    SAY(TRACE_MANAGER, "<params>\n<param>\n<value><array><data>\n<value><string>#ERROR</string></value>\n<value><int>7"
                       "</int></value>\n</data></array></value>\n</param>\n</params>\n");
    language_same_take(words(trace),
                       "request (None, 'create', ('list',), {}); RETURN (id1, ()); request (id1, '__repr__', (), {}); "
                       "RETURN 'at address of id1'; frame b'GET / HTTP/1.1'; request [None, 'dummy']; ERROR 7",
                       "requests");
    trace_free(trace);
}

int main(void)
{
    CU_TestInfo tests[] = {{"frames in any pieces", test_frames_in_any_pieces},
                           {"an end at any byte", test_cut_at_any_byte},
                           {"two directions, two connections, every end", test_directions_and_ends},
                           {"steps and names", test_steps_and_names},
                           {"limits", test_limits},
                           {"no trace is a trace of nothing", test_no_trace},
                           {"handshakes in words", test_handshakes},
                           {"requests and replies in words, with names for what is random", test_requests_and_names},
                           CU_TEST_INFO_NULL};
    return unit_main("trace", tests);
}
