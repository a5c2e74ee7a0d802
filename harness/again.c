/* SPDX-License-Identifier: MIT */
/* The one command that does one result of a run again. */
#include "harness/again.h"

#include <stdlib.h>

#include "harness/implementation.h"
#include "harness/options.h"
#include "harness/program.h"
#include "harness/setup.h"
#include "harness/text.h"

char *again_command(const char *verb, const struct setup *setup, const struct options *options, const char *id,
                    size_t pairing)
{
    const struct pairing *roles = &setup->pairings[pairing];
    struct text command = {0};
    char *both =
        text_format("%s,%s", setup->implementations[roles->proxy]->name, setup->implementations[roles->manager]->name);
    char *quoted_id = text_quote(id), *quoted = text_quote(both);
    text_printf(&command, "%s %s %s --pairing %s", program_called_peek(), verb, quoted_id, quoted);
    options_write_shaping(options, options_command(verb), &command);
    free(quoted_id);
    free(quoted);
    free(both);
    return text_give(&command);
}
