/* SPDX-License-Identifier: MIT */
/* A fuzz target for the harness's own reader of pickles: whatever the bytes are, they become a typed value, which can
 * be shown as a line, or a reason. */
#include <stdlib.h>
#include <string.h>

#include "harness/canonical.h"
#include "harness/test/fuzz.h"
#include "harness/unpickle.h"

const char fuzz_name[] = "unpickle";

#define SEED(text) fuzz_seed(text, sizeof(text) - 1)

/* Every opcode but those that are refused, in pickles as each protocol spells them. */
void fuzz_seeds(void)
{
    SEED("N.");
    SEED("(lp0\nI1\naL123456789012345678901234567890L\naF1.5\naI01\naS'a\\x00'\naVb\\u20ac\nag0\na.");
    SEED("(dp0\nS'k'\n(I1\nI2\ntp1\nsg0\n.");
    SEED("cbuiltins\nKeyError\n(Vx\ntR.");
    SEED("(ibuiltins\nKeyError\n.");
    SEED("(cdecimal\nDecimal\nVx\no.");
    SEED("}q\x00(X\x01\x00\x00\x00"
         "aK\x01X\x01\x00\x00\x00"
         "bM\x01\x02u.");
    SEED("]q\x01(J\xff\xff\xff\xffG?\xf8\x00\x00\x00\x00\x00\x00h\x01"
         "e.");
    SEED("\x80\x02\x88\x89\x86\x85\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01\x87.");
    SEED("\x80\x02"
         "ccollections\nOrderedDict\n)R}U\x01xK\x01sb.");
    SEED("\x80\x02"
         "cfixtures\nPlain\n)\x81}U\x01xK\x01sb.");
    SEED("\x80\x03"
         "C\x02\x00\xff"
         "B\x01\x00\x00\x00zT\x01\x00\x00\x00yU\x01w0"
         "021.");
    SEED("\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8f\x94(K\x01K\x02\x90\x8c\x01x\x94\x91.");
    SEED("\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x08"
         "builtins\x94\x8c\x05slice\x94\x93NK\x01N\x87R\x94.");
    SEED("\x80\x04\x8c\x09"
         "fixtures\x8c\x05Plain\x93)}\x92]2.");
    SEED("\x80\x05\x96\x02\x00\x00\x00\x00\x00\x00\x00ab\x94r\x05\x00\x00\x00j\x05\x00\x00\x00\x8d\x01\x00\x00\x00\x00"
         "\x00\x00\x00"
         "c\x8e\x01"
         "\x00\x00\x00\x00\x00\x00\x00"
         "d\x8b\x01\x00\x00\x00\x01\x85.");
    SEED("]\x94(h\x00h\x00"
         "e\x85\x94h\x01\x86.");
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    char *error = NULL, *why = NULL;
    json_t *value = unpickle(data, size, &error);

    if (!value != !!error || unpickle_protocol(data, size) > 5)
        abort();
    if (value) {
        char *line = canonical_value(value, &why);
        if (!line != !!why)
            abort(); /* what is no line has a reason */
        free(line);
    }
    json_decref(value);
    free(error);
    free(why);
    return 0;
}
