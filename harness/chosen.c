/* SPDX-License-Identifier: MIT */
/* What the command line chooses. */
#include "harness/chosen.h"

#include <stdlib.h>

#include "harness/failed_from.h"
#include "harness/program.h"

static void choose(struct chosen *chosen, struct corpus *corpus, struct problems *problems)
{
    const char *earlier = chosen->options.failed_from;
    if (earlier && !stream_read(&chosen->report, earlier, problems))
        return;
    if (earlier && !chosen->options.selectors.count) {
        failed_from_selectors(&chosen->options.selectors, &chosen->report);
        chosen->reread = true;
    }
    if (select_cases(&chosen->selection, corpus, chosen->options.selectors.list, chosen->options.selectors.count,
                     problems) &&
        earlier)
        failed_from_keep(&chosen->selection, &chosen->report, corpus, problems);
}

int chosen_make(struct chosen *chosen, struct corpus *corpus, const struct options *options)
{
    struct problems problems = {0};
    *chosen = (struct chosen){.options = *options};
    if (!shard_choose(&chosen->shard, options))
        return STATUS_USAGE;
    choose(chosen, corpus, &problems);
    int status = program_report_problems(&problems);
    if (status == 0 && !shard_take(&chosen->selection, &chosen->shard))
        status = STATUS_USAGE;
    return status;
}

void chosen_free(struct chosen *chosen)
{
    if (chosen->reread)
        free(chosen->options.selectors.list);
    select_free(&chosen->selection);
    stream_free(&chosen->report);
    *chosen = (struct chosen){0};
}
