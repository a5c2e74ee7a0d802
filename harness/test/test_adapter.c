/* SPDX-License-Identifier: MIT */
/* The harness's side of the adapter protocol, against adapters that are shell scripts: every way to answer is sorted.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/adapter.h"
#include "harness/process.h"
#include "harness/test/unit.h"
#include "harness/text.h"

#define SOON (process_now() + 20000)
#define HELLO                                                                                                          \
    "{\"id\":1,\"hello\":{\"protocol\":1,\"name\":\"x\",\"version\":\"2\",\"imitates\":\"3.9\",\"operations\":["       \
    "\"hello\",\"value\"],\"types\":[\"list\"]}}"
#define REFUSAL "{\"id\":2,\"unsupported\":\"no\"}"

/* An adapter that answers the requests one after another with these lines (NULL-terminated), whatever they are. */
static struct adapter *scripted(const char *const *lines)
{
    struct text script = {0};
    for (; *lines; lines++) {
        char *quoted = text_quote(*lines);
        text_printf(&script, "read -r request || exit; %s\n", *lines[0] == '!' ? *lines + 1 : "");
        if (*lines[0] != '!')
            text_printf(&script, "printf '%%s\\n' %s\n", quoted);
        free(quoted);
    }
    char *quoted = text_quote(script.bytes), *command = text_format("sh -c %s", quoted);
    struct adapter *adapter = adapter_start(command);
    free(command);
    free(quoted);
    text_clear(&script);
    return adapter;
}

static enum answer greeted(const char *hello, const char *refusal)
{
    struct adapter *adapter = scripted((const char *const[]){hello, refusal, NULL});
    enum answer answer = adapter_greet(adapter, SOON);
    adapter_end(adapter);
    return answer;
}

static void test_greeting(void)
{
    struct adapter *adapter = scripted((const char *const[]){HELLO, REFUSAL, NULL});
    CU_ASSERT_EQUAL(adapter_greet(adapter, SOON), ANSWER_OBSERVED);
    CU_ASSERT_STRING_EQUAL(adapter_imitates_peek(adapter), "3.9");
    CU_ASSERT_STRING_EQUAL(adapter_name_peek(adapter), "x");
    CU_ASSERT_TRUE(adapter_has_operation(adapter, "value", NULL));
    CU_ASSERT_FALSE(adapter_has_operation(adapter, "create", NULL));
    CU_ASSERT_TRUE(adapter_has_type(adapter, "list"));
    CU_ASSERT_FALSE(adapter_has_type(adapter, "dict"));
    char *sentence = adapter_finish(adapter, SOON);
    CU_ASSERT_PTR_NULL(sentence);
    free(sentence);
    adapter_end(adapter);
}

static void test_bad_greetings(void)
{
    CU_ASSERT_EQUAL(greeted("{\"id\":1,\"hello\":{\"protocol\":2,\"operations\":[],\"types\":[]}}", REFUSAL),
                    ANSWER_MALFORMED);
    CU_ASSERT_EQUAL(greeted("{\"id\":1,\"hello\":{\"protocol\":1,\"operations\":[]}}", REFUSAL), ANSWER_MALFORMED);
    CU_ASSERT_EQUAL(greeted("{\"id\":1,\"observed\":{\"copy\":null}}", REFUSAL), ANSWER_MALFORMED);
    CU_ASSERT_EQUAL(greeted(HELLO, "{\"id\":2,\"observed\":{\"copy\":null}}"), ANSWER_MALFORMED);
    CU_ASSERT_EQUAL(greeted(HELLO, "{\"id\":2,\"hello\":{\"protocol\":1,\"operations\":[],\"types\":[]}}"),
                    ANSWER_MALFORMED);
    CU_ASSERT_EQUAL(greeted(HELLO, "!exit 0"), ANSWER_EXITED);
    CU_ASSERT_EQUAL(greeted("!kill -ABRT $$", REFUSAL), ANSWER_CRASHED);
    CU_ASSERT_EQUAL(greeted(HELLO, "{\"id\":2,\"error\":\"unknown\"}"), ANSWER_OBSERVED);
}

/* Operations may be declared name by name; what is declared and then refused is no declaration. */
static void test_declarations(void)
{
    static const char hello[] = "{\"id\":1,\"hello\":{\"protocol\":1,\"operations\":[\"create\",\"operator:add\"],"
                                "\"types\":[\"*\"],\"serializers\":[\"pickle\"]}}";
    static const char no[] = "{\"id\":%d,\"unsupported\":\"no\"}";
    json_t *observed;
    char *lines[6] = {text_copy(hello), text_copy(REFUSAL)}, *name;
    for (int i = 3; i <= 5; i++)
        lines[i - 1] = text_format(no, i);
    struct adapter *adapter = scripted((const char *const *)lines);
    CU_ASSERT_EQUAL(adapter_greet(adapter, SOON), ANSWER_OBSERVED);
    CU_ASSERT_TRUE(adapter_has_operation(adapter, "operator", "add"));
    CU_ASSERT_FALSE(adapter_has_operation(adapter, "operator", "sub"));
    CU_ASSERT_FALSE(adapter_has_operation(adapter, "operator", NULL));
    CU_ASSERT_TRUE(adapter_has_type(adapter, "anything"));
    CU_ASSERT_TRUE(adapter_has_serializer(adapter, "pickle", true));
    CU_ASSERT_FALSE(adapter_has_serializer(adapter, "xmlrpclib", true));
    json_t *request = json_pack("{s:s, s:s, s:[]}", "op", "operator", "name", "sub", "operands");
    CU_ASSERT_FALSE(adapter_has_request(adapter, request, &name));
    CU_ASSERT_STRING_EQUAL(name, "operator:sub");
    free(name);
    CU_ASSERT_EQUAL(adapter_ask_take(adapter, request, SOON, &observed), ANSWER_UNSUPPORTED);
    request = json_pack("{s:s, s:s, s:[]}", "op", "operator", "name", "add", "operands");
    CU_ASSERT_EQUAL(adapter_ask_take(adapter, request, SOON, &observed), ANSWER_CONTRADICTS);
    CU_ASSERT_EQUAL(adapter_ask_take(adapter, json_pack("{s:s}", "op", "create"), SOON, &observed), ANSWER_CONTRADICTS);
    CU_ASSERT_PTR_NOT_NULL(strstr(adapter_trouble_peek(adapter), "declares: create: no"));
    for (size_t i = 0; lines[i]; i++)
        free(lines[i]);
    adapter_end(adapter);
}

/* An adapter that writes into a buffer and never empties it is told so, and not only that it is late. */
static void test_buffered(void)
{
    struct adapter *adapter = adapter_start("sh -c 'read -r request; answer=$(cat); echo \"{}\"'");
    CU_ASSERT_EQUAL(adapter_greet(adapter, process_now() + 200), ANSWER_LATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(adapter_trouble_peek(adapter), "kept it in a buffer until its input ended. To mend"));
    adapter_end(adapter);
    adapter = adapter_start("sh -c 'cat >/dev/null'");
    CU_ASSERT_EQUAL(adapter_greet(adapter, process_now() + 200), ANSWER_LATE);
    CU_ASSERT_PTR_NULL(strstr(adapter_trouble_peek(adapter), "buffer"));
    adapter_end(adapter);
}

/* What beginners get wrong first, and the sentence that tells them what to do. */
static void told(const char *hello, const char *part)
{
    struct adapter *adapter = scripted((const char *const[]){hello, REFUSAL, NULL});
    adapter_greet(adapter, SOON);
    if (!strstr(adapter_trouble_peek(adapter), part))
        printf("# %s\n", adapter_trouble_peek(adapter));
    CU_ASSERT_PTR_NOT_NULL(strstr(adapter_trouble_peek(adapter), part));
    adapter_end(adapter);
}

static void test_advice(void)
{
    told("Adapter 1.0 ready.", "Adapter 1.0 ready. ('[' or '{' expected near 'Adapter')");
    told("Adapter 1.0 ready.", "everything else goes to standard error");
    told("{\"id\":0,\"hello\":{}}", "asked 1, answered 0. To mend it: a reply repeats the id");
    told("{\"id\":\"1\",\"hello\":{}}", "asked 1, answered \"1\"");
    told("{\"hello\":{}}", "asked 1, answered without id");
    told("!exit 0", "it exited with status 0. To mend it: answer every line");
    told("{\"id\":1,\"hallo\":{}}", "run with --validate");
}

/* With validation, both directions are held against the schema. */
static void test_validation(void)
{
    static const char hello[] =
        "{\"id\":1,\"hello\":{\"protocol\":1,\"name\":\"x\",\"version\":\"\",\"operations\":[],\"types\":[]}}";
    json_t *observed;
    struct adapter *adapter = scripted((const char *const[]){hello, NULL});
    adapter_validate(adapter);
    CU_ASSERT_EQUAL(adapter_greet(adapter, SOON), ANSWER_INVALID);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(adapter_trouble_peek(adapter), "at /reply/hello: expected a member \"imitates\", found {"));
    CU_ASSERT_PTR_NOT_NULL(strstr(adapter_trouble_peek(adapter), "the request was {\"op\":\"hello\",\"protocol\":1,"));
    adapter_end(adapter);
    adapter = scripted((const char *const[]){"{\"id\":1,\"observed\":{\"copy\":null}}", NULL});
    adapter_validate(adapter);
    CU_ASSERT_EQUAL(adapter_ask_take(adapter, json_pack("{s:s, s:i}", "op", "drop", "name", 7), SOON, &observed),
                    ANSWER_INVALID);
    CU_ASSERT_PTR_NOT_NULL(strstr(adapter_trouble_peek(adapter), "at /name: expected a value of type string, found 7"));
    adapter_end(adapter);
}

/* What one reply to one request is sorted as. */
static enum answer sorted(const char *reply)
{
    json_t *observed = NULL;
    struct adapter *adapter = scripted((const char *const[]){reply, NULL});
    enum answer answer = adapter_ask_take(adapter, json_pack("{s:s}", "op", "value"), SOON, &observed);
    CU_ASSERT_EQUAL(observed != NULL, answer == ANSWER_OBSERVED);
    CU_ASSERT_EQUAL(*adapter_trouble_peek(adapter) != '\0', answer != ANSWER_OBSERVED);
    CU_ASSERT_FALSE(adapter_busy(adapter));
    json_decref(observed);
    adapter_end(adapter);
    return answer;
}

static void test_observations(void)
{
    CU_ASSERT_EQUAL(sorted("{\"id\":1,\"observed\":{\"copy\":null}}"), ANSWER_OBSERVED);
    CU_ASSERT_EQUAL(sorted("{\"observed\":{\"lost\":\"EOF\"},\"id\":1}"), ANSWER_OBSERVED);
    CU_ASSERT_EQUAL(sorted("{\"id\":1,\"observed\":{}}"), ANSWER_MALFORMED);
    CU_ASSERT_EQUAL(sorted("{\"id\":1,\"observed\":null}"), ANSWER_MALFORMED);
    CU_ASSERT_EQUAL(sorted("{\"id\":1,\"observed\":{\"copy\":1,\"lost\":\"EOF\"}}"), ANSWER_MALFORMED);
    CU_ASSERT_EQUAL(sorted("{\"id\":1,\"observed\":{\"copy\":1,\"more\":1}}"), ANSWER_MALFORMED);
    CU_ASSERT_EQUAL(sorted("{\"id\":1,\"observed\":{\"cpoy\":1}}"), ANSWER_MALFORMED);
}

static void test_other_replies(void)
{
    CU_ASSERT_EQUAL(sorted("{\"id\":1,\"unsupported\":\"no\"}"), ANSWER_UNSUPPORTED);
    CU_ASSERT_EQUAL(sorted("{\"id\":1,\"error\":\"oh\"}"), ANSWER_ERROR);
    CU_ASSERT_EQUAL(sorted("{\"id\":1,\"error\":7}"), ANSWER_MALFORMED);
    CU_ASSERT_EQUAL(sorted("{\"id\":1}"), ANSWER_MALFORMED);
    CU_ASSERT_EQUAL(sorted("{\"id\":1,\"observed\":{\"copy\":1},\"error\":\"oh\"}"), ANSWER_MALFORMED);
    CU_ASSERT_EQUAL(sorted("{\"id\":1,\"observed\":{\"copy\":1},\"extra\":1}"), ANSWER_MALFORMED);
}

static void test_wrong_ids(void)
{
    CU_ASSERT_EQUAL(sorted("{\"id\":2,\"observed\":{\"copy\":1}}"), ANSWER_WRONG_ID);
    CU_ASSERT_EQUAL(sorted("{\"id\":\"1\",\"observed\":{\"copy\":1}}"), ANSWER_WRONG_ID);
    CU_ASSERT_EQUAL(sorted("{\"id\":1.0,\"observed\":{\"copy\":1}}"), ANSWER_WRONG_ID);
    CU_ASSERT_EQUAL(sorted("{\"observed\":{\"copy\":1}}"), ANSWER_WRONG_ID);
}

static void test_garbage(void)
{
    CU_ASSERT_EQUAL(sorted("hello"), ANSWER_GARBAGE);
    CU_ASSERT_EQUAL(sorted(""), ANSWER_GARBAGE);
    CU_ASSERT_EQUAL(sorted("[1]"), ANSWER_GARBAGE);
    CU_ASSERT_EQUAL(sorted("{\"id\":1,\"observed\":{\"copy\":1}} trailing"), ANSWER_GARBAGE);
    CU_ASSERT_EQUAL(sorted("{\"id\":1,\"id\":1,\"observed\":{\"copy\":1}}"), ANSWER_GARBAGE);
    CU_ASSERT_EQUAL(sorted("{\"id\":1,\"observed\":{\"copy\":\"\xff\"}}"), ANSWER_GARBAGE);
}

static void test_endings(void)
{
    CU_ASSERT_EQUAL(sorted("!exit 0"), ANSWER_EXITED);
    CU_ASSERT_EQUAL(sorted("!exit 9"), ANSWER_EXITED);
    CU_ASSERT_EQUAL(sorted("!kill -SEGV $$"), ANSWER_CRASHED);
    CU_ASSERT_EQUAL(sorted("!printf '{\"id\":1'; kill -SEGV $$"), ANSWER_CRASHED);
    CU_ASSERT_EQUAL(sorted("!echo '==1==ERROR: LeakSanitizer: detected memory leaks' >&2; exit 1"), ANSWER_CRASHED);
}

static void test_one_reply_too_many(void)
{
    CU_ASSERT_EQUAL(sorted("!printf '{\"id\":1,\"observed\":{\"copy\":1}}\\n{\"id\":1,\"observed\":{\"copy\":1}}\\n'"),
                    ANSWER_UNASKED);
}

static void test_late(void)
{
    json_t *observed;
    struct adapter *adapter =
        scripted((const char *const[]){"!read -r more; echo '{\"id\":1,\"observed\":{\"copy\":1}}'", NULL});
    CU_ASSERT_EQUAL(adapter_ask_take(adapter, json_pack("{s:s}", "op", "value"), process_now() + 20, &observed),
                    ANSWER_LATE);
    CU_ASSERT_TRUE(adapter_busy(adapter));
    CU_ASSERT_TRUE(process_write(adapter_process_peek(adapter), "\n", 1, SOON));
    CU_ASSERT_EQUAL(adapter_wait(adapter, SOON, &observed), ANSWER_OBSERVED);
    CU_ASSERT_FALSE(adapter_busy(adapter));
    json_decref(observed);
    adapter_end(adapter);
}

static void finish_says(const char *script, const char *part)
{
    char *quoted = text_quote(script), *command = text_format("sh -c %s", quoted);
    struct adapter *adapter = adapter_start(command);
    char *sentence = adapter_finish(adapter, process_now() + 1000);
    if (part)
        CU_ASSERT_PTR_NOT_NULL(sentence);
    CU_ASSERT_TRUE(part ? sentence && strstr(sentence, part) : !sentence);
    free(sentence);
    free(command);
    free(quoted);
    adapter_end(adapter);
}

static void test_finish(void)
{
    finish_says("cat", NULL);
    finish_says("cat; exit 3", "exited with status 3");
    finish_says("cat; kill -SEGV $$", "signal 11");
    finish_says("cat; echo '==1== 3 bytes are definitely lost' >&2", "definitely lost");
    finish_says("cat; exec sleep 1000", "did not exit");
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"operations are declared as a whole or by name", test_declarations},
        {"an answer that is kept in a buffer", test_buffered},
        {"beginners are told what to do", test_advice},
        {"validation in both directions", test_validation},
        {"hello and the honesty probe", test_greeting},
        {"greetings that are refused", test_bad_greetings},
        {"observations", test_observations},
        {"replies that are no observation", test_other_replies},
        {"the id of another request", test_wrong_ids},
        {"lines that are no JSON object", test_garbage},
        {"adapters that end", test_endings},
        {"one reply too many", test_one_reply_too_many},
        {"a late reply can still be collected", test_late},
        {"the end of input", test_finish},
        CU_TEST_INFO_NULL,
    };
    return unit_main("adapter", tests);
}
