/* SPDX-License-Identifier: MIT */
/* Uses a Python manager from C.  In Python:
 *
 *     from multiprocessing.managers import SyncManager
 *     SyncManager(address='/tmp/manager', authkey=b'secret').get_server().serve_forever()
 *
 * then: use_manager unix:/tmp/manager secret */
#include <stdio.h>
#include <string.h>

#include "ref/mpref.h"

int main(int argc, char **argv)
{
    struct mp_client *c = mp_client_new();
    if (argc != 3 || !c || mp_connect(c, argv[1], argv[2], strlen(argv[2]))) {
        fprintf(stderr, "use_manager ADDRESS KEY: %s\n", c && argc == 3 ? mp_error_text(c) : "two arguments, please");
        mp_client_free(c);
        return 1;
    }

    struct mp_value *list = mp_create(c, "list", "[i i s]", 3, 1, "two"); /* list = manager.list([3, 1, 'two']) */
    mp_do(c, list, "append", "{s: d}", "half", 0.5);                      /* list.append({'half': 0.5}) */
    struct mp_value *last = mp_call(c, list, "pop", "");                  /* last = list.pop(): a copy */
    double half = 0;
    mp_float(mp_lookup(last, "half"), &half);
    char *text = mp_to_text(c, list); /* str(list) */
    printf("%s without %g\n", text, half);
    if (mp_do(c, list, "index", "i", 7)) /* list.index(7) raises */
        printf("%s: %s\n", mp_error_class(c), mp_error_text(c));

    mp_free(text);
    mp_drop(c, last);
    mp_drop(c, list); /* the manager forgets the list */
    mp_client_free(c);
    return 0;
}
