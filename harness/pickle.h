/* SPDX-License-Identifier: MIT */
/* Writes typed values (ADAPTER.md) as a pickle: tiny, without frames and memo, in the protocol that is asked for. */
#ifndef HARNESS_PICKLE_H
#define HARNESS_PICKLE_H

#include "harness/text.h"

#include <jansson.h>
#include <stdbool.h>

#define PICKLE_PROTOCOL_MAX 5

/* Appends the pickle of value.  False, with nothing appended, if it has no form in a pickle that is written here
 * (variables, shared structure, arrays). */
bool pickle_write(struct text *out, const json_t *value, int protocol);

#endif
