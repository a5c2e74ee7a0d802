/* SPDX-License-Identifier: MIT */
/* The adapter protocol as a schema: the text of adapter.schema.json, which embed puts into the program when it is
 * built, and the one loaded copy of it. */
#ifndef HARNESS_PROTOCOL_H
#define HARNESS_PROTOCOL_H

struct schema;

/* The text of harness/adapter.schema.json. */
extern const char protocol_schema_text[];

/* The schema, loaded once, for the life of the program.  Never NULL: that it loads is a matter of the build, and
 * tested. */
const struct schema *protocol_schema(void);

#endif
