/* SPDX-License-Identifier: MIT */
/* What the command line chooses: selectors, then what was red in an earlier report, then a shard of that. */
#ifndef HARNESS_CHOSEN_H
#define HARNESS_CHOSEN_H

#include "harness/options.h"
#include "harness/select.h"
#include "harness/shard.h"
#include "harness/stream.h"

struct chosen {
    struct selection selection;
    struct options options; /* those of the command line, with the selectors that apply: borrowed, not to be freed */
    struct shard_choice shard;
    struct stream report; /* of --failed-from; empty without */
    bool reread;          /* the selectors are those of the report */
};

/* Chooses from the corpus, which may grow by files that are named.  Returns 0, or an exit status after printing what is
 * wrong; an empty choice is wrong.  Must be freed in both cases. */
int chosen_make(struct chosen *chosen, struct corpus *corpus, const struct options *options);
void chosen_free(struct chosen *chosen);

#endif
