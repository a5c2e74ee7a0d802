/* SPDX-License-Identifier: MIT */
/* Lets the pool of a Python manager work for a C program: use_pool unix:/tmp/manager secret.  The manager is any
 * SyncManager; the functions are those that it can import.  Prints
 *
 *     math.factorial(20) = 2432902008176640000
 *     1 4 9 16
 *     ZeroDivisionError: division by zero */
#include <stdio.h>
#include <string.h>

#include <mpref.h>

static int fail(struct mpref_client *c)
{
    fprintf(stderr, "%s: %s\n", mpref_error_class(c), mpref_error_text(c));
    return 1;
}

static int work(struct mpref_client *c, struct mpref_value *pool)
{
    struct mpref_value *later = mpref_call(c, pool, "apply_async", "f, (i)", "math.factorial", 20), *factorial = NULL,
                       *squares = mpref_call(c, pool, "starmap", "f, [(i i) (i i) (i i) (i i)]", "operator.pow", 1, 2,
                                             2, 2, 3, 2, 4, 2);
    int64_t n = 0;
    bool done = later && squares && (factorial = mpref_call(c, later, "get", "d", 60.0)) && mpref_int(factorial, &n);

    if (done)
        printf("math.factorial(20) = %lld\n", (long long)n);
    for (size_t i = 0; done && i < mpref_length(squares) && mpref_int(mpref_item(squares, i), &n); i++)
        printf("%lld%c", (long long)n, i + 1 < mpref_length(squares) ? ' ' : '\n');
    mpref_drop(c, factorial);
    mpref_drop(c, squares);
    mpref_drop(c, later);
    if (!done)
        return fail(c);
    mpref_drop(c, mpref_call(c, pool, "apply", "f, (i i)", "operator.truediv", 1, 0)); /* raises */
    printf("%s: %s\n", mpref_error_class(c), mpref_error_text(c));
    return mpref_do(c, pool, "close", "") || mpref_do(c, pool, "join", "") ? fail(c) : 0;
}

int main(int argc, char **argv)
{
    struct mpref_client *c = mpref_client_new();
    struct mpref_value *pool = NULL;
    int status;

    if (argc != 3 || !c) {
        fprintf(stderr, "use_pool ADDRESS KEY\n");
        mpref_client_free(c);
        return 2;
    }
    status = mpref_connect(c, argv[1], argv[2], strlen(argv[2])) || !(pool = mpref_create(c, "Pool", "i", 2))
                 ? fail(c)
                 : work(c, pool);
    mpref_drop(c, pool);
    mpref_client_free(c);
    return status;
}
