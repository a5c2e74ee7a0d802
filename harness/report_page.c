/* SPDX-License-Identifier: MIT */
/* index.html: the report page.  One file without any reference to another: the sources of page/ with the results as
 * JSON between them.
 *
 * The data can hold any text that an implementation cared to send.  It stands in a script element that is no script,
 * with everything escaped that HTML or JavaScript could read as markup; and the page's own policy lets run only the
 * script and the style whose hashes it names. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "harness/case.h"
#include "harness/page.h"
#include "harness/report.h"
#include "harness/results.h"
#include "harness/select.h"
#include "harness/setup.h"
#include "harness/text.h"

/* What fills a hole of the template, @NAME@. */
struct hole {
    const char *name;
    void (*fill)(FILE *out, const json_t *data);
};

extern const struct hole report_page_holes[];

/* Members of a result that the page has from elsewhere. */
static const char *const redundant[] = {"type",  "case_index", "pairing", "case",
                                        "proxy", "manager",    "verdict", "milliseconds"};

/* What there is to tell of a result beyond its verdict; NULL: nothing. */
static json_t *detail(const struct results *results, size_t i, size_t k)
{
    const json_t *event = results_event(results, i, k);
    const enum verdict verdict = results_verdict(event);
    if (verdict == VERDICT_PASS && !json_object_get(event, "reason") && !json_object_get(event, "objects_left") &&
        !json_object_get(event, "transcript"))
        return NULL;
    json_t *item = json_copy((json_t *)event);
    for (size_t m = 0; m < sizeof redundant / sizeof *redundant; m++)
        json_object_del(item, redundant[m]);
    if (verdict_kind(verdict) == VERDICT_RED)
        results_advise(results, i, k, item);
    return item;
}

/* A case with its results: of each pairing one letter for the verdict (a is the first of verdict.def), the time, and
 * details where there are any. */
static json_t *describe(const struct results *results, size_t i, struct report_counts *counts)
{
    const struct test_case *test = results->selection->cases[i];
    const size_t pairings = results->setup->pairing_count;
    char *letters = text_calloc(pairings + 1, 1);
    json_t *clauses = json_array(), *times = json_array(), *details = json_object();
    for (size_t c = 0; c < test->clause_count; c++)
        json_array_append_new(clauses, json_string(test->clauses[c]));
    for (size_t k = 0; k < pairings; k++) {
        const json_t *event = results_event(results, i, k);
        const enum verdict verdict = results_verdict(event);
        char key[32];
        snprintf(key, sizeof key, "%zu", k);
        letters[k] = (char)('a' + (int)verdict);
        counts->passed += verdict_kind(verdict) == VERDICT_GREEN;
        counts->failed += verdict_kind(verdict) == VERDICT_RED;
        counts->skipped += verdict_kind(verdict) == VERDICT_GRAY;
        json_array_append_new(times, json_integer(json_integer_value(json_object_get(event, "milliseconds"))));
        json_t *told = detail(results, i, k);
        if (told)
            json_object_set_new(details, key, told);
    }
    json_t *item = json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:o, s:o}", "id", test->id, "title", test->title,
                             "file", test->path, "level", case_level_name(test->level), "clauses", clauses, "source",
                             json_stringn(test->text, test->text_length), "verdicts", letters, "milliseconds", times,
                             "details", details);
    free(letters);
    return item;
}

static json_t *verdict_table(void)
{
    static const char *const kinds[] = {[VERDICT_GREEN] = "green", [VERDICT_RED] = "red", [VERDICT_GRAY] = "gray"};
    json_t *table = json_array();
    for (int i = 0; i < VERDICT_COUNT; i++) {
        const enum verdict verdict = (enum verdict)i;
        json_array_append_new(table, json_pack("{s:s, s:s, s:s}", "word", verdict_word(verdict), "kind",
                                               kinds[verdict_kind(verdict)], "meaning", verdict_meaning(verdict)));
    }
    return table;
}

/* --- what fills the template --- */

/* JSON is ASCII here; of that, what could end the element or begin another one stands in strings only. */
static int put_escaped(const char *bytes, size_t length, void *out)
{
    for (size_t i = 0, from = 0; i <= length; i++)
        if (i == length || bytes[i] == '<' || bytes[i] == '>' || bytes[i] == '&') {
            fwrite(bytes + from, 1, i - from, out);
            if (i < length)
                fprintf(out, "\\u%04x", (unsigned)bytes[i]);
            from = i + 1;
        }
    return 0;
}

static void put_data(FILE *out, const json_t *data)
{
    json_dump_callback(data, put_escaped, out, JSON_COMPACT | JSON_ENSURE_ASCII);
}

static void put_style(FILE *out, const json_t *data)
{
    (void)data;
    fputs(page_css, out);
}

static void put_script(FILE *out, const json_t *data)
{
    (void)data;
    fputs(page_js, out);
}

static void put_policy(FILE *out, const json_t *data)
{
    static const char *const kinds[] = {"script-src", "style-src"};
    const char *const texts[] = {page_js, page_css};
    (void)data;
    fputs("default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'", out);
    for (size_t i = 0; i < 2; i++) {
        unsigned char digest[EVP_MAX_MD_SIZE], base64[2 * EVP_MAX_MD_SIZE] = "";
        unsigned length = 0;
        if (EVP_Digest(texts[i], strlen(texts[i]), digest, &length, EVP_sha256(), NULL))
            EVP_EncodeBlock(base64, digest, (int)length);
        fprintf(out, "; %s 'sha256-%s'", kinds[i], (const char *)base64);
    }
}

void report_page(FILE *out, const struct results *results, struct report_counts *counts)
{
    json_t *cases = json_array();
    for (size_t i = 0; i < results->selection->count; i++)
        json_array_append_new(cases, describe(results, i, counts));
    counts->failed += json_array_size(results->failures);
    json_t *data = json_pack("{s:O, s:O, s:O, s:o, s:o}", "header", results->header, "footer", results->footer,
                             "failures", results->failures, "verdicts", verdict_table(), "cases", cases);
    for (const char *at = page_html; *at;) {
        const struct hole *hole = report_page_holes;
        while (hole->name && strncmp(at, hole->name, strlen(hole->name)) != 0)
            hole++;
        if (hole->name)
            hole->fill(out, data);
        else
            fputc(*at, out);
        at += hole->name ? strlen(hole->name) : 1;
    }
    json_decref(data);
}

/* --- table --- */

const struct hole report_page_holes[] = {
    {"@POLICY@", put_policy}, {"@STYLE@", put_style}, {"@DATA@", put_data}, {"@SCRIPT@", put_script}, {0},
};
