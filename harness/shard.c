/* SPDX-License-Identifier: MIT */
/* Shards. */
#include "harness/shard.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/case.h"
#include "harness/options.h"
#include "harness/select.h"
#include "harness/text.h"

#define MOST_SHARDS 65536UL

/* A pair of variables that a CI system sets. */
struct source {
    const char *index, *total, *says;
    unsigned long first;     /* what the index of the first shard is */
    const char *status_file; /* variable with the path of a file to touch, or NULL */
    bool total_alone;        /* it may say that there is one shard without an index */
};

extern const struct source shard_sources[];

unsigned long shard_of(const char *id, unsigned long count)
{
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    unsigned long number = 0;
    EVP_Digest(id, strlen(id), digest, NULL, EVP_sha256(), NULL);
    for (size_t i = 0; i < 4; i++)
        number = number << 8 | digest[i];
    return number % count + 1;
}

/* --- choosing --- */

/* Decimal digits, nothing else.  MOST_SHARDS + 1 for anything that is none or too large. */
static unsigned long number_of(const char *text, size_t length)
{
    unsigned long number = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return MOST_SHARDS + 1;
        number = number * 10 + (unsigned long)(text[i] - '0');
        if (number > MOST_SHARDS)
            return MOST_SHARDS + 1;
    }
    return length ? number : MOST_SHARDS + 1;
}

static bool choose_named(struct shard_choice *choice, const char *text)
{
    const size_t before = strcspn(text, "/");
    choice->index = number_of(text, before);
    choice->of = text[before] ? number_of(text + before + 1, strlen(text + before + 1)) : 0;
    choice->from = "--shard";
    if (choice->of >= 1 && choice->of <= MOST_SHARDS && choice->index >= 1 && choice->index <= choice->of)
        return true;
    fprintf(stderr, "mpconform: --shard wants K/N such as 2/4, the second of four shards (at most %lu), not '%s'\n",
            MOST_SHARDS, text);
    return false;
}

static const char *variable(const char *name)
{
    const char *value = name ? getenv(name) : NULL;
    return value && *value ? value : NULL;
}

static bool malformed(const char *name, const char *value, const char *expected)
{
    fprintf(stderr, "mpconform: %s is '%s': expected %s (with --shard K/N it is not looked at)\n", name,
            value ? value : "", expected);
    return false;
}

static bool choose_from(struct shard_choice *choice, const struct source *source)
{
    const char *index = variable(source->index), *total = variable(source->total);
    choice->of = total ? number_of(total, strlen(total)) : 0;
    if (choice->of < 1 || choice->of > MOST_SHARDS)
        return malformed(source->total, total, "the number of shards");
    if (!index && choice->of == 1 && source->total_alone) {
        *choice = (struct shard_choice){0};
        return true;
    }
    const unsigned long number = index ? number_of(index, strlen(index)) : MOST_SHARDS + 1;
    const char *expected =
        source->first ? "a number from 1 to that of all shards" : "a number from 0 to that of all shards less 1";
    if (number < source->first || number - source->first >= choice->of)
        return malformed(source->index, index, expected);
    choice->index = number - source->first + 1;
    choice->from = source->says;
    choice->status_file = variable(source->status_file);
    return true;
}

bool shard_choose(struct shard_choice *choice, const struct options *options)
{
    *choice = (struct shard_choice){0};
    if (options->shard)
        return choose_named(choice, options->shard);
    for (const struct source *source = shard_sources; source->index; source++)
        if (variable(source->index) || variable(source->total))
            return choose_from(choice, source);
    return true;
}

/* --- taking --- */

static bool touch(const char *path)
{
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666) : -1;
    if (path && fd < 0) {
        fprintf(stderr, "mpconform: cannot touch %s, by which Bazel knows that shards are made: %s\n", path,
                strerror(errno));
        return false;
    }
    if (fd >= 0)
        close(fd);
    return true;
}

/* The largest number of shards, at most count, of which none is empty: with one it never is. */
static unsigned long largest_full(const struct selection *selection, unsigned long count)
{
    for (; count > 1; count--) {
        bool *used = text_calloc(count, sizeof *used);
        unsigned long full = 0;
        for (size_t i = 0; count <= selection->count && i < selection->count; i++) {
            const unsigned long at = shard_of(selection->cases[i]->id, count) - 1;
            full += !used[at];
            used[at] = true;
        }
        free(used);
        if (full == count)
            break;
    }
    return count;
}

static bool belongs(const struct test_case *test, const void *choice)
{
    const struct shard_choice *wanted = choice;
    return shard_of(test->id, wanted->of) == wanted->index;
}

bool shard_take(struct selection *selection, const struct shard_choice *choice)
{
    if (!touch(choice->status_file))
        return false;
    if (!choice->of)
        return true;
    const size_t whole = selection->count;
    const unsigned long full = largest_full(selection, choice->of);
    selection->shard.index = choice->index;
    selection->shard.of = choice->of;
    selection->shard.whole = whole;
    selection->shard.whole_hash = select_hash(selection);
    select_keep(selection, belongs, choice);
    if (selection->count)
        return true;
    fprintf(
        stderr,
        "mpconform: shard %lu of %lu (%s) has none of the %zu selected case%s, and an empty selection is not green: "
        "with %lu shard%s none is empty\n",
        choice->index, choice->of, choice->from, whole, whole == 1 ? "" : "s", full, full == 1 ? "" : "s");
    return false;
}

/* --- the variables --- */

const struct source shard_sources[] = {
    {"TEST_SHARD_INDEX", "TEST_TOTAL_SHARDS", "TEST_SHARD_INDEX and TEST_TOTAL_SHARDS, as Bazel sets them", 0,
     "TEST_SHARD_STATUS_FILE", false},
    {"CI_NODE_INDEX", "CI_NODE_TOTAL", "CI_NODE_INDEX and CI_NODE_TOTAL, as GitLab sets them", 1, NULL, true},
    {0},
};
