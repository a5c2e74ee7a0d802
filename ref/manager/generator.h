/* SPDX-License-Identifier: MIT */
/* Generators whose body is written in C: a function that is called for each resumption.  Mirrors Objects/genobject.c.
 */
#ifndef REF_MANAGER_GENERATOR_H
#define REF_MANAGER_GENERATOR_H

#include "ref/value/types.h"

struct generator;

/* Resumes the body with what was sent (None at first): the next item that it yields, new; NULL with nothing raised: it
 * returned; NULL with an exception: it raised. */
typedef struct value *generator_body(struct ctx *ctx, struct generator *g, struct value *sent);

struct generator {
    struct value head;
    const char *qualname; /* static */
    generator_body *body; /* NULL once it is finished */
    struct value *locals; /* what the body wants to remember, owned, or NULL */
    bool started, running;
};

/* locals is consumed and may be NULL only if the body needs none: then pass None. */
struct value *generator_new_take(struct ctx *ctx, const char *qualname, generator_body *body, struct value *locals);

#endif
