/* SPDX-License-Identifier: MIT */
/* Selectors of the command line. */
#include "harness/select.h"

#include "harness/text.h"

#include <fnmatch.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A selector of the form "name:value": whether it selects the case. */
struct kind {
    const char *name;
    bool (*matches)(const struct test_case *test, const char *value);
};

static const struct kind *find_kind(const char *selector, const char **value);

/* clause:CALL-4, or the group clause:CALL. */
static bool cites(const struct test_case *test, const char *value)
{
    size_t length = strlen(value);
    for (size_t i = 0; i < test->clause_count; i++)
        if (!strcmp(test->clauses[i], value) ||
            (!strncmp(test->clauses[i], value, length) && test->clauses[i][length] == '-'))
            return true;
    return false;
}

static bool has_level(const struct test_case *test, const char *value)
{
    return !strcmp(case_level_name(test->level), value);
}

static bool creates(const struct test_case *test, const char *value)
{
    for (size_t i = 0; i < test->type_count; i++)
        if (!strcmp(test->types[i], value))
            return true;
    return false;
}

/* An id, a folder, or a glob. */
static bool names_case(const struct test_case *test, const char *value)
{
    size_t length = strlen(value);
    if (!strcmp(test->id, value) || (value[strcspn(value, "*?[")] && !fnmatch(value, test->id, 0)))
        return true;
    if (length && value[length - 1] == '/')
        length--;
    return length && !strncmp(test->id, value, length) && test->id[length] == '/';
}

static bool is_file(const char *selector)
{
    struct stat info;
    size_t length = strlen(selector);
    return length > 5 && !strcmp(selector + length - 5, ".case") && !stat(selector, &info);
}

/* cases/list as a shell completes it: what stands behind the corpus's folder, or "" for that folder itself; NULL if it
 * is no such path. */
static const char *inside_root(const struct corpus *corpus, const char *selector)
{
    size_t length = strlen(corpus->root);
    if (strncmp(selector, corpus->root, length) != 0 || (selector[length] && selector[length] != '/'))
        return NULL;
    selector += length;
    return selector + strspn(selector, "/");
}

/* Marks what the selector selects; the number of cases it selects. */
static size_t mark(struct corpus *corpus, const char *selector, bool **marks, struct problems *problems)
{
    size_t found = 0, added, before = corpus->count;
    const char *value = selector, *inside;
    const struct kind *kind = find_kind(selector, &value);
    if (is_file(selector)) {
        if ((added = corpus_add(corpus, selector, problems)) == SIZE_MAX)
            return 1; /* the problem is told already */
        *marks = text_realloc(*marks, (corpus->count + 1) * sizeof **marks);
        if (corpus->count > before)
            (*marks)[before] = false;
        (*marks)[added] = true;
        return 1;
    }
    for (size_t i = 0; i < corpus->count; i++)
        if (kind ? kind->matches(corpus->cases[i], value) : names_case(corpus->cases[i], selector)) {
            (*marks)[i] = true;
            found++;
        }
    if (found || kind || !(inside = inside_root(corpus, selector)))
        return found;
    for (size_t i = 0; i < corpus->count; i++)
        if (!*inside || names_case(corpus->cases[i], inside)) {
            (*marks)[i] = true;
            found++;
        }
    return found;
}

bool select_cases(struct selection *selection, struct corpus *corpus, const char *const *selectors, size_t count,
                  struct problems *problems)
{
    size_t before = problems->count;
    bool *marks = text_calloc(corpus->count + 1, sizeof *marks);
    *selection = (struct selection){0};
    for (size_t i = 0; i < count; i++)
        if (!mark(corpus, selectors[i], &marks, problems))
            problems_add(problems, NULL, 0, 0, "the selector '%s' matches no case: `mpconform list` shows all",
                         selectors[i]);
    selection->cases = text_calloc(corpus->count + 1, sizeof(void *));
    for (size_t i = 0; i < corpus->count; i++)
        if (!count || marks[i])
            selection->cases[selection->count++] = corpus->cases[i];
    free(marks);
    if (!selection->count && problems->count == before)
        problems_add(problems, NULL, 0, 0, "no case is selected");
    return problems->count == before;
}

void select_free(struct selection *selection)
{
    free(selection->cases);
    free(selection->shard.whole_hash);
    *selection = (struct selection){0};
}

char *select_hash(const struct selection *selection)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    struct text hex = {0};
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
    for (size_t i = 0; good && i < selection->count; i++) {
        const struct test_case *test = selection->cases[i];
        char *head = text_format("%s\n%zu\n", test->id, test->text_length);
        good = EVP_DigestUpdate(ctx, head, strlen(head)) && EVP_DigestUpdate(ctx, test->text, test->text_length);
        free(head);
    }
    good = good && EVP_DigestFinal_ex(ctx, digest, &length);
    if (good)
        text_hex(&hex, digest, length);
    EVP_MD_CTX_free(ctx);
    return text_give(&hex);
}

void select_keep(struct selection *selection, bool (*wanted)(const struct test_case *test, const void *context),
                 const void *context)
{
    size_t kept = 0;
    for (size_t i = 0; i < selection->count; i++)
        if (wanted(selection->cases[i], context))
            selection->cases[kept++] = selection->cases[i];
    selection->count = kept;
}

static const struct kind *find_kind(const char *selector, const char **value)
{
    static const struct kind table[] = {
        {"clause:", cites},
        {"level:", has_level},
        {"type:", creates},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t length = strlen(table[i].name);
        if (!strncmp(selector, table[i].name, length)) {
            *value = selector + length;
            return &table[i];
        }
    }
    return NULL;
}
