/* SPDX-License-Identifier: MIT */
/* A fuzz target with a defect that no seed shows, so that fuzz.sh can see what happens then. How it fails the variable
 * PEER_FUZZ tells: abort, or fault. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

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

    if (!way || size != 4 || memcmp(data, "cdab", 4) != 0)
        return 0;
    if (!strcmp(way, "abort"))
        abort();
    raise(SIGSEGV);
    return 0;
}
