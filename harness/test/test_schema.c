/* SPDX-License-Identifier: MIT */
/* The validator: each keyword refuses, sentences name the place, schemas that it does not understand are not loaded.
 * `test_schema --check` reads lines "DEFINITION<tab>JSON" and says of each what the adapter protocol's schema says of
 * it: harness/test/schema.sh holds that against another validator. */
#include "harness/schema.h"

#include <string.h>

#include "harness/adapter.h"
#include "harness/protocol.h"
#include "harness/test/unit.h"
#include "harness/text.h"

/* What a schema says of a value: "" if it conforms, else the sentence; new. */
static char *said(const char *schema_text, const char *json)
{
    char *trouble = NULL, *sentence;
    struct schema_problem problem;
    struct schema *schema = schema_load(schema_text, &trouble);
    json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);
    if (!schema || !value)
        sentence = trouble ? trouble : text_copy("no value");
    else
        sentence = schema_check(schema, NULL, value, &problem) ? text_copy("") : schema_sentence(&problem);
    if (schema && value)
        schema_problem_clear(&problem);
    json_decref(value);
    schema_free(schema);
    return sentence;
}

static void says(const char *schema, const char *json, const char *wanted)
{
    char *sentence = said(schema, json);
    if (strcmp(sentence, wanted) != 0)
        printf("# %s on %s: %s\n", schema, json, sentence);
    CU_ASSERT_STRING_EQUAL(sentence, wanted);
    free(sentence);
}

/* For each keyword a value that passes and one that does not. */
static void test_keywords(void)
{
    static const struct {
        const char *schema, *good, *bad;
    } rows[] = {
        {"{\"type\":\"integer\"}", "1", "1.0"},
        {"{\"type\":\"number\"}", "1", "\"1\""},
        {"{\"type\":[\"null\",\"boolean\"]}", "false", "0"},
        {"{\"const\":null}", "null", "false"},
        {"{\"const\":1}", "1", "true"},
        {"{\"enum\":[\"a\",2]}", "2", "3"},
        {"{\"minimum\":-1}", "-1", "-2"},
        {"{\"minimum\":1}", "1.5", "0.5"},
        {"{\"minimum\":1}", "\"x\"", "0"},
        {"{\"maximum\":9007199254740991}", "9007199254740991", "9007199254740992"},
        {"{\"pattern\":\"^a+$\"}", "\"aa\"", "\"ab\""},
        {"{\"pattern\":\"^a$\"}", "\"a\"", "\"a\\n\""},
        {"{\"pattern\":\"a\"}", "7", "\"b\""},
        {"{\"minLength\":2}", "\"\xc3\xa9\xc3\xa9\"", "\"\xc3\xa9\""},
        {"{\"minItems\":1}", "[1]", "[]"},
        {"{\"maxItems\":1}", "[1]", "[1,2]"},
        {"{\"uniqueItems\":true}", "[1,true]", "[1,2,1]"},
        {"{\"items\":{\"type\":\"null\"}}", "[null]", "[null,1]"},
        {"{\"prefixItems\":[{\"type\":\"null\"}],\"items\":{\"const\":1}}", "[null,1]", "[null,2]"},
        {"{\"prefixItems\":[{\"type\":\"null\"}]}", "[null,1]", "[1]"},
        {"{\"required\":[\"a\"]}", "{\"a\":null}", "{\"b\":1}"},
        {"{\"minProperties\":1}", "{\"a\":1}", "{}"},
        {"{\"maxProperties\":1}", "{\"a\":1}", "{\"a\":1,\"b\":1}"},
        {"{\"propertyNames\":{\"minLength\":2}}", "{\"ab\":1}", "{\"a\":1}"},
        {"{\"properties\":{\"a\":{\"const\":1}}}", "{\"b\":2}", "{\"a\":2}"},
        {"{\"properties\":{\"a\":true},\"additionalProperties\":false}", "{\"a\":2}", "{\"b\":2}"},
        {"{\"additionalProperties\":{\"const\":1}}", "{\"a\":1}", "{\"a\":2}"},
        {"{\"allOf\":[{\"minimum\":1},{\"maximum\":2}]}", "2", "3"},
        {"{\"anyOf\":[{\"const\":1},{\"const\":2}]}", "2", "3"},
        {"{\"not\":{\"const\":1}}", "2", "1"},
        {"{\"if\":{\"minimum\":5},\"then\":{\"const\":7}}", "4", "6"},
        {"{\"if\":{\"minimum\":5},\"then\":true,\"else\":{\"const\":4}}", "8", "3"},
        {"{\"$ref\":\"#/$defs/x\",\"$defs\":{\"x\":{\"const\":1}}}", "1", "2"},
        {"{\"items\":true}", "[2]", NULL},
        {"{\"items\":false}", "[]", "[2]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *good = rows[i].good ? said(rows[i].schema, rows[i].good) : text_copy(""),
             *bad = rows[i].bad ? said(rows[i].schema, rows[i].bad) : text_copy("bad");
        if (*good || !*bad || strncmp(bad, "#", 1) == 0)
            printf("# row %zu: '%s', '%s'\n", i, good, bad);
        CU_ASSERT_STRING_EQUAL(good, "");
        CU_ASSERT_TRUE(*bad && *bad != '#');
        free(good);
        free(bad);
    }
}

static void test_sentences(void)
{
    says("{\"properties\":{\"a/b\":{\"items\":{\"type\":\"null\"}}}}", "{\"a/b\":[null,7]}",
         "at /a~1b/1: expected a value of type null, found 7");
    says("{\"type\":\"object\",\"description\":\"a thing\"}", "[]",
         "in the whole: expected a value of type object, found [] (a thing)");
    says("{\"description\":\"outer\",\"properties\":{\"a\":{\"description\":\"inner\",\"enum\":[1,\"x\"]}}}",
         "{\"a\":null}", "at /a: expected 1 or \"x\", found null (inner)");
    says("{\"properties\":{},\"additionalProperties\":false}", "{\"b\":1}",
         "in the whole: expected no other members, found the member \"b\"");
}

/* The description that counts is that of the schema which refuses, not one that was tried on the way. */
static void test_trials_tell_nothing(void)
{
    says("{\"if\":{\"description\":\"tried\",\"const\":1},\"else\":{\"const\":2}}", "3",
         "in the whole: expected 2, found 3");
    says("{\"anyOf\":[{\"const\":1},{\"description\":\"last\",\"const\":2}]}", "3",
         "in the whole: expected 2, found 3 (last)");
}

/* A schema with anything that would go unchecked is not loaded. */
static void test_schemas_that_are_refused(void)
{
    says("{\"oneOf\":[true]}", "1", "#/oneOf: a keyword that this validator does not know");
    says("{\"properties\":{\"a\":{\"minimun\":1}}}", "1",
         "#/properties/a/minimun: a keyword that this validator does not know");
    says("{\"type\":\"int\"}", "1", "#/type: its operand is not what it must be");
    says("{\"$ref\":\"#/$defs/x\"}", "1", "#/$ref: refers to no definition");
    says("{\"$ref\":\"other.json\"}", "1", "#/$ref: refers to no definition");
    says("{\"pattern\":\"(\"}", "\"a\"", "#/pattern: expected an expression");
    says("{\"items\":[true]}", "1", "#/items: expected a schema");
    says("{\"minItems\":-1}", "1", "#/minItems: its operand is not what it must be");
    says("{\"allOf\":[]}", "1", "#/allOf: expected an array of schemas");
    says("{\"$defs\":{\"unused\":{\"frmat\":\"x\"}}}", "1",
         "#/$defs/unused/frmat: a keyword that this validator does not know");
    says("[]", "1", "#: expected a schema");
}

static void test_recursion_without_end(void)
{
    char *sentence = said("{\"$defs\":{\"a\":{\"$ref\":\"#/$defs/a\"}},\"$ref\":\"#/$defs/a\"}", "1");
    CU_ASSERT_PTR_NOT_NULL(strstr(sentence, "less nesting"));
    free(sentence);
}

/* What a definition of the adapter protocol says of a message. */
static char *protocol_says(const char *definition, const char *json)
{
    struct schema_problem problem;
    json_t *value = json_loads(json, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    if (!value)
        return text_copy("no JSON");
    bool good = schema_check(protocol_schema(), definition, value, &problem);
    char *sentence = good ? text_copy("ok") : schema_sentence(&problem);
    schema_problem_clear(&problem);
    json_decref(value);
    return sentence;
}

static void protocol(const char *definition, const char *json, const char *wanted)
{
    char *sentence = protocol_says(definition, json);
    if (!strstr(sentence, wanted))
        printf("# %s: %s\n", json, sentence);
    CU_ASSERT_PTR_NOT_NULL(strstr(sentence, wanted));
    free(sentence);
}

/* Mistakes that writers of adapters make, and what they are told. */
static void test_protocol(void)
{
    protocol("value", "1.5", "found 1.5 (a typed value");
    protocol("value", "{\"a\":1}", "found \"a\" (the tags of typed values");
    protocol("value", "{\"$dict\":{\"a\":1}}", "at /$dict: expected a value of type array");
    protocol("value", "{\"$float\":0.5}", "at /$float: expected a value of type string");
    protocol("value", "{\"$bytes\":\"abc\"}", "two for each byte");
    protocol("value", "{\"$var\":\"x\"}", "found \"$var\"");
    protocol("operand", "[{\"$var\":\"x\"}]", "ok");
    protocol("value", "9007199254740992", "9007199254740991 or less");
    protocol("value", "{\"$shared\":1}", "expected a member \"value\"");
    protocol("value", "{\"$shared\":1,\"value\":[{\"$same\":1}]}", "ok");
    protocol("value", "{\"$int\":\"1\",\"$float\":\"1\"}", "a typed value has one tag");
    protocol("observation", "{\"proxy\":{\"typeid\":\"list\"}}", "expected a member \"exposed\"");
    protocol("reply", "{\"id\":1,\"observed\":{\"copy\":1},\"error\":\"x\"}", "at most 2 members");
    protocol("ready", "\"ready unix:/tmp/x\"", "ok");
    protocol("ready", "\"ready /tmp/x\"", "an address is unix:PATH");
    protocol("address", "\"tcp:host:port\"", "tcp:HOST:PORT");
    protocol(
        "exchange",
        "{\"request\":{\"id\":1,\"op\":\"hello\",\"protocol\":1},\"reply\":{\"id\":1,\"observed\":{\"copy\":null}}}",
        "hello is answered with the member hello");
    protocol("exchange", "{\"request\":{\"id\":1,\"op\":\"reset\"},\"reply\":{\"id\":1,\"observed\":{\"copy\":0}}}",
             "observes {\"copy\": null} when it succeeds");
}

/* The schema and the program speak of the same version. */
static void test_version(void)
{
    char *message = text_format(
        "{\"protocol\":%d,\"name\":\"x\",\"version\":\"\",\"imitates\":\"3.13\",\"operations\":[],\"types\":[]}",
        ADAPTER_PROTOCOL);
    protocol("hello", message, "ok");
    free(message);
    protocol("hello",
             "{\"protocol\":99,\"name\":\"x\",\"version\":\"\",\"imitates\":\"3.13\",\"operations\":[],\"types\":[]}",
             "found 99");
}

/* Patterns on the largest texts that a line can hold cost neither stack nor much time. */
static void test_long_texts(void)
{
    size_t size = (size_t)16 << 20;
    struct schema_problem problem;
    char *digits = text_calloc(size + 1, 1);
    memset(digits, 'a', size);
    json_t *value = json_pack("{s:s}", "$bytes", digits);
    CU_ASSERT_TRUE(schema_check(protocol_schema(), "value", value, &problem));
    schema_problem_clear(&problem);
    json_decref(value);
    free(digits);
}

static int check_lines(void)
{
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        char *tab = strchr(line, '\t');
        line[strcspn(line, "\n")] = '\0';
        if (!tab)
            return 2;
        *tab = '\0';
        char *sentence = protocol_says(line, tab + 1);
        puts(sentence);
        free(sentence);
    }
    free(line);
    return 0;
}

int main(int argc, char **argv)
{
    CU_TestInfo tests[] = {{"each keyword passes what conforms and refuses what does not", test_keywords},
                           {"sentences name the place, what was expected and what came", test_sentences},
                           {"what is only tried tells nothing", test_trials_tell_nothing},
                           {"a schema that would go unchecked is not loaded", test_schemas_that_are_refused},
                           {"a definition that refers to itself ends", test_recursion_without_end},
                           {"mistakes of adapters are explained", test_protocol},
                           {"the schema and the program speak of one version", test_version},
                           {"long texts are matched", test_long_texts},
                           CU_TEST_INFO_NULL};
    return argc == 2 && strcmp(argv[1], "--check") == 0 ? check_lines() : unit_main("schema", tests);
}
