/* SPDX-License-Identifier: MIT */
/* The client library: processes, clients and proxies, as CPython's BaseManager.connect() and BaseProxy behave.
 *
 * A proxy is a value of proxyref_type, so it goes wherever values go: into lists, arguments, pickles.  Python's
 * operators, len, iteration, attributes and so on work on it through value.h (value_length, value_binary, value_iter
 * …): they become remote calls exactly where the proxy class of the imitated CPython has the method.  What value.h has
 * no function for is below.
 *
 * Everything here is called with the runtime's lock held, gives it up while it waits for a manager, and may be called
 * by any number of threads, each with its own ctx.  As in CPython each thread has its own stream to each address.
 *
 * Errors are raised in ctx.  An exception that came from a manager may be of a class that C does not know: then the
 * raised value is an opaque instance (types.h, opaque_class_peek).  After a failed operation ctx->lost tells whether
 * the connection was lost (end of file, reset, broken pipe), as against an EOFError or OSError that the referent
 * raised. */
#ifndef REF_PROXY_PROXY_H
#define REF_PROXY_PROXY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "ref/pickle/pickle.h"
#include "ref/value/types.h"
#include "ref/wire/address.h"

struct process;
struct client;

/* ---- process.c: what multiprocessing calls the current process: a name, a key, the streams and the living proxies */

/* A process named MainProcess whose key is empty; the calling thread is its main thread. NULL if out of memory. */
struct process *process_new(struct runtime *rt);
/* The key with which proxies that arrive inside values authenticate (current_process().authkey). 0, or -1 after
 * raising. */
int process_set_key(struct ctx *ctx, struct process *p, const void *key, size_t size);
/* Names the calling thread for the manager (threading.current_thread().name); unnamed ones are Thread-1, Thread-2, … */
int process_name_thread(struct ctx *ctx, struct process *p, const char *name);
/* Gives back the references of proxies that have died since the last call: one decref each, and closes this thread's
 * stream where the last proxy for its address is gone.  Releasing a proxy value only queues it, since a destructor must
 * not wait for a socket.  Every function below that talks to a manager does this first; call it after dropping values.
 * Nothing is raised: CPython ignores failures here, too. */
void process_settle(struct ctx *ctx, struct process *p);
/* What proxies inside pickles become when this process reads them: living proxies, each after an incref, unless their
 * kwds say incref False. */
struct pickle_reader process_reader(struct process *p);
/* Closes every stream and forgets what is known of addresses. Living proxies stay usable: they open new ones. */
void process_reset(struct ctx *ctx, struct process *p);
/* Ends the streams of all threads where they are: who waits for a reply finds its connection lost. */
void process_wake(struct process *p);
/* As process_wake for one thread, which talks to no manager from now on: what it tries ends with EOFError. The thread
 * is known to the process by name (process_name_thread). */
void process_cut(struct process *p, pthread_t thread);
/* Settles, resets and releases. No client and no proxy of it may be alive. */
void process_free(struct ctx *ctx, struct process *p);

/* Pickles v for another process, and unpickles what another process pickled; proxies inside are rebuilt with the
 * process's key: each sends an incref. New, or NULL after raising. */
struct value *process_export(struct ctx *ctx, struct process *p, struct value *v); /* bytes */
struct value *process_import(struct ctx *ctx, struct process *p, const void *data, size_t size);

/* ---- client.c: a manager object that is connected */

struct client_options {
    const void *key;
    size_t key_size;
    const char *serializer; /* NULL: "pickle" */
    bool fixtures;          /* the registry also has the fixture types of SPEC.md */
};
/* A manager object that has not connected: nothing is sent. address may be any form: it counts as written, and is the
 * text form's value (address_to_value). A reference to the client, or NULL after raising. */
struct client *client_new(struct ctx *ctx, struct process *p, const struct address *address,
                          const struct client_options *options);
/* The same, and BaseManager.connect(): sends the one-shot dummy. */
struct client *client_connect(struct ctx *ctx, struct process *p, const struct address *address,
                              const struct client_options *options);
/* One reference less (proxies hold references, too). NULL is fine. */
void client_release(struct client *c);
/* Makes typeid known, as BaseManager.register(typeid, proxytype=CLASS) does: class is a name such as "ListProxy", or
 * NULL for AutoProxy. 0, or -1. */
int client_register(struct ctx *ctx, struct client *c, const char *typeid, const char *class_name);
/* Does the manager class have a create method of this name? (Python's hasattr(manager, typeid).) */
bool client_has_type(const struct client *c, const char *typeid);

/* manager.TYPEID(*args, **kwds): a new shared object and its proxy. Sends create, incref, decref. kwds may be NULL. A
 * typeid without a create method is AttributeError "'SyncManager' object has no attribute 'x'" and nothing is sent,
 * unless raw is true: then the request is sent in any case, as manager._create does, and the proxy is an AutoProxy if
 * the typeid is not registered here. */
struct value *client_create(struct ctx *ctx, struct client *c, const char *typeid, struct value *args,
                            struct value *kwds, bool raw);
/* A one-shot server function by name: dummy, number_of_objects, debug_info, get_methods, incref, decref, shutdown. In
 * args a proxy stands for its token (get_methods) or its identifier (incref, decref). kwds may be NULL. New result. */
struct value *client_server(struct ctx *ctx, struct client *c, const char *function, struct value *args,
                            struct value *kwds);

/* ---- proxy.c */

/* Is v a proxy made by this layer? */
bool proxy_check(const struct value *v);
/* The typeid, borrowed; v is a proxy. */
const char *proxy_typeid(const struct value *v);
/* The exposed names as the manager sent them for this very result (create or #PROXY), a tuple, borrowed; NULL if it
 * came otherwise. */
struct value *proxy_exposed_peek(const struct value *v);
/* type(v).__name__ of any value: 'ListProxy', 'AutoProxy[Queue]', 'int'. Borrowed. */
const char *proxy_type_name(const struct value *v);

/* v._callmethod(method, args, kwds), each exactly as it shall be sent, and NULL where it is not given: then args is (),
 * kwds {}, and a missing method is a TypeError as Python words it. AttributeError if v is no proxy. New result. */
struct value *proxy_callmethod(struct ctx *ctx, struct value *v, struct value *method, struct value *args,
                               struct value *kwds);

/* ---- proxy_class.c, proxy_class.def: the public surface of each proxy class, per version */

/* v.name(*args, **kwds) for any v: a method of a proxy class, else of a local value. kwds may be NULL. AttributeError
 * if there is none. */
struct value *proxy_method(struct ctx *ctx, struct value *v, const char *name, struct value *args, struct value *kwds);
/* getattr, setattr, delattr (item NULL) for any v. */
struct value *proxy_get_attr(struct ctx *ctx, struct value *v, const char *name);
int proxy_set_attr(struct ctx *ctx, struct value *v, const char *name, struct value *item);

/* ---- proxy_surface.c: Python's operators and builtins, for proxies and local values alike */

/* A function of the module operator by name: getitem setitem delitem contains add sub mul and_ or_ xor iadd isub imul
 * iand ior ixor eq ne lt le gt ge is_ not_ neg. In-place ones return the new left operand. New result (None for setitem
 * and delitem), NULL after raising; *known is false, and nothing is done, if there is no such function or the number of
 * operands is wrong. */
struct value *proxy_operator(struct ctx *ctx, const char *name, struct value *const *operands, size_t n, bool *known);
/* A builtin by name: len str repr bool list tuple dict set frozenset sorted iter next reversed type copy deepcopy. As
 * above.  copy and deepcopy are those of the module copy; a copied proxy is another proxy, a deep copy of one is a copy
 * of its referent.  repickle pickles and unpickles in this process p. */
struct value *proxy_builtin(struct ctx *ctx, struct process *p, const char *name, struct value *const *args, size_t n,
                            bool *known);

#endif
