/* SPDX-License-Identifier: MIT */
/* Which family knows a class. */
#include "ref/value/known.h"

#include <string.h>

struct family {
    const char *module, *name;
    int (*compare)(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b);
    int (*hash)(struct ctx *ctx, struct value *v, int64_t *out);
    struct value *(*repr)(struct ctx *ctx, struct value *v);
};

static const struct family *family_of(const struct value *v);
static const char *const written_in_c[17];

bool known_is(const struct value *v, const char *module, const char *name)
{
    return value_is(v, &opaque_type) && opaque_form_of(v) == OPAQUE_REDUCE && !opaque_steps(v) &&
           value_is(opaque_callable_peek(v), &global_type) && global_is(opaque_callable_peek(v), module, name) &&
           value_is(opaque_args_peek(v), &tuple_type);
}

int known_compare(struct ctx *ctx, enum compare_op op, struct value *a, struct value *b)
{
    const struct family *f = family_of(a);

    return f && f->compare ? f->compare(ctx, op, a, b) : KNOWN_NOT;
}

int known_hash(struct ctx *ctx, struct value *v, int64_t *out)
{
    const struct family *f = family_of(v);

    return f && f->hash ? f->hash(ctx, v, out) : KNOWN_NOT;
}

struct value *known_repr(struct ctx *ctx, struct value *v)
{
    const struct family *f = family_of(v);

    return f ? f->repr(ctx, v) : NULL;
}

const char *known_type_name(const struct value *class)
{
    const char *module = global_module(class), *name = global_qualname(class);
    size_t size = strlen(module);

    for (size_t i = 0; i < sizeof written_in_c / sizeof *written_in_c; i++)
        if (!strncmp(written_in_c[i], module, size) && written_in_c[i][size] == '.' &&
            !strcmp(written_in_c[i] + size + 1, name))
            return written_in_c[i];
    return NULL;
}

/* ---- tables */

static const struct family families[] = {
    {"decimal", "Decimal", number_compare, number_hash, number_repr},
    {"fractions", "Fraction", number_compare, number_hash, number_repr},
    {"datetime", "date", time_compare, time_hash, time_repr},
    {"datetime", "datetime", time_compare, time_hash, time_repr},
    {"datetime", "time", time_compare, time_hash, time_repr},
    {"datetime", "timedelta", time_compare, time_hash, time_repr},
    {"datetime", "timezone", NULL, NULL, time_repr},
};

static const char *const written_in_c[17] = {
    "collections.OrderedDict", "collections.defaultdict", "collections.deque",     "datetime.date",
    "datetime.datetime",       "datetime.time",           "datetime.timedelta",    "datetime.timezone",
    "decimal.Decimal",         "functools.partial",       "itertools.chain",       "itertools.count",
    "operator.attrgetter",     "operator.itemgetter",     "operator.methodcaller", "time.struct_time",
    "types.SimpleNamespace",
};

static const struct family *family_of(const struct value *v)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (known_is(v, families[i].module, families[i].name))
            return &families[i];
    return NULL;
}
