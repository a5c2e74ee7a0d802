/* SPDX-License-Identifier: MIT */
/* The hierarchy of exception classes: exceptions.def as data. */
#include <string.h>

#include "ref/value/exception.h"

struct alias {
    const char *module, *name;
    enum exception_id id;
};

static const struct exception_class classes[] = {
#define CLASS(id, module, name, base, kind, since, until) {module, name, EXCEPTION_##base, KIND_##kind, since, until},
#define ALIAS(module, name, id)
#include "ref/value/exceptions.def"
#undef CLASS
#undef ALIAS
};

static const struct alias aliases[] = {
#define CLASS(id, module, name, base, kind, since, until)
#define ALIAS(module, name, id) {module, name, EXCEPTION_##id},
#include "ref/value/exceptions.def"
#undef CLASS
#undef ALIAS
};

enum { CLASSES = sizeof classes / sizeof *classes, ALIASES = sizeof aliases / sizeof *aliases };

const struct exception_class *exception_class_at(enum exception_id id)
{
    return &classes[id];
}

static const struct exception_class *in_version(const struct exception_class *c, int compat)
{
    return compat_within(compat, c->since, c->until) ? c : NULL;
}

const struct exception_class *exception_class_find(const char *module, const char *name, int compat)
{
    for (unsigned i = 0; i < CLASSES; i++)
        if (strcmp(classes[i].name, name) == 0 && strcmp(classes[i].module, module) == 0)
            return in_version(&classes[i], compat);
    for (unsigned i = 0; i < ALIASES; i++)
        if (strcmp(aliases[i].name, name) == 0 && strcmp(aliases[i].module, module) == 0)
            return in_version(&classes[aliases[i].id], compat);
    return NULL;
}

const char *exception_class_name(const struct exception_class *c)
{
    return c->name;
}

const char *exception_class_module(const struct exception_class *c)
{
    return c->module;
}

const struct exception_class *exception_class_base(const struct exception_class *c)
{
    return c->base == EXCEPTION_NONE ? NULL : &classes[c->base];
}

/* ExceptionGroup is the only class with two bases; Exception comes right before BaseException. */
const struct exception_class *exception_class_mro(const struct exception_class *c, unsigned i)
{
    bool group = c == &classes[EXCEPTION_EXCEPTION_GROUP];
    if (group && i == 2)
        return &classes[EXCEPTION_EXCEPTION];
    if (group && i > 2)
        i--;
    while (c && i--)
        c = exception_class_base(c);
    return c;
}

bool exception_class_is(const struct exception_class *c, const struct exception_class *base)
{
    const struct exception_class *k;
    for (unsigned i = 0; (k = exception_class_mro(c, i)); i++)
        if (k == base)
            return true;
    return false;
}
