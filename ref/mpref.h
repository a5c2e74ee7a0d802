/* SPDX-License-Identifier: MIT */
/* libmpref: the managers of Python's multiprocessing, from C.  Use the objects of a Python manager (the client half),
 * or serve your own to Python (the server half).  Everything a program needs is here; what to compile and link with is
 * told by `pkg-config --cflags --libs mpref`.
 *
 * Values are Python objects: what came over the wire is a copy, or a proxy for an object that lives in a manager. Sizes
 * are bytes, texts are UTF-8.
 *
 * Many functions build values from a *format*, one item after the other, each with its arguments:
 *
 *     n  None             (no argument)      i  int             (int)
 *     b  True or False    (int)              I  int             (int64_t)
 *     d  float            (double)           s  str             (const char *)
 *     y  bytes            (const void *, size_t)
 *     O  any value        (struct mpref_value *, which stays the caller's)
 *     f  a function or class by its name, such as "math.sqrt" or "builtins.len": what a Pool is given (const char *)
 *     (…) tuple   […] list   {…} dict: keys and values in turn
 *
 * Blanks, commas and colons between items are for the reader.  In the arguments of a call `name=` before an item makes
 * it a keyword argument:  mpref_call(c, queue, "put", "s, timeout=d", "job", 0.5). */
#ifndef MPREF_H
#define MPREF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mpref_value;

/* ======== Values: both halves.  Nothing here changes anything; pointers live as long as the value they came from. */

/* Python's type(v).__name__: "int", "list", "ListProxy", "KeyError", … */
const char *mpref_type(const struct mpref_value *v);
bool mpref_is_none(const struct mpref_value *v);
bool mpref_is_proxy(const struct mpref_value *v);
/* An int or bool that fits; false otherwise, and *out stays. */
bool mpref_int(const struct mpref_value *v, int64_t *out);
/* A float, or an int that fits. */
bool mpref_float(const struct mpref_value *v, double *out);
bool mpref_bool(const struct mpref_value *v, bool *out);
/* The text, ended by a NUL that *size (which may be NULL) does not count; NULL if it is no str. */
const char *mpref_str(const struct mpref_value *v, size_t *size);
/* The bytes of a bytes or bytearray; NULL if it is neither. */
const void *mpref_bytes(const struct mpref_value *v, size_t *size);
/* How many items a list, tuple, dict, set or frozenset has; 0 for all others, and for proxies: they must be asked
 * (mpref_call "__len__"). */
size_t mpref_length(const struct mpref_value *v);
/* The i-th item of a list or tuple, in the order of insertion the i-th key of a dict; NULL if there is none. Borrowed.
 */
const struct mpref_value *mpref_item(const struct mpref_value *v, size_t i);
/* The value for the i-th key of a dict, or for a key that is a str. Borrowed. */
const struct mpref_value *mpref_item_value(const struct mpref_value *v, size_t i);
const struct mpref_value *mpref_lookup(const struct mpref_value *v, const char *key);

/* ======== The client half: use a Python manager's objects (ref/public/client.c) */

/* A connected manager. Any number of threads may use one; each has its own connection, as in Python, and its own last
 * error. */
struct mpref_client;

/* A client that is not connected yet; NULL if out of memory. */
struct mpref_client *mpref_client_new(void);
/* Releases it. Drop the values that came from it before. NULL is fine. */
void mpref_client_free(struct mpref_client *c);
/* Connects and authenticates. address is unix:PATH, abstract:NAME or tcp:HOST:PORT; key is the manager's authkey. 0, or
 * -1. */
int mpref_connect(struct mpref_client *c, const char *address, const void *key, size_t key_size);
/* Makes a typeid known that SyncManager does not have, as BaseManager.register(typeid) does. 0, or -1. */
int mpref_register(struct mpref_client *c, const char *typeid);

/* manager.TYPEID(…): a new shared object; its proxy, or NULL. */
struct mpref_value *mpref_create(struct mpref_client *c, const char *typeid, const char *format, ...);
/* target.METHOD(…), of a proxy or of a local copy. A new value, or NULL. */
struct mpref_value *mpref_call(struct mpref_client *c, struct mpref_value *target, const char *method,
                               const char *format, ...);
/* As mpref_call where only success matters: 0, or -1. */
int mpref_do(struct mpref_client *c, struct mpref_value *target, const char *method, const char *format, ...);
/* Attributes: of a Namespace or Value. */
struct mpref_value *mpref_get(struct mpref_client *c, struct mpref_value *target, const char *name);
int mpref_set(struct mpref_client *c, struct mpref_value *target, const char *name, const char *format, ...);
/* A local value from a format of one item. */
struct mpref_value *mpref_build(struct mpref_client *c, const char *format, ...);
/* Python's str(v) and repr(v) as text to be freed with mpref_free; NULL on failure. str of a proxy asks the manager. */
char *mpref_to_text(struct mpref_client *c, struct mpref_value *v);
char *mpref_to_repr(struct mpref_client *c, struct mpref_value *v);
void mpref_free(void *text);
/* Gives a value back; the manager forgets an object when its last proxy is dropped. NULL is fine. */
void mpref_drop(struct mpref_client *c, struct mpref_value *v);

/* What went wrong last in this thread: the class of the Python exception ("KeyError",
 * "multiprocessing.managers.RemoteError"), and its text as the last line of a traceback shows it behind the class.
 * Empty if nothing did. Valid until the next call with c in this thread. */
const char *mpref_error_class(struct mpref_client *c);
const char *mpref_error_text(struct mpref_client *c);

/* ======== End of the client half */

/* ======== The server half: serve your own types to Python (ref/public/server.c, ref/examples/serve_counter.c) */

/* One call of a method, as long as it lasts. */
struct mpref_invocation;

/* A method of a class, as `def name(self, parameters)` would be. self is the object's memory. Returns what mpref_return
 * made, or what mpref_raise returned.  Methods run one at a time, as in Python: see mpref_wait_begin. */
struct mpref_method {
    const char *name;
    const char *parameters; /* names with blanks between; "" for none */
    int required;           /* how many of them have no default; arguments are checked before the method is called */
    struct mpref_value *(*call)(struct mpref_invocation *in, void *self);
};

/* A class of shared objects. The methods `__init__` (create's arguments), `__repr__` and `__str__` mean what they mean
 * in Python; clients see those that do not begin with an underscore. */
struct mpref_class {
    const char *name; /* the typeid, and the class in messages; module "mpref" */
    size_t size;      /* bytes of an object's memory, all zero before __init__; destroy may meet it so */
    const struct mpref_method *methods; /* ends with {0} */
    void (*destroy)(void *self);        /* releases what the memory holds, not itself; may be NULL */
    const char *exposed;                /* names that clients may call, if not all public ones; else NULL */
    const char *mapped; /* "method=typeid method=typeid": results that stay here, clients get proxies; or NULL */
};

/* A function that clients may name: as an argument of a Pool of this server, as the key of a shared list's sort. Python
 * finds it in a module of its own that has this name and such a function, which it never calls. self is NULL. */
struct mpref_function {
    const char *module, *name;
    const char *parameters; /* as in a method */
    int required;
    struct mpref_value *(*call)(struct mpref_invocation *in);
};

/* The i-th argument, by position or by name; NULL if it was not given. Borrowed. */
struct mpref_value *mpref_argument(struct mpref_invocation *in, size_t i);
/* A result, from a format of one item. NULL, which is right to return, too, if that fails. */
struct mpref_value *mpref_return(struct mpref_invocation *in, const char *format, ...);
/* Raises a built-in exception of Python by its name ("ValueError"; others become RuntimeError), text as for printf;
 * NULL, always. */
struct mpref_value *mpref_raise(struct mpref_invocation *in, const char *class, const char *text, ...);
/* Between these two other methods run, for when this one waits for something; values are not touched meanwhile. */
void mpref_wait_begin(struct mpref_invocation *in);
void mpref_wait_end(struct mpref_invocation *in);

/* A manager, which has the types of SyncManager in any case. */
struct mpref_server;

/* NULL if out of memory. */
struct mpref_server *mpref_server_new(void);
/* Adds a class, which must outlive the server, before it starts. 0, or -1. */
int mpref_server_add(struct mpref_server *s, const struct mpref_class *class);
/* Gives one object of a typeid, made without arguments, a name by which clients find it, as
 * register('get_queue', callable=lambda: queue) does. Both texts must outlive the server. 0, or -1; a typeid that
 * cannot be is told by mpref_server_start. */
int mpref_server_share(struct mpref_server *s, const char *name, const char *typeid);
/* Adds a function, which must outlive the server, before it starts. 0, or -1. */
int mpref_server_add_function(struct mpref_server *s, const struct mpref_function *function);
/* Listens at unix:PATH, abstract:NAME or tcp:HOST:PORT (0: any port), and serves clients that know the key, in threads
 * of its own. 0, or -1. */
int mpref_server_start(struct mpref_server *s, const char *address, const void *key, size_t key_size);
/* The address it serves at, with the real port. */
const char *mpref_server_address(const struct mpref_server *s);
/* Waits until a client asks it to shut down, or mpref_server_stop was called, which a signal handler may do. */
void mpref_server_run(struct mpref_server *s);
void mpref_server_stop(struct mpref_server *s);
/* Why the last mpref_server_add or mpref_server_start failed. */
const char *mpref_server_error(const struct mpref_server *s);
/* Ends its threads, destroys its objects, releases it. NULL is fine. */
void mpref_server_free(struct mpref_server *s);

/* ======== End of the server half */

#ifdef __cplusplus
}
#endif

#endif
