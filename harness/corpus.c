/* SPDX-License-Identifier: MIT */
/* All cases of a folder. */
#include "harness/corpus.h"

#include "harness/parse_case.h"
#include "harness/text.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define SUFFIX ".case"
#define FILE_MOST ((size_t)4 << 20) /* bytes of a case file: it is to be read by people */
#define DEPTH_MOST 16               /* folders in folders */

/* Whether text is an id: path components of letters, digits, '.', '_' and '-', none of which begins with '.' or '-'. */
static bool valid_id(const char *text)
{
    static const char *const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/";
    if (text[strspn(text, allowed)] || !*text || text[strlen(text) - 1] == '/')
        return false;
    for (const char *p = text; p; p = strchr(p, '/')) {
        p += p != text;
        if (strchr(".-/", *p))
            return false;
    }
    return true;
}

/* The whole file, new, or NULL with a problem. */
static char *read_file(const char *path, size_t *length, struct problems *problems)
{
    struct text content = {0};
    char block[1 << 16];
    size_t got;
    FILE *file = fopen(path, "rb");
    if (!file) {
        problems_add(problems, path, 0, 0, "cannot be read: %s", strerror(errno));
        return NULL;
    }
    while ((got = fread(block, 1, sizeof block, file)) > 0 && content.length <= FILE_MOST)
        text_add(&content, block, got);
    bool failed = ferror(file);
    int reason = errno;
    fclose(file);
    if (!failed && content.length <= FILE_MOST) {
        *length = content.length;
        return text_give(&content);
    }
    problems_add(problems, path, 0, 0, "cannot be read: %s", failed ? strerror(reason) : "larger than 4 MiB");
    text_clear(&content);
    return NULL;
}

/* Parses the file into the corpus, at its end. */
static void add_file(struct corpus *corpus, const char *id, const char *path, struct problems *problems)
{
    size_t length;
    char *text;
    struct test_case *test = NULL;
    if (!valid_id(id)) {
        problems_add(problems, path, 0, 0,
                     "expected a path of letters, digits, '-', '_' and '.', since it is the id of the case");
        return;
    }
    if ((text = read_file(path, &length, problems)))
        test = parse_case(id, path, text, length, problems);
    free(text);
    if (!test)
        return;
    corpus->cases = text_realloc(corpus->cases, (corpus->count + 1) * sizeof(void *));
    corpus->cases[corpus->count++] = test;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length > tail && !strcmp(text + length - tail, end);
}

static void add_folder(struct corpus *corpus, const char *path, const char *prefix, int depth,
                       struct problems *problems);

static void add_entry(struct corpus *corpus, const char *folder, const char *prefix, const char *name, int depth,
                      struct problems *problems)
{
    char *path = text_format("%s/%s", folder, name), *id = text_format("%s%s", prefix, name);
    struct stat info;
    if (stat(path, &info)) {
        problems_add(problems, path, 0, 0, "cannot be read: %s", strerror(errno));
    } else if (S_ISDIR(info.st_mode)) {
        char *below = text_format("%s/", id);
        add_folder(corpus, path, below, depth + 1, problems);
        free(below);
    } else if (ends_with(name, SUFFIX)) {
        id[strlen(id) - strlen(SUFFIX)] = '\0';
        add_file(corpus, id, path, problems);
    } else if (strcmp(name, "README.md") != 0) {
        problems_add(problems, path, 0, 0, "expected a name that ends in .case: only cases and README.md belong here");
    }
    free(path);
    free(id);
}

static void add_folder(struct corpus *corpus, const char *path, const char *prefix, int depth,
                       struct problems *problems)
{
    struct dirent *entry;
    if (depth > DEPTH_MOST) {
        problems_add(problems, path, 0, 0, "expected at most %d folders in each other", DEPTH_MOST);
        return;
    }
    DIR *folder = opendir(path);
    if (!folder) {
        problems_add(problems, path, 0, 0, "cannot be read: %s", strerror(errno));
        return;
    }
    for (errno = 0; (entry = readdir(folder)); errno = 0)
        if (*entry->d_name != '.')
            add_entry(corpus, path, prefix, entry->d_name, depth, problems);
    if (errno)
        problems_add(problems, path, 0, 0, "cannot be read: %s", strerror(errno));
    closedir(folder);
}

static int by_id(const void *a, const void *b)
{
    return strcmp((*(struct test_case *const *)a)->id, (*(struct test_case *const *)b)->id);
}

static int by_letters(const void *a, const void *b)
{
    return strcasecmp((*(struct test_case *const *)a)->id, (*(struct test_case *const *)b)->id);
}

/* Two ids that differ in capitals only would be one file on some systems. */
static void check_ids(const struct corpus *corpus, struct problems *problems)
{
    struct test_case **sorted = text_calloc(corpus->count + 1, sizeof(void *));
    for (size_t i = 0; i < corpus->count; i++)
        sorted[i] = corpus->cases[i];
    qsort(sorted, corpus->count, sizeof(void *), by_letters);
    for (size_t i = 1; i < corpus->count; i++)
        if (!by_letters(&sorted[i - 1], &sorted[i]))
            problems_add(problems, sorted[i]->path, 0, 0, "the id %s exists already: %s", sorted[i]->id,
                         sorted[i - 1]->path);
    free(sorted);
}

void corpus_load(struct corpus *corpus, const char *root, struct problems *problems)
{
    size_t before = problems->count;
    *corpus = (struct corpus){.root = text_copy(root)};
    for (size_t length = strlen(corpus->root); length > 1 && corpus->root[length - 1] == '/';)
        corpus->root[--length] = '\0';
    add_folder(corpus, corpus->root, "", 0, problems);
    if (corpus->count)
        qsort(corpus->cases, corpus->count, sizeof(void *), by_id);
    check_ids(corpus, problems);
    if (!corpus->count && problems->count == before)
        problems_add(problems, corpus->root, 0, 0, "expected cases in this folder, found none");
}

/* path relative to the folder, both as the system knows them; new, or NULL if it is not below. */
static char *below(const char *folder, const char *path)
{
    char *full_folder = realpath(folder, NULL), *full_path = realpath(path, NULL), *found = NULL;
    size_t length = full_folder ? strlen(full_folder) : 0;
    if (full_folder && full_path && !strncmp(full_folder, full_path, length) && full_path[length] == '/')
        found = text_copy(full_path + length + 1);
    free(full_folder);
    free(full_path);
    return found;
}

static bool same_file(const char *a, const char *b)
{
    struct stat info_a, info_b;
    return !stat(a, &info_a) && !stat(b, &info_b) && info_a.st_dev == info_b.st_dev && info_a.st_ino == info_b.st_ino;
}

static size_t find_index(const struct corpus *corpus, const char *id)
{
    size_t i = 0;
    while (i < corpus->count && strcmp(corpus->cases[i]->id, id) != 0)
        i++;
    return i;
}

size_t corpus_add(struct corpus *corpus, const char *path, struct problems *problems)
{
    size_t before = corpus->count, found;
    char *id = below(corpus->root, path);
    bool inside = id != NULL;
    if (!ends_with(path, SUFFIX)) {
        problems_add(problems, path, 0, 0, "expected a name that ends in .case");
        free(id);
        return SIZE_MAX;
    }
    if (!id) {
        const char *start = path;
        while (!strncmp(start, "./", 2) || !strncmp(start, "../", 3) || *start == '/')
            start = strchr(start, '/') + 1;
        id = text_copy(start);
    }
    id[strlen(id) - strlen(SUFFIX)] = '\0';
    found = find_index(corpus, id);
    if (found < before && !inside && !same_file(path, corpus->cases[found]->path)) {
        problems_add(problems, path, 0, 0, "the id %s exists already: %s", id, corpus->cases[found]->path);
        found = SIZE_MAX;
    } else if (found == before) {
        add_file(corpus, id, path, problems);
        found = corpus->count > before ? before : SIZE_MAX;
    }
    free(id);
    return found;
}

void corpus_check(const struct corpus *corpus, struct problems *problems)
{
    for (size_t i = 0; i < corpus->count; i++) {
        bool recorded = false;
        for (size_t k = 0; k < version_known_count; k++)
            recorded = recorded || case_recorded(corpus->cases[i], version_known[k]);
        if (!recorded)
            problems_add(problems, corpus->cases[i]->path, 0, 0, "nothing is recorded: run mpconform record %s",
                         corpus->cases[i]->id);
    }
}

struct test_case *corpus_find(const struct corpus *corpus, const char *id)
{
    size_t i = find_index(corpus, id);
    return i < corpus->count ? corpus->cases[i] : NULL;
}

/* FNV-1a. */
static uint64_t hash(uint64_t sum, const void *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        sum = (sum ^ ((const unsigned char *)bytes)[i]) * UINT64_C(0x100000001b3);
    return sum;
}

void corpus_hash(const struct corpus *corpus, char out[static 17])
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < corpus->count; i++) {
        sum = hash(sum, corpus->cases[i]->id, strlen(corpus->cases[i]->id) + 1);
        sum = hash(sum, corpus->cases[i]->text, corpus->cases[i]->text_length + 1);
    }
    snprintf(out, 17, "%016" PRIx64, sum);
}

void corpus_free(struct corpus *corpus)
{
    for (size_t i = 0; i < corpus->count; i++)
        case_free(corpus->cases[i]);
    free(corpus->cases);
    free(corpus->root);
    *corpus = (struct corpus){0};
}
