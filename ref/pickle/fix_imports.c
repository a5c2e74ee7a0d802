/* SPDX-License-Identifier: MIT */
/* Renames globals between Python 2 and 3, for protocols 0 to 2: find_class and fix_imports of Modules/_pickle.c. */
#include "ref/pickle/load.h"

#include <string.h>

enum direction { READ = 1, WRITE = 2, BOTH = 3 };

struct rename {
    enum direction direction;
    int since, until;
    const char *old_module, *old_name, *new_module, *new_name;
};

static const struct rename table[] = {
#define RENAME(direction, since, until, old_module, old_name, new_module, new_name)                                    \
    {direction, since, until, old_module, old_name, new_module, new_name},
#include "ref/pickle/fix_imports.def"
#undef RENAME
};

static bool applies(const struct rename *r, int compat, bool writing, const char *module, const char *name)
{
    const char *from_module = writing ? r->new_module : r->old_module;
    const char *from_name = writing ? r->new_name : r->old_name;
    return (r->direction & (writing ? WRITE : READ)) && compat_within(compat, r->since, r->until) &&
           strcmp(from_module, module) == 0 && (!from_name || strcmp(from_name, name) == 0);
}

void fix_imports(int compat, bool writing, const char **module, const char **name)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct rename *r = &table[i];
        if (!applies(r, compat, writing, *module, *name))
            continue;
        *module = writing ? r->old_module : r->new_module;
        if (r->old_name)
            *name = writing ? r->old_name : r->new_name;
        return;
    }
}
