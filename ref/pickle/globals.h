/* SPDX-License-Identifier: MIT */
/* What makes native values of the known globals of globals.def. For the files of pickle/ only. */
#ifndef REF_PICKLE_GLOBALS_H
#define REF_PICKLE_GLOBALS_H

#include "ref/pickle/load.h"

/* args is a tuple. New; NULL after raising; NULL with nothing raised: more than C does, keep it as an opaque instance.
 */
typedef struct value *known_fn(struct unpickler *u, struct value *args);

/* ---- globals_builtins.c */
known_fn call_bool, call_bytearray, create_bytearray, call_bytes, call_complex, call_dict, create_dict, call_float,
    call_frozenset, call_int, call_list, create_list, call_range, call_reversed, call_set, create_set, call_slice,
    call_str, call_tuple, call_iter, call_encode;
/* raise TypeError "NAME expected at most MAX arguments, got N" (or at least MIN) unless the number fits: 0 or -1. */
int known_arity(struct unpickler *u, const char *name, struct value *args, size_t least, size_t most);

/* ---- globals_array.c */
known_fn call_array, call_array_reconstructor;

#endif
