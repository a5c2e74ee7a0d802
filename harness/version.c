/* SPDX-License-Identifier: MIT */
/* Versions of CPython and intervals of them. */
#include "harness/version.h"

#include <stdio.h>
#include <string.h>

/* Reads "MAJOR.MINOR" at *at, not beyond end, and moves *at behind it.  VERSION_NONE, *at untouched, if there is none.
 */
static int read_version(const char **at, const char *end)
{
    const char *p = *at;
    int part[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        int digits = 0;
        for (; p < end && *p >= '0' && *p <= '9' && digits < 2; p++, digits++)
            part[i] = part[i] * 10 + (*p - '0');
        if (!digits || (p < end && *p >= '0' && *p <= '9'))
            return VERSION_NONE;
        if (i == 0 && (p == end || *p++ != '.'))
            return VERSION_NONE;
    }
    if (!part[0])
        return VERSION_NONE;
    *at = p;
    return part[0] * 100 + part[1];
}

int version_parse(const char *text)
{
    return read_version(&text, text + strlen(text));
}

const char *version_format(int version, char out[static VERSION_TEXT])
{
    snprintf(out, VERSION_TEXT, "%d.%d", version / 100, version % 100);
    return out;
}

bool interval_parse(const char *text, size_t length, struct interval *out)
{
    const char *at = text, *end = text + length;
    struct interval found = {read_version(&at, end), VERSION_NONE};
    bool dash = at < end && *at == '-';
    if (dash) {
        at++;
        found.last = read_version(&at, end);
    } else {
        found.last = found.first;
    }
    if (at != end || (!found.first && !found.last) || (found.first && found.last && found.first > found.last))
        return false;
    if (dash && found.first && found.first == found.last) /* 3.8-3.8 is written 3.8 */
        return false;
    *out = found;
    return true;
}

const char *interval_format(struct interval interval, char out[static VERSION_TEXT])
{
    char first[VERSION_TEXT] = "", last[VERSION_TEXT] = "";
    if (interval.first)
        version_format(interval.first, first);
    if (interval.last)
        version_format(interval.last, last);
    if (!interval.first && !interval.last)
        snprintf(out, VERSION_TEXT, "all");
    else if (interval.first == interval.last)
        snprintf(out, VERSION_TEXT, "%.15s", first);
    else
        snprintf(out, VERSION_TEXT, "%.15s-%.15s", first, last);
    return out;
}

bool interval_contains(struct interval interval, int version)
{
    return (!interval.first || version >= interval.first) && (!interval.last || version <= interval.last);
}

bool interval_overlaps(struct interval a, struct interval b)
{
    return (!a.first || !b.last || a.first <= b.last) && (!b.first || !a.last || b.first <= a.last);
}

const int version_known[] = {308, 309, 310, 311, 312, 313, 314, 315};
const size_t version_known_count = sizeof version_known / sizeof *version_known;
