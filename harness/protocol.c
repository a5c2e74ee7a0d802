/* SPDX-License-Identifier: MIT */
/* The schema of the adapter protocol, loaded when it is first needed. */
#include "harness/protocol.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/schema.h"

static struct schema *loaded;

static void unload(void)
{
    schema_free(loaded);
}

const struct schema *protocol_schema(void)
{
    char *trouble = NULL;
    if (!loaded) {
        loaded = schema_load(protocol_schema_text, &trouble);
        if (!loaded) {
            fprintf(stderr, "mpconform: harness/adapter.schema.json: %s\n", trouble);
            exit(3);
        }
        atexit(unload);
    }
    return loaded;
}
