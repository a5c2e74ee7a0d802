/* SPDX-License-Identifier: MIT */
/* Compiler attributes, the only place that names them. */
#ifndef REF_BASE_COMPILER_H
#define REF_BASE_COMPILER_H

#define MUST_USE __attribute__((warn_unused_result))
#define NORETURN __attribute__((noreturn))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

#endif
