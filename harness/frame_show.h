/* SPDX-License-Identifier: MIT */
/* The content of one frame, line by line: a pickle opcode by opcode, XML-RPC by its elements, anything else in
 * hexadecimal. */
#ifndef HARNESS_FRAME_SHOW_H
#define HARNESS_FRAME_SHOW_H

#include "harness/overhear.h"
#include "harness/text.h"
#include "harness/trace.h"

/* Appends lines that begin with indent; long ones are cut, and what is left out is counted. */
void frame_show(struct text *out, const struct trace_record *record, enum heard_kind kind, const char *indent);

/* Appends how the frame was put: "4+45 bytes" is a header of 4 bytes and 45 behind it. */
void frame_show_size(struct text *out, const struct trace_record *record);

/* Appends what a record that is no frame tells: "manager closes the connection". */
void frame_show_event(struct text *out, const struct trace_record *record, const char *client);

#endif
