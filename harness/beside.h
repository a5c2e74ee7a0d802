/* SPDX-License-Identifier: MIT */
/* Two sessions of the same case beside each other: the wire of CPython with itself and that which is judged, at the
 * first frame that differs. */
#ifndef HARNESS_BESIDE_H
#define HARNESS_BESIDE_H

#include "harness/text.h"

struct judgement;
struct test_case;
struct transcript_side;

/* Appends the section.  What is another thing in every session (the address, identifiers, random bytes of handshakes,
 * the name that a client gives its thread) is no difference.  Each client's frames are compared in their order, but for
 * those of `until` steps, of which there are as many as there was time for, of names that come in any order, and of
 * steps that the judgement found to differ, such as in a message's wording, and let pass; who connects besides the
 * clients of the case is not compared. */
void beside_write(struct text *out, const struct test_case *test, const struct transcript_side *reference,
                  const struct transcript_side *judged, const struct judgement *judgement);

#endif
