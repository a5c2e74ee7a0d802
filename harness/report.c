/* SPDX-License-Identifier: MIT */
/* All renderings of a run: the table of files, and the proof that their counts agree. */
#include "harness/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/results.h"
#include "harness/text.h"

struct rendering {
    const char *file;
    void (*write)(FILE *out, const struct results *results, struct report_counts *counts); /* NULL: written by others */
};

extern const struct rendering report_renderings[];

static bool agree(const struct report_counts *counts, const struct tally *tally, const char *path)
{
    if (counts->passed == tally->passed && counts->failed == tally->failed && counts->skipped == tally->skipped)
        return true;
    fprintf(stderr, "mpconform: %s counts %zu, %zu, %zu instead of %zu passed, %zu failed, %zu skipped\n", path,
            counts->passed, counts->failed, counts->skipped, tally->passed, tally->failed, tally->skipped);
    return false;
}

static bool write_one(const struct rendering *rendering, const struct results *results, const char *path)
{
    struct report_counts counts = {0};
    FILE *out = fopen(path, "w");
    if (out)
        rendering->write(out, results, &counts);
    bool good = out && !ferror(out);
    if (out && fclose(out) != 0)
        good = false;
    if (!good) {
        fprintf(stderr, "mpconform: cannot write %s: %s\n", path, strerror(errno));
        return false;
    }
    return agree(&counts, &results->tally, path);
}

bool report_write_all(const struct results *results, const char *folder)
{
    bool good = true;
    for (const struct rendering *rendering = report_renderings; rendering->file; rendering++) {
        if (!rendering->write)
            continue;
        char *path = text_format("%s/%s", folder, rendering->file);
        good = write_one(rendering, results, path) && good;
        free(path);
    }
    return good;
}

void report_remove(const char *folder)
{
    for (const struct rendering *rendering = report_renderings; rendering->file; rendering++) {
        char *path = text_format("%s/%s", folder, rendering->file);
        unlink(path);
        free(path);
    }
}

/* --- table --- */

const struct rendering report_renderings[] = {
    {"events.ndjson", NULL},
    {"results.json", report_json},
    {"results.tap", report_tap},
    {"junit.xml", report_junit},
    {"summary.md", report_markdown},
    {"results.sarif", report_sarif},
    {"badge.svg", report_badge},
    {"index.html", report_page},
    {"matrix.md", NULL},
    {"matrix.json", NULL},
    {0},
};
