/* SPDX-License-Identifier: MIT */
/* Where things are, and whole files. */
#define _XOPEN_SOURCE 700 /* nftw */
#include "harness/place.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/text.h"

#define MARK "harness/implementations"
#define SHARED "/share/mpconform"

static bool has_mark(const char *folder)
{
    char *path = text_format("%s/" MARK, folder);
    bool found = access(path, R_OK | X_OK) == 0;
    free(path);
    return found;
}

static void cut_last(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash)
        *slash = '\0';
}

const char *place_build_peek(void)
{
    static char folder[PATH_MAX];
    if (!*folder) {
        ssize_t n = readlink("/proc/self/exe", folder, sizeof folder - 1);
        snprintf(folder + (n > 0 ? n : 0), 2, "%s", n > 0 ? "" : ".");
        if (n > 0)
            cut_last(folder);
    }
    return folder;
}

static const char *search(void)
{
    static char found[PATH_MAX];
    static char up[PATH_MAX];
    snprintf(up, sizeof up, "%s", place_build_peek());
    while (*up) {
        if (has_mark(up))
            return up;
        snprintf(found, sizeof found, "%.*s" SHARED, PATH_MAX - 20, up);
        if (has_mark(found))
            return found;
        if (!strchr(up, '/'))
            break;
        cut_last(up);
    }
    return ".";
}

const char *place_home_peek(void)
{
    static const char *home;
    if (!home)
        home = getenv("MPCONFORM_HOME");
    if (!home || !*home)
        home = search();
    return home;
}

/* Whether the current folder is the project's. */
static bool at_home(void)
{
    char cwd[PATH_MAX];
    const char *home = place_home_peek();
    return strcmp(home, ".") == 0 || (getcwd(cwd, sizeof cwd) && strcmp(cwd, home) == 0);
}

char *place_path(const char *relative)
{
    /* Paths are shown to people and stand in their commands: short where the project's folder is the current one. */
    if (at_home())
        return text_copy(relative);
    return text_format("%s/%s", place_home_peek(), relative);
}

void place_keep_clean(void)
{
    const char *home = place_home_peek(), *cache = getenv("XDG_CACHE_HOME"), *user = getenv("HOME");
    size_t length = strlen(home), tail = strlen(SHARED);
    if (length < tail || strcmp(home + length - tail, SHARED) != 0)
        return;
    if (!cache && !user) {
        setenv("PYTHONDONTWRITEBYTECODE", "1", 0);
        return;
    }
    char *folder = cache ? text_format("%s/mpconform", cache) : text_format("%s/.cache/mpconform", user);
    setenv("PYTHONPYCACHEPREFIX", folder, 0);
    free(folder);
}

const char *place_reports_peek(void)
{
    return at_home() ? "reports/latest" : "mpconform-reports";
}

char *place_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct text text = {0};
    char buffer[65536];
    size_t n;
    if (!file)
        return NULL;
    while ((n = fread(buffer, 1, sizeof buffer, file)) > 0)
        text_add(&text, buffer, n);
    int failed = ferror(file) ? errno : 0;
    fclose(file);
    if (failed) {
        text_clear(&text);
        errno = failed;
        return NULL;
    }
    return text_give(&text);
}

int place_write(const char *path, const char *bytes, unsigned long length)
{
    char *other = text_format("%s.%ld.new", path, (long)getpid());
    FILE *file = fopen(other, "wb");
    bool good = file && fwrite(bytes, 1, length, file) == length;
    if (file && fclose(file) != 0)
        good = false;
    good = good && rename(other, path) == 0;
    if (!good) {
        int error = errno;
        unlink(other);
        errno = error;
    }
    free(other);
    return good ? 0 : -1;
}

int place_make_folders(const char *path)
{
    char *copy = text_copy(path);
    for (char *at = copy + 1; *at; at++)
        if (*at == '/') {
            *at = '\0';
            mkdir(copy, 0777);
            *at = '/';
        }
    struct stat info;
    int result = mkdir(copy, 0777) == 0 || (stat(copy, &info) == 0 && S_ISDIR(info.st_mode)) ? 0 : -1;
    free(copy);
    return result;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info, (void)kind, (void)where;
    remove(path);
    return 0;
}

void place_remove(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
