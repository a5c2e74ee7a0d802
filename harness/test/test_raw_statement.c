/* SPDX-License-Identifier: MIT */
/* Raw statements in both roles → JSON, and each way in which one can be wrong; what the header and the prompts of a raw
 * case may be. */
#include "harness/raw_statement.h"
#include "harness/test/language.h"

/* The statement of a raw prompt that has bound l, as compact JSON, or its first problem.  New. */
static char *parsed(enum peer_role peer, const char *source)
{
    static char *bound_names[] = {"address", "l"};
    const struct names bound = {bound_names, 2};
    struct problems problems = {0};
    struct statement statement;
    struct parser parser = {
        .line_text = source, .path = "t.case", .line = 1, .problems = &problems, .bound = &bound, .known = &bound};
    char *shown;
    lex_begin(&parser.lexer, source, strlen(source));
    if (raw_statement_parse(&parser, peer, &statement))
        shown = json_dumps(statement.raw, JSON_COMPACT);
    else
        shown = text_copy(problems.count == 1 ? problems.lines[0] : "not exactly one problem");
    statement_free(&statement);
    problems_free(&problems);
    return shown;
}

static void check(enum peer_role peer, const char *const (*list)[2], size_t count)
{
    for (size_t i = 0; i < count; i++)
        language_same_take(parsed(peer, list[i][0]), list[i][1], list[i][0]);
}

#define CHECK(peer, list) check(peer, list, sizeof list / sizeof *list)

static void test_client(void)
{
    static const char *const list[][2] = {
        {"connect", "{\"verb\":\"connect\"}"},
        {"handshake", "{\"verb\":\"handshake\"}"},
        {"l = create 'list', [1]", "{\"verb\":\"create\",\"values\":[\"list\",[1]],\"store\":\"l\"}"},
        {"p = receive", "{\"verb\":\"receive\",\"store\":\"p\"}"},
        {"receive nothing", "{\"verb\":\"receive\",\"what\":\"nothing\"}"},
        {"ask long protocol 2 5", "{\"verb\":\"ask\",\"how\":\"pickle\",\"long\":true,\"protocol\":2,\"values\":[5]}"},
        {"send (l, 'x', (), {}), 5", "{\"verb\":\"send\",\"how\":\"pickle\",\"values\":[{\"$tuple\":[{\"$var\":\"l\"},"
                                     "\"x\",{\"$tuple\":[]},{\"$dict\":[]}]},5]}"},
        {"send slowly cut 3 frame b'a', l",
         "{\"verb\":\"send\",\"slowly\":true,\"cut\":3,\"how\":\"frame\",\"values\":[{\"$bytes\":\"61\"},{\"$var\":"
         "\"l\"}]}"},
        {"send apart bytes b'\\x00'", "{\"verb\":\"send\",\"apart\":true,\"how\":\"bytes\",\"values\":[{\"$bytes\":"
                                      "\"00\"}]}"},
        {"challenge", "{\"verb\":\"challenge\"}"},
        {"challenge b'x'", "{\"verb\":\"challenge\",\"values\":[{\"$bytes\":\"78\"}]}"},
        {"answer raw 'sha256' key b'k' as b'{}' cut 9",
         "{\"verb\":\"answer\",\"raw\":true,\"digest\":\"sha256\",\"key\":{\"$bytes\":\"6b\"},\"as\":{\"$bytes\":"
         "\"7b7d\"},\"cut\":9}"},
    };
    CHECK(PEER_CLIENT, list);
}

static void test_server(void)
{
    static const char *const list[][2] = {
        {"on accept: send frame b''; close",
         "{\"verb\":\"on\",\"do\":[{\"verb\":\"send\",\"how\":\"frame\",\"values\":[{\"$bytes\":\"\"}]},{\"verb\":"
         "\"close\"}],\"event\":\"accept\"}"},
        {"on 'pop': nothing", "{\"verb\":\"on\",\"do\":[{\"verb\":\"nothing\"}],\"event\":\"'pop'\"}"},
        {"on 'pop'", "{\"verb\":\"on\",\"do\":[],\"event\":\"'pop'\"}"},
        {"on verdict: welcome; answer; challenge",
         "{\"verb\":\"on\",\"do\":[{\"verb\":\"welcome\"},{\"verb\":\"answer\"},{\"verb\":\"challenge\"}],\"event\":"
         "\"verdict\"}"},
        {"seen", "{\"verb\":\"seen\"}"},
        {"seen handshake", "{\"verb\":\"seen\",\"what\":\"handshake\"}"},
        {"streams", "{\"verb\":\"streams\"}"},
    };
    CHECK(PEER_SERVER, list);
}

#define PROBLEM(column, text) "t.case:1:" column ": error: " text

static void test_problems(void)
{
    static const char *const client[][2] = {
        {"seen", PROBLEM("1", "expected what a raw peer does here (send, close, …), found 'seen'")},
        {"nothing", PROBLEM("1", "expected what a raw peer does here (send, close, …), found 'nothing'")},
        {"send", PROBLEM("5", "expected a value, found the end of the line")},
        {"send protocol 6 5", PROBLEM("17", "expected a number up to 5 behind 'protocol', found '5'")},
        {"answer b'x'", PROBLEM("12", "expected the name of a digest as a str before this, found the end of the line")},
        {"answer key 'x'", PROBLEM("15", "expected bytes behind 'key', found the end of the line")},
        {"x = connect", PROBLEM("5", "expected create or receive behind 'NAME =', found 'connect'")},
        {"receive 5", PROBLEM("9", "expected the end of the line, found '5'")},
        {"send (nobody,)", NULL},
    };
    static const char *const server[][2] = {
        {"connect", PROBLEM("1", "expected what a raw peer does here (send, close, …), found 'connect'")},
        {"on", PROBLEM("3", "expected accept, answer, challenge, verdict, or the name of a function or method, found "
                            "the end of the line")},
        {"on accept close", PROBLEM("11", "expected ':', found 'close'")},
        {"on accept: receive", PROBLEM("12", "expected what a raw peer does here (send, close, …), found 'receive'")},
        {"on accept: close;", PROBLEM("18", "expected what a raw peer does here (send, close, …), found the end of the "
                                            "line")},
    };
    for (size_t i = 0; i < sizeof client / sizeof *client; i++) {
        char *seen = parsed(PEER_CLIENT, client[i][0]);
        if (client[i][1])
            language_same_take(seen, client[i][1], client[i][0]);
        else {
            CU_ASSERT(!strncmp(seen, "t.case:1:", 9));
            free(seen);
        }
    }
    CHECK(PEER_SERVER, server);
}

#define HEAD "# Title.\n# clauses: A-1\n# level: de-facto\n"

static void test_cases(void)
{
    static const char *const list[][2] = {
        {HEAD "# peer: client\n\nraw>>> connect\nraw2>>> connect\nraw>>> receive\nclosed\n", ""},
        {HEAD "# peer: server\n\n>>> l = manager.list()\nraw>>> streams\n0\n", ""},
        {HEAD "# peer: both\n\nraw>>> connect\n", NULL},
        {HEAD "\nraw>>> connect\n", NULL},
        {HEAD "# peer: client\n\n>>> l = manager.list()\n",
         "t.case:6:1: error: expected 'raw>>>': with '# peer: client' there is no other client\n"},
        {HEAD "# peer: client\n\nraw&>>> connect\n", NULL},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        char *seen = language_problems(list[i][0], strlen(list[i][0]));
        if (list[i][1])
            language_same_take(seen, list[i][1], list[i][0]);
        else {
            CU_ASSERT(strstr(seen, "error: expected") != NULL);
            free(seen);
        }
    }
    CU_ASSERT(raw_statement_prompt("raw") && raw_statement_prompt("raw12"));
    CU_ASSERT(!raw_statement_prompt("") && !raw_statement_prompt("raws") && !raw_statement_prompt("b"));
}

int main(void)
{
    CU_TestInfo tests[] = {{"statements of a client", test_client},
                           {"statements of a server", test_server},
                           {"what is refused, and where", test_problems},
                           {"headers and prompts of raw cases", test_cases},
                           CU_TEST_INFO_NULL};
    return unit_main("raw_statement", tests);
}
