/* SPDX-License-Identifier: MIT */
/* The types of shared objects that exist only in a manager, and the constructors of all typeids: what the registry's
 * tables name. */
#ifndef REF_MANAGER_TYPES_H
#define REF_MANAGER_TYPES_H

#include "ref/manager/registry.h"

/* ---- constructors.c: callables of values that exist everywhere */
construct_fn list_construct, dict_construct, set_construct, array_construct;

/* ---- instance.c: instances of a class written in Python */
construct_fn instance_construct;

/* ---- namespace.c, shared_value.c */
extern const struct type namespace_type, shared_value_type;

/* ---- lock.c, condition.c, semaphore.c, event.c, barrier.c, queue.c: what a call may wait in */
extern const struct type semaphore_type, bounded_semaphore_type, barrier_type;
construct_fn lock_construct, rlock_construct, condition_construct, semaphore_construct, event_construct,
    queue_construct;

/* ---- pool.c */
construct_fn pool_construct;

/* ---- fixtures_*.c */
extern const struct type echo_type, constructed_type, raiser_type, unpicklable_type, maker_type, wrapper_type,
    hidden_type, parent_type, child_type, counter_type, printable_type, unprintable_type, maths_type, foo_type;
construct_fn refusing_construct, singleton_construct, baz_construct, operator_construct;

#endif
