/* SPDX-License-Identifier: MIT */
/* Fisher's exact test. */
#include "harness/rate.h"

#include <math.h>

/* The logarithm of "n choose k". */
static double choose(long n, long k)
{
    return lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1);
}

/* The sum of the chances of now having from to until failures, the failures of both being what they are. */
static double chance(struct rate before, struct rate now, long from, long until)
{
    const long failures = before.failures + now.failures, runs = before.runs + now.runs;
    double sum = 0;
    for (long k = from; k <= until; k++)
        if (k <= failures && failures - k <= before.runs)
            sum += exp(choose(now.runs, k) + choose(before.runs, failures - k) - choose(runs, failures));
    return sum < 1 ? sum : 1;
}

double rate_chance_of_more(struct rate before, struct rate now)
{
    return chance(before, now, now.failures, now.runs);
}

double rate_chance_of_fewer(struct rate before, struct rate now)
{
    return chance(before, now, 0, now.failures);
}

bool rate_is_higher(struct rate before, struct rate now)
{
    return rate_chance_of_more(before, now) < RATE_CHANCE;
}

bool rate_is_gone(struct rate before, struct rate now)
{
    return now.failures == 0 && rate_chance_of_fewer(before, now) < RATE_CHANCE;
}
