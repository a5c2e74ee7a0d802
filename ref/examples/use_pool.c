/* SPDX-License-Identifier: MIT */
/* Lets the pool of a Python manager work for a C program: use_pool unix:/tmp/manager secret.  The manager is any
 * SyncManager; the functions are those that it can import.  Prints
 *
 *     math.factorial(20) = 2432902008176640000
 *     1 4 9 16
 *     ZeroDivisionError: division by zero */
#include <stdio.h>
#include <string.h>

#include "ref/mpref.h"

static int fail(struct mp_client *c)
{
    fprintf(stderr, "%s: %s\n", mp_error_class(c), mp_error_text(c));
    return 1;
}

static int work(struct mp_client *c, struct mp_value *pool)
{
    struct mp_value *later = mp_call(c, pool, "apply_async", "f, (i)", "math.factorial", 20), *factorial = NULL,
                    *squares = mp_call(c, pool, "starmap", "f, [(i i) (i i) (i i) (i i)]", "operator.pow", 1, 2, 2, 2,
                                       3, 2, 4, 2);
    int64_t n = 0;
    bool done = later && squares && (factorial = mp_call(c, later, "get", "d", 60.0)) && mp_int(factorial, &n);

    if (done)
        printf("math.factorial(20) = %lld\n", (long long)n);
    for (size_t i = 0; done && i < mp_length(squares) && mp_int(mp_item(squares, i), &n); i++)
        printf("%lld%c", (long long)n, i + 1 < mp_length(squares) ? ' ' : '\n');
    mp_drop(c, factorial);
    mp_drop(c, squares);
    mp_drop(c, later);
    if (!done)
        return fail(c);
    mp_drop(c, mp_call(c, pool, "apply", "f, (i i)", "operator.truediv", 1, 0)); /* raises */
    printf("%s: %s\n", mp_error_class(c), mp_error_text(c));
    return mp_do(c, pool, "close", "") || mp_do(c, pool, "join", "") ? fail(c) : 0;
}

int main(int argc, char **argv)
{
    struct mp_client *c = mp_client_new();
    struct mp_value *pool = NULL;
    int status;

    if (argc != 3 || !c) {
        fprintf(stderr, "use_pool ADDRESS KEY\n");
        mp_client_free(c);
        return 2;
    }
    status = mp_connect(c, argv[1], argv[2], strlen(argv[2])) || !(pool = mp_create(c, "Pool", "i", 2)) ? fail(c)
                                                                                                        : work(c, pool);
    mp_drop(c, pool);
    mp_client_free(c);
    return status;
}
