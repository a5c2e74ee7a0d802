/* SPDX-License-Identifier: MIT */
/* Compiler attributes, the only place that names them. */
#ifndef REF_BASE_COMPILER_H
#define REF_BASE_COMPILER_H

#define MUST_USE __attribute__((warn_unused_result))
#define NORETURN __attribute__((noreturn))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
/* For what a header of the tests defines and not every test uses. */
#define MAYBE_UNUSED __attribute__((unused))
/* Arithmetic on integers of one type: true if the result does not fit; *out has it wrapped. */
#define ADD_OVERFLOWS(a, b, out) __builtin_add_overflow(a, b, out)
#define SUB_OVERFLOWS(a, b, out) __builtin_sub_overflow(a, b, out)
#define MUL_OVERFLOWS(a, b, out) __builtin_mul_overflow(a, b, out)

#endif
