/* SPDX-License-Identifier: MIT */
/* Blame by triangulation: which party the failures of one case on several pairings have in common. */
#ifndef HARNESS_BLAME_H
#define HARNESS_BLAME_H

#include "harness/verdict.h"

/* One pairing's result of one case. */
struct blame_party {
    const char *proxy, *manager;
    enum verdict verdict;
};

/* Whose fault parties[index], a red one, is, as far as the other results of the same case tell: a sentence, new. */
char *blame_sentence(const struct blame_party *parties, size_t count, size_t index);

/* The same for a case in which the harness was the peer of the manager (or of the proxy): nobody else took part. */
char *blame_alone(const struct blame_party *party, bool manager);

#endif
