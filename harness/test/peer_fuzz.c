/* SPDX-License-Identifier: MIT */
/* A fuzz target with a defect that no seed shows, so that fuzz.sh can see what happens then. How it fails the variable
 * PEER_FUZZ tells: abort, fault, or hang, where the clock that must run for each input alone is made to strike. */
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/test/fuzz.h"

const char fuzz_name[] = "peer";

void fuzz_seeds(void)
{
    fuzz_seed("ab", 2);
    fuzz_seed("cd", 2);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    const char *way = getenv("PEER_FUZZ");
    const bool timed = way && !strcmp(way, "hang") && alarm(0) > 0;

    if (!way || size != 4 || memcmp(data, "cdab", 4) != 0)
        return 0;
    if (!strcmp(way, "abort"))
        abort();
    if (!strcmp(way, "fault"))
        raise(SIGSEGV);
    if (timed)
        raise(SIGALRM);
    return 0;
}
