/* SPDX-License-Identifier: MIT */
/* The one command that does one result of a run again. */
#include "harness/again.h"

#include <stdlib.h>

#include "harness/implementation.h"
#include "harness/options.h"
#include "harness/program.h"
#include "harness/setup.h"
#include "harness/text.h"

/* The options with which one pairing is judged alone as it was among many. */
static struct options options_for(const struct setup *setup, const struct options *options, size_t pairing,
                                  char version[static VERSION_TEXT])
{
    struct options alone = *options;
    if (!setup->many)
        return alone;
    const struct group *group = setup_group(setup, pairing);
    alone.oracle = group->live ? group->python : "recorded";
    alone.compat = group->live ? NULL : version_format(group->version, version);
    return alone;
}

char *again_command(const char *verb, const struct setup *setup, const struct options *options, const char *id,
                    size_t pairing)
{
    const struct pairing *roles = &setup->pairings[pairing];
    struct text command = {0};
    char *both =
        text_format("%s,%s", setup->implementations[roles->proxy]->name, setup->implementations[roles->manager]->name);
    char *quoted_id = text_quote(id), *quoted = text_quote(both);
    text_printf(&command, "%s %s %s --pairing %s", program_called_peek(), verb, quoted_id, quoted);
    char version[VERSION_TEXT];
    const struct options alone = options_for(setup, options, pairing, version);
    options_write_shaping(&alone, options_command(verb), &command);
    free(quoted_id);
    free(quoted);
    free(both);
    return text_give(&command);
}
