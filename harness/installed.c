/* SPDX-License-Identifier: MIT */
/* Looking for implementations.  That one is installed is never inferred from a run that failed: its own file names a
 * command that must succeed. */
#include "harness/installed.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/implementation.h"
#include "harness/place.h"
#include "harness/problems.h"
#include "harness/process.h"
#include "harness/pythons.h"
#include "harness/text.h"

/* How long a command that identifies an implementation may take. */
#define PATIENCE_MS 30000

/* --- interpreters --- */

/* The executable file that a word stands for, as a shell finds it: new, or NULL. */
static char *resolve(const char *word)
{
    if (strchr(word, '/'))
        return access(word, X_OK) == 0 ? text_copy(word) : NULL;
    char *folders = text_copy(getenv("PATH") ? getenv("PATH") : ""), *rest = NULL, *found = NULL;
    for (char *folder = strtok_r(folders, ":", &rest); folder && !found; folder = strtok_r(NULL, ":", &rest)) {
        found = text_format("%s/%s", folder, word);
        if (access(found, X_OK) != 0) {
            free(found);
            found = NULL;
        }
    }
    free(folders);
    return found;
}

/* --- the command that identifies --- */

/* The last line of what a process said: errors of Python stand there.  Cuts said. */
static const char *last_line(char *said)
{
    size_t length = strlen(said);
    while (length && said[length - 1] == '\n')
        said[--length] = '\0';
    const char *end = strrchr(said, '\n');
    return end ? end + 1 : said;
}

/* How a command that did not do its duty ended: a sentence, new. */
static char *describe_ending(const struct process *process)
{
    char *how = process_ending(process), *said = process_stderr(process);
    const char *last = last_line(said);
    char *sentence = process_status(process) == 0 ? text_copy("it printed nothing")
                                                  : text_format("it %s%s%s", how, *last ? ": " : "", last);
    free(how);
    free(said);
    return sentence;
}

/* The first line that a command prints, if it then ends with status 0: new.  NULL with *trouble (new). */
static char *first_line(const char *command, char **trouble)
{
    const char *line = "";
    size_t length = 0;
    char *said = NULL;
    const long long deadline = process_now() + PATIENCE_MS;
    struct process *process = process_start(command);
    *trouble = NULL;
    if (!process) {
        *trouble = text_copy("no process could be started");
        return NULL;
    }
    if (process_read_line(process, deadline, &line, &length) == PROCESS_LINE)
        said = text_copy(line);
    process_ignore_output(process);
    if (!process_wait(process, deadline) || process_status(process) != 0 || !said || !*said) {
        *trouble = describe_ending(process);
        free(said);
        said = NULL;
    }
    process_end(process);
    return said;
}

/* Runs "identify" with the interpreter that is set.  NULL, or a sentence, new. */
static char *identify(struct implementation *implementation)
{
    const struct filling filling = {0};
    struct problems problems = {0};
    char *trouble = NULL;
    if (!implementation->identify)
        return NULL;
    char *command = implementation_command(implementation, implementation->identify, &filling, &problems);
    if (command)
        implementation->release = first_line(command, &trouble);
    else
        trouble = text_copy(problems.lines[0]);
    problems_free(&problems);
    free(command);
    return trouble;
}

/* --- the search --- */

static bool try_python(struct implementation *implementation, const struct python *python, struct text *failed)
{
    char *trouble = python->trouble ? text_copy(python->trouble) : NULL;
    if (!trouble) {
        free(implementation->python);
        implementation->python = text_copy(python->path);
        trouble = identify(implementation);
    }
    if (!trouble) {
        if (!implementation->imitates)
            implementation_imitate(implementation, python->version);
        return true;
    }
    text_printf(failed, "%s%s: %s", failed->length ? "; " : "", python->path, trouble);
    free(trouble);
    return false;
}

static char *find_interpreter(struct implementation *implementation)
{
    const char **paths = NULL;
    size_t count = 0;
    struct pythons pythons;
    struct text failed = {0};
    bool found = false;
    size_t i;
    const json_t *word;
    json_array_foreach(implementation->interpreters, i, word)
    {
        char *path = resolve(json_string_value(word));
        paths = text_realloc(paths, (count + 1) * sizeof *paths);
        paths[count] = path;
        count += path != NULL;
        if (!path)
            text_printf(&failed, "%sno %s", failed.length ? "; " : "", json_string_value(word));
    }
    pythons_ask(&pythons, paths, count);
    for (i = 0; i < pythons.count && !found; i++)
        found = try_python(implementation, &pythons.list[i], &failed);
    pythons_free(&pythons);
    for (i = 0; i < count; i++)
        free((char *)paths[i]);
    free(paths);
    char *sentence = found ? NULL : text_copy(text_peek(&failed));
    text_clear(&failed);
    return sentence;
}

char *installed_find(struct implementation *implementation)
{
    if (implementation->imitates)
        implementation_imitate(implementation, version_parse(implementation->imitates));
    return implementation->interpreters ? find_interpreter(implementation) : identify(implementation);
}

/* --- all of them --- */

char **installed_names(void)
{
    char *pattern = place_path("harness/implementations/*.json");
    glob_t found;
    size_t count = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
    char **names = text_calloc(count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        const char *base = strrchr(found.gl_pathv[i], '/') + 1;
        names[i] = text_format("%.*s", (int)(strlen(base) - strlen(".json")), base);
    }
    globfree(&found);
    free(pattern);
    return names;
}

void installed_free_names(char **names)
{
    for (size_t i = 0; names && names[i]; i++)
        free(names[i]);
    free(names);
}
