/* SPDX-License-Identifier: MIT */
/* The files of implementations: what they may say, how each mistake is answered, how commands are filled, and what is
 * found on a machine. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/implementation.h"
#include "harness/installed.h"
#include "harness/place.h"
#include "harness/problems.h"
#include "harness/test/unit.h"
#include "harness/text.h"

static char folder[] = "/tmp/test-implementation-XXXXXX";

/* Writes a file of the folder; its path, new. */
static char *put(const char *name, const char *text, int mode)
{
    char *path = text_format("%s/%s", folder, name);
    CU_ASSERT_EQUAL(place_write(path, text, strlen(text)), 0);
    CU_ASSERT_EQUAL(chmod(path, (mode_t)mode), 0);
    return path;
}

static struct implementation *load(const char *text, struct problems *problems)
{
    char *path = put("it.json", text, 0600);
    struct implementation *implementation = implementation_load(path, problems);
    free(path);
    return implementation;
}

/* The file is refused, and a message says so. */
static void refused(const char *text, const char *part)
{
    struct problems problems = {0};
    struct implementation *implementation = load(text, &problems);
    CU_ASSERT_PTR_NULL(implementation);
    CU_ASSERT_TRUE(problems.count > 0);
    bool said = false;
    for (size_t i = 0; i < problems.count; i++)
        said = said || (strstr(problems.lines[i], part) && strstr(problems.lines[i], "it.json"));
    if (!said)
        printf("# %s: nothing says '%s'\n", text, part);
    CU_ASSERT_TRUE(said);
    implementation_free(implementation);
    problems_free(&problems);
}

static struct implementation *good(const char *text)
{
    struct problems problems = {0};
    struct implementation *implementation = load(text, &problems);
    problems_print(&problems, stdout);
    CU_ASSERT_EQUAL(problems.count, 0);
    problems_free(&problems);
    CU_ASSERT_PTR_NOT_NULL_FATAL(implementation);
    return implementation;
}

static void test_everything(void)
{
    struct implementation *it =
        good("{\"format\": 1, \"name\": \"mine\", \"home\": \"https://example.org/\", \"manager\": \"m\", \"proxy\": "
             "\"p\", \"imitates\": \"3.10\", \"interpreters\": [\"a\", \"/b\"], \"identify\": \"i\", \"get\": \"g\", "
             "\"known\": \"k.json\", \"types\": [\"list\"], \"transports\": [\"unix\", \"tcp\"], \"fixtures\": true, "
             "\"xmlrpclib\": true, \"ours\": false}");
    CU_ASSERT_STRING_EQUAL(it->name, "mine");
    CU_ASSERT_STRING_EQUAL(it->kind, "mine");
    CU_ASSERT_STRING_EQUAL(it->imitates, "3.10");
    CU_ASSERT_EQUAL(json_array_size(it->interpreters), 2);
    CU_ASSERT_TRUE(it->fixtures && it->xmlrpclib && !it->ours);
    CU_ASSERT_FALSE(implementation_has_type(it, "Pool"));
    CU_ASSERT_TRUE(implementation_has_type(it, "list"));
    CU_ASSERT_TRUE(implementation_has_transport(it, "tcp"));
    CU_ASSERT_FALSE(implementation_has_transport(it, "abstract"));
    CU_ASSERT_FALSE(implementation_follows(it));
    char *known = text_format("%s/k.json", folder); /* beside the file, wherever we are */
    CU_ASSERT_STRING_EQUAL(it->known, known);
    free(known);
    implementation_free(it);
}

static void test_little(void)
{
    struct implementation *it = good("{\"name\": \"mine\", \"manager\": \"m\"}");
    CU_ASSERT_FALSE(it->fixtures || it->xmlrpclib || it->ours);
    CU_ASSERT_TRUE(implementation_has_type(it, "Pool") && implementation_has_transport(it, "abstract"));
    CU_ASSERT_TRUE(implementation_follows(it) && implementation_serves(it));
    CU_ASSERT_EQUAL(it->version, VERSION_NONE);
    implementation_free(it);
}

static void test_mistakes(void)
{
    refused("", "expected");
    refused("[]", "expected an object");
    refused("{\"name\": \"x\", \"proxy\": \"p\", \"proxy\": \"q\"}", "duplicate");
    refused("{\"proxy\": \"p\"}", "\"name\" is missing");
    refused("{\"name\": \"x\"}", "nothing to judge");
    refused("{\"name\": \"\", \"proxy\": \"p\"}", "\"name\" must be a non-empty string");
    refused("{\"name\": \"x\", \"proxy\": 5}", "\"proxy\" must be a non-empty string");
    refused("{\"name\": \"x\", \"proxy\": \"p\", \"proxi\": \"q\"}",
            "unknown member \"proxi\": there are format, name");
    refused("{\"name\": \"x\", \"proxy\": \"p\", \"format\": 2}", "\"format\" must be 1");
    refused("{\"name\": \"x\", \"proxy\": \"p\", \"format\": \"1\"}", "\"format\" must be 1");
    refused("{\"name\": \"x\", \"proxy\": \"p\", \"fixtures\": 1}", "\"fixtures\" must be a boolean");
    refused("{\"name\": \"x\", \"proxy\": \"p\", \"imitates\": \"3.7\"}", "\"imitates\" must be a version");
    refused("{\"name\": \"x\", \"proxy\": \"p\", \"imitates\": \"3.11.2\"}", "\"imitates\" must be a version");
    refused("{\"name\": \"x\", \"proxy\": \"p\", \"types\": \"Pool\"}", "\"types\" must be a non-empty array");
    refused("{\"name\": \"x\", \"proxy\": \"p\", \"types\": []}", "\"types\" must be a non-empty array");
    refused("{\"name\": \"x\", \"proxy\": \"p\", \"types\": [\"Pool\", 1]}", "\"types\" must be a non-empty array");
    refused("{\"name\": \"x\", \"proxy\": \"p\", \"transports\": [\"pigeon\"]}", "not \"pigeon\"");
    refused("{\"name\": \"x\", \"proxy\": \"p\", \"interpreters\": [\"python3\"]}", "needs \"identify\"");
}

static char *command(const struct implementation *it, const char *template, struct problems *problems)
{
    static const struct filling filling = {"unix:/a b", "/k", "pickle"};
    return implementation_command(it, template, &filling, problems);
}

static void test_commands(void)
{
    struct problems problems = {0};
    struct implementation *it = good("{\"name\": \"mine\", \"manager\": \"m\"}");
    it->python = text_copy("/usr/bin/it's");
    implementation_imitate(it, 309);
    char *filled = command(it, "{python} x {address} {compat} {not a name} {", &problems);
    CU_ASSERT_STRING_EQUAL(filled, "'/usr/bin/it'\\''s' x 'unix:/a b' 3.9 {not a name} {");
    free(filled);
    it->wrap = text_copy("nice");
    filled = command(it, "m", &problems);
    CU_ASSERT_STRING_EQUAL(filled, "nice m");
    free(filled);
    CU_ASSERT_EQUAL(problems.count, 0);
    CU_ASSERT_PTR_NULL(command(it, "{adress}", &problems));
    CU_ASSERT_PTR_NOT_NULL(strstr(problems.lines[0], "{adress}"));
    problems_free(&problems);
    implementation_free(it);
}

/* An interpreter as far as anybody asks: its version, and whether identify succeeds with it. */
#define INTERPRETER(release, status)                                                                                   \
    "#!/bin/sh\nif [ \"$1\" = identify ]; then echo 'mine 5'; echo 'it is not here' >&2; exit " status "; fi\n"        \
    "echo \"cpython " release " $0\"\n"

static struct implementation *searched(const char *first, const char *second)
{
    char *text = text_format("{\"name\": \"mine\", \"manager\": \"m\", \"interpreters\": [\"%s/%s\", \"%s/%s\"], "
                             "\"identify\": \"{python} identify\"}",
                             folder, first, folder, second);
    struct implementation *it = good(text);
    free(text);
    return it;
}

static void test_the_first_interpreter_that_has_it(void)
{
    char *bad = put("bad", INTERPRETER("3.8.1", "1"), 0700), *right = put("right", INTERPRETER("3.9.1", "0"), 0700);
    struct implementation *it = searched("bad", "right");
    CU_ASSERT_PTR_NULL(installed_find(it));
    CU_ASSERT_STRING_EQUAL(it->python, right);
    CU_ASSERT_STRING_EQUAL(it->release, "mine 5");
    CU_ASSERT_STRING_EQUAL(it->compat, "3.9");
    CU_ASSERT_EQUAL(it->version, 309);
    implementation_free(it);
    free(bad);
    free(right);
}

static void test_what_is_missing_is_said(void)
{
    char *bad = put("bad", INTERPRETER("3.8.1", "1"), 0700);
    struct implementation *it = searched("nosuch", "bad");
    char *sentence = installed_find(it);
    CU_ASSERT(sentence && strstr(sentence, "/nosuch; "));
    CU_ASSERT(sentence && strstr(sentence, "/bad: it exited with status 1: it is not here"));
    CU_ASSERT_PTR_NULL(it->release);
    free(sentence);
    implementation_free(it);
    it = good("{\"name\": \"mine\", \"manager\": \"m\", \"identify\": \"true\"}"); /* says nothing */
    sentence = installed_find(it);
    CU_ASSERT_STRING_EQUAL(sentence, "it printed nothing");
    free(sentence);
    implementation_free(it);
    free(bad);
}

static void test_those_of_the_project(void)
{
    char **names = installed_names();
    size_t count = 0;
    struct problems problems = {0};
    for (; names[count]; count++) {
        struct implementation *it = implementation_load(names[count], &problems);
        CU_ASSERT_PTR_NOT_NULL(it);
        CU_ASSERT_TRUE(!it || strcmp(it->kind, names[count]) == 0); /* a file is named as what it describes */
        implementation_free(it);
    }
    CU_ASSERT_TRUE(count >= 5);
    CU_ASSERT_EQUAL(problems.count, 0);
    problems_print(&problems, stdout);
    problems_free(&problems);
    installed_free_names(names);
}

int main(void)
{
    CU_TestInfo tests[] = {
        {"every member", test_everything},
        {"what may be left out", test_little},
        {"each mistake is told", test_mistakes},
        {"commands are filled and quoted", test_commands},
        {"the first interpreter that has it is taken", test_the_first_interpreter_that_has_it},
        {"what is missing is said, with each place that was looked at", test_what_is_missing_is_said},
        {"the files of the project are well formed", test_those_of_the_project},
        CU_TEST_INFO_NULL,
    };
    if (!mkdtemp(folder))
        return 3;
    int status = unit_main("implementation", tests);
    place_remove(folder);
    return status;
}
