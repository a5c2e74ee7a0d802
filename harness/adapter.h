/* SPDX-License-Identifier: MIT */
/* The harness's side of the adapter protocol (ADAPTER.md): starts an adapter, asks it, and sorts everything that can
 * come back.
 *
 * An adapter has at most one request in progress.  After any answer but OBSERVED and UNSUPPORTED it is not to be
 * trusted: end it. */
#ifndef HARNESS_ADAPTER_H
#define HARNESS_ADAPTER_H

#include <jansson.h>
#include <stdbool.h>

struct adapter;
struct process;

enum answer {
#define ANSWER(name, text, mending) ANSWER_##name,
#include "harness/answer.def"
#undef ANSWER
};

/* The version of the adapter protocol that this harness speaks. */
#define ADAPTER_PROTOCOL 1

/* Starts an adapter with a shell command and sends it nothing yet.  New, or NULL if no process could be started. */
struct adapter *adapter_start(const char *command);

/* The same of a process that was started otherwise (taken; NULL gives NULL). */
struct adapter *adapter_of_take(struct process *process);

/* Connects to an adapter that listens at unix:PATH, abstract:NAME or tcp:HOST:PORT.  New, or NULL with *trouble (new).
 */
struct adapter *adapter_attach(const char *address, char **trouble);

/* From now on every message, in both directions, is held against adapter.schema.json. */
void adapter_validate(struct adapter *adapter);

/* Says hello, and asks for an operation that does not exist: an adapter that claims to have done it is believed
 * nothing. ANSWER_OBSERVED if the adapter is fit for use. */
enum answer adapter_greet(struct adapter *adapter, long long deadline);

/* Sends a request; takes the object and sets its id.  True if it was written; else the next adapter_wait tells why not.
 */
bool adapter_send_take(struct adapter *adapter, json_t *request, long long deadline);

/* Waits for the reply to the request in progress.  *observed (new) only with ANSWER_OBSERVED.  After ANSWER_LATE the
 * request is still in progress and adapter_wait may be called again. */
enum answer adapter_wait(struct adapter *adapter, long long deadline, json_t **observed);

/* Sends and waits; takes request. */
enum answer adapter_ask_take(struct adapter *adapter, json_t *request, long long deadline, json_t **observed);

/* True while a request has no reply yet. */
bool adapter_busy(const struct adapter *adapter);

/* A sentence about the last answer that was not OBSERVED: what came instead, with the adapter's ending.  Borrowed. */
const char *adapter_trouble_peek(const struct adapter *adapter);

/* What hello said: its version of CPython ("3.13", "" if none), its name and version. */
const char *adapter_imitates_peek(const struct adapter *adapter);
const char *adapter_name_peek(const struct adapter *adapter);
const char *adapter_version_peek(const struct adapter *adapter);

/* What hello declares.  part is the name of the operator, builtin or server function, or NULL: these operations are
 * declared as a whole or name by name ("operator", "operator:add").  Without serializers in hello there is pickle, and
 * by_file what the implementation's file says of the other. */
bool adapter_has_operation(const struct adapter *adapter, const char *operation, const char *part);
bool adapter_has_type(const struct adapter *adapter, const char *typeid);
bool adapter_has_serializer(const struct adapter *adapter, const char *serializer, bool by_file);
/* The same of a request: *name (new, if it is not declared) is what hello would have to name. */
bool adapter_has_request(const struct adapter *adapter, const json_t *request, char **name);

/* The process, borrowed. */
struct process *adapter_process_peek(const struct adapter *adapter);

/* Closes the adapter's input and waits for it to exit with status 0, as the protocol demands.  Returns NULL if it did
 * so without a finding, else a sentence (new) about how it ended. */
char *adapter_finish(struct adapter *adapter, long long deadline);

/* Kills what is left of it and frees.  NULL does nothing. */
void adapter_end(struct adapter *adapter);

#endif
