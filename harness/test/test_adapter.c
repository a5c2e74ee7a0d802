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
    CU_ASSERT_TRUE(adapter_has_operation(adapter, "value"));
    CU_ASSERT_FALSE(adapter_has_operation(adapter, "create"));
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
