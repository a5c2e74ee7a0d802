/* SPDX-License-Identifier: MIT */
/* Finding interpreters. */
#include "harness/pythons.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/process.h"
#include "harness/text.h"
#include "harness/version.h"

#define PATIENCE_MS 30000
#define QUESTION "import sys; print(sys.implementation.name, '%d.%d.%d' % sys.version_info[:3], sys.executable)"

/* Candidate paths, each file once. */
struct paths {
    char **list, **real;
    size_t count;
};

static void add_path(struct paths *paths, const char *path)
{
    char *real = realpath(path, NULL);
    if (!real || access(path, X_OK) != 0) {
        free(real);
        return;
    }
    for (size_t i = 0; i < paths->count; i++)
        if (strcmp(paths->real[i], real) == 0) {
            free(real);
            return;
        }
    paths->list = text_realloc(paths->list, (paths->count + 1) * sizeof *paths->list);
    paths->real = text_realloc(paths->real, (paths->count + 1) * sizeof *paths->real);
    paths->list[paths->count] = text_copy(path);
    paths->real[paths->count++] = real;
}

static void free_paths(struct paths *paths)
{
    for (size_t i = 0; i < paths->count; i++) {
        free(paths->list[i]);
        free(paths->real[i]);
    }
    free(paths->list);
    free(paths->real);
}

static void add_glob(struct paths *paths, const char *pattern)
{
    glob_t found;
    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            add_path(paths, found.gl_pathv[i]);
    globfree(&found);
}

/* Calls add for each part of a list separated by colons. */
static void each_part(struct paths *paths, const char *list, void (*add)(struct paths *, const char *))
{
    char *copy = text_copy(list ? list : ""), *rest = NULL;
    for (char *part = strtok_r(copy, ":", &rest); part; part = strtok_r(NULL, ":", &rest))
        add(paths, part);
    free(copy);
}

/* A folder of wrappers that choose among the interpreters which are found elsewhere: asking each of them takes long. */
static bool holds_wrappers(const char *folder)
{
    size_t length = strlen(folder);
    return length > 6 && strcmp(folder + length - 6, "/shims") == 0;
}

static void add_folder(struct paths *paths, const char *folder)
{
    if (holds_wrappers(folder))
        return;
    static const char *const names[] = {"python3", "python3.[0-9]", "python3.[0-9][0-9]"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *pattern = text_format("%s/%s", folder, names[i]);
        add_glob(paths, pattern);
        free(pattern);
    }
}

static void add_pyenv(struct paths *paths)
{
    const char *root = getenv("PYENV_ROOT"), *home = getenv("HOME");
    char *pattern = root ? text_format("%s/versions/*/bin/python3", root)
                         : text_format("%s/.pyenv/versions/*/bin/python3", home ? home : "");
    add_glob(paths, pattern);
    free(pattern);
}

static struct process *start_question(const char *path)
{
    char *quoted = text_quote(path), *question = text_quote(QUESTION);
    char *command = text_format("%s -I -S -c %s", quoted, question);
    struct process *process = process_start(command);
    free(command);
    free(question);
    free(quoted);
    return process;
}

static void read_answer(struct python *python, struct process *process)
{
    const char *line = "";
    size_t length;
    char name[32], release[32], *said;
    enum process_line got =
        process ? process_read_line(process, process_now() + PATIENCE_MS, &line, &length) : PROCESS_EOF;
    int executable = 0;
    if (got == PROCESS_LINE && sscanf(line, "%31s %31s %n", name, release, &executable) == 2) {
        python->executable = text_copy(executable && line[executable] ? line + executable : python->path);
        python->implementation = text_copy(name);
        python->release = text_copy(release);
        python->version = version_parse(release);
        return;
    }
    if (process && got == PROCESS_EOF)
        process_wait(process, process_now() + PATIENCE_MS);
    said = process ? process_stderr(process) : text_copy("");
    said[strcspn(said, "\n")] = '\0';
    python->trouble =
        text_format("%s%s%s", got == PROCESS_LATE ? "does not answer" : "does not run", *said ? ": " : "", said);
    free(said);
}

void pythons_ask(struct pythons *pythons, const char *const *paths, size_t count)
{
    struct process **processes = text_calloc(count, sizeof(struct process *));
    *pythons = (struct pythons){.list = text_calloc(count, sizeof *pythons->list), .count = count};
    for (size_t i = 0; i < count; i++)
        processes[i] = start_question(paths[i]);
    for (size_t i = 0; i < count; i++) {
        pythons->list[i].path = text_copy(paths[i]);
        pythons->list[i].named = true;
        read_answer(&pythons->list[i], processes[i]);
        process_end(processes[i]);
    }
    free(processes);
}

void pythons_find(struct pythons *pythons, const char *const *paths, size_t count)
{
    struct paths found = {0};
    if (count) {
        pythons_ask(pythons, paths, count);
        return;
    }
    each_part(&found, getenv("MPCONFORM_PYTHONS"), add_path);
    size_t named = found.count;
    each_part(&found, getenv("PATH"), add_folder);
    add_pyenv(&found);
    pythons_ask(pythons, (const char *const *)found.list, found.count);
    for (size_t i = named; i < found.count; i++)
        pythons->list[i].named = false;
    free_paths(&found);
}

bool python_is_oracle(const struct python *python)
{
    if (!python->implementation || strcmp(python->implementation, "cpython") != 0)
        return false;
    for (size_t i = 0; i < version_known_count; i++)
        if (version_known[i] == python->version)
            return true;
    return false;
}

static int patch_of(const struct python *python)
{
    const char *dot = strrchr(python->release, '.');
    return dot ? atoi(dot + 1) : 0;
}

static bool is_better(const struct python *a, const struct python *b)
{
    return a->named != b->named ? a->named : !a->named && patch_of(a) > patch_of(b);
}

const struct python *pythons_pick(const struct pythons *pythons, int version)
{
    const struct python *best = NULL;
    for (size_t i = 0; i < pythons->count; i++) {
        const struct python *python = &pythons->list[i];
        if (!python_is_oracle(python) || (version != VERSION_NONE && python->version != version))
            continue;
        if (!best || (version != VERSION_NONE && is_better(python, best)))
            best = python;
    }
    return best;
}

void pythons_free(struct pythons *pythons)
{
    for (size_t i = 0; i < pythons->count; i++) {
        free(pythons->list[i].path);
        free(pythons->list[i].executable);
        free(pythons->list[i].implementation);
        free(pythons->list[i].release);
        free(pythons->list[i].trouble);
    }
    free(pythons->list);
    *pythons = (struct pythons){0};
}
