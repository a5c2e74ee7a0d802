/* SPDX-License-Identifier: MIT */
/* The choice of the oracle: the CPython that is the judge, or only its recordings. */
#ifndef HARNESS_ORACLE_H
#define HARNESS_ORACLE_H

struct options;
struct python;
struct setup;

/* Chooses by --oracle and --compat; without them the CPython of the version `like`, or python3 if that is VERSION_NONE.
 * Sets setup->live, python, release, version and compat.  0, or an exit status after printing why. */
int oracle_choose(struct setup *setup, const struct options *options, int like);

/* The interpreter with that path is the oracle. */
int oracle_use(struct setup *setup, const char *path);

/* The path to start an interpreter by, borrowed: a wrapper may cost more than the interpreter behind it at every start,
 * so that one is used if it is the same when started directly. */
const char *oracle_interpreter_peek(const struct python *python);

#endif
