/* SPDX-License-Identifier: MIT */
/* Uses a Python manager from C.  In Python:
 *
 *     from multiprocessing.managers import SyncManager
 *     SyncManager(address='/tmp/manager', authkey=b'secret').get_server().serve_forever()
 *
 * then: use_manager unix:/tmp/manager secret */
#include <stdio.h>
#include <string.h>

#include <mpref.h>

int main(int argc, char **argv)
{
    struct mpref_client *c = mpref_client_new();
    if (argc != 3 || !c || mpref_connect(c, argv[1], argv[2], strlen(argv[2]))) {
        fprintf(stderr, "use_manager ADDRESS KEY: %s\n",
                c && argc == 3 ? mpref_error_text(c) : "two arguments, please");
        mpref_client_free(c);
        return 1;
    }

    struct mpref_value *list = mpref_create(c, "list", "[i i s]", 3, 1, "two"); /* list = manager.list([3, 1, 'two']) */
    mpref_do(c, list, "append", "{s: d}", "half", 0.5);                         /* list.append({'half': 0.5}) */
    struct mpref_value *last = mpref_call(c, list, "pop", "");                  /* last = list.pop(): a copy */
    double half = 0;
    mpref_float(mpref_lookup(last, "half"), &half);
    char *text = mpref_to_text(c, list); /* str(list) */
    printf("%s without %g\n", text, half);
    if (mpref_do(c, list, "index", "i", 7)) /* list.index(7) raises */
        printf("%s: %s\n", mpref_error_class(c), mpref_error_text(c));

    mpref_free(text);
    mpref_drop(c, last);
    mpref_drop(c, list); /* the manager forgets the list */
    mpref_client_free(c);
    return 0;
}
