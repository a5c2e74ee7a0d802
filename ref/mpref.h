/* SPDX-License-Identifier: MIT */
/* libmpref: the managers of Python's multiprocessing, from C.  Use the objects of a Python manager (the client half),
 * or serve your own to Python (the server half).  Everything a program needs is here; link with -lmpref -lcrypto
 * -ltommath -lexpat -lm and -pthread.
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
 *     O  any value        (struct mp_value *, which stays the caller's)
 *     f  a function or class by its name, such as "math.sqrt" or "builtins.len": what a Pool is given (const char *)
 *     (…) tuple   […] list   {…} dict: keys and values in turn
 *
 * Blanks, commas and colons between items are for the reader.  In the arguments of a call `name=` before an item makes
 * it a keyword argument:  mp_call(c, queue, "put", "s, timeout=d", "job", 0.5). */
#ifndef MPREF_H
#define MPREF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mp_value;

/* ======== Values: both halves.  Nothing here changes anything; pointers live as long as the value they came from. */

/* Python's type(v).__name__: "int", "list", "ListProxy", "KeyError", … */
const char *mp_type(const struct mp_value *v);
bool mp_is_none(const struct mp_value *v);
bool mp_is_proxy(const struct mp_value *v);
/* An int or bool that fits; false otherwise, and *out stays. */
bool mp_int(const struct mp_value *v, int64_t *out);
/* A float, or an int that fits. */
bool mp_float(const struct mp_value *v, double *out);
bool mp_bool(const struct mp_value *v, bool *out);
/* The text, ended by a NUL that *size (which may be NULL) does not count; NULL if it is no str. */
const char *mp_str(const struct mp_value *v, size_t *size);
/* The bytes of a bytes or bytearray; NULL if it is neither. */
const void *mp_bytes(const struct mp_value *v, size_t *size);
/* How many items a list, tuple, dict, set or frozenset has; 0 for all others, and for proxies: they must be asked
 * (mp_call "__len__"). */
size_t mp_length(const struct mp_value *v);
/* The i-th item of a list or tuple, in the order of insertion the i-th key of a dict; NULL if there is none. Borrowed.
 */
const struct mp_value *mp_item(const struct mp_value *v, size_t i);
/* The value for the i-th key of a dict, or for a key that is a str. Borrowed. */
const struct mp_value *mp_item_value(const struct mp_value *v, size_t i);
const struct mp_value *mp_lookup(const struct mp_value *v, const char *key);

/* ======== The client half: use a Python manager's objects (ref/public/client.c) */

/* A connected manager. Any number of threads may use one; each has its own connection, as in Python, and its own last
 * error. */
struct mp_client;

/* A client that is not connected yet; NULL if out of memory. */
struct mp_client *mp_client_new(void);
/* Releases it. Drop the values that came from it before. NULL is fine. */
void mp_client_free(struct mp_client *c);
/* Connects and authenticates. address is unix:PATH, abstract:NAME or tcp:HOST:PORT; key is the manager's authkey. 0, or
 * -1. */
int mp_connect(struct mp_client *c, const char *address, const void *key, size_t key_size);
/* Makes a typeid known that SyncManager does not have, as BaseManager.register(typeid) does. 0, or -1. */
int mp_register(struct mp_client *c, const char *typeid);

/* manager.TYPEID(…): a new shared object; its proxy, or NULL. */
struct mp_value *mp_create(struct mp_client *c, const char *typeid, const char *format, ...);
/* target.METHOD(…), of a proxy or of a local copy. A new value, or NULL. */
struct mp_value *mp_call(struct mp_client *c, struct mp_value *target, const char *method, const char *format, ...);
/* As mp_call where only success matters: 0, or -1. */
int mp_do(struct mp_client *c, struct mp_value *target, const char *method, const char *format, ...);
/* Attributes: of a Namespace or Value. */
struct mp_value *mp_get(struct mp_client *c, struct mp_value *target, const char *name);
int mp_set(struct mp_client *c, struct mp_value *target, const char *name, const char *format, ...);
/* A local value from a format of one item. */
struct mp_value *mp_build(struct mp_client *c, const char *format, ...);
/* Python's str(v) and repr(v) as text to be freed with mp_free; NULL on failure. str of a proxy asks the manager. */
char *mp_to_text(struct mp_client *c, struct mp_value *v);
char *mp_to_repr(struct mp_client *c, struct mp_value *v);
void mp_free(void *text);
/* Gives a value back; the manager forgets an object when its last proxy is dropped. NULL is fine. */
void mp_drop(struct mp_client *c, struct mp_value *v);

/* What went wrong last in this thread: the class of the Python exception ("KeyError",
 * "multiprocessing.managers.RemoteError"), and its text as the last line of a traceback shows it behind the class.
 * Empty if nothing did. Valid until the next call with c in this thread. */
const char *mp_error_class(struct mp_client *c);
const char *mp_error_text(struct mp_client *c);

/* ======== End of the client half */

/* ======== The server half: serve your own types to Python (ref/public/server.c, ref/examples/serve_counter.c) */

/* One call of a method, as long as it lasts. */
struct mp_invocation;

/* A method of a class, as `def name(self, parameters)` would be. self is the object's memory. Returns what mp_return
 * made, or what mp_raise returned.  Methods run one at a time, as in Python: see mp_wait_begin. */
struct mp_method {
    const char *name;
    const char *parameters; /* names with blanks between; "" for none */
    int required;           /* how many of them have no default; arguments are checked before the method is called */
    struct mp_value *(*call)(struct mp_invocation *in, void *self);
};

/* A class of shared objects. The methods `__init__` (create's arguments), `__repr__` and `__str__` mean what they mean
 * in Python; clients see those that do not begin with an underscore. */
struct mp_class {
    const char *name;                /* the typeid, and the class in messages; module "mpref" */
    size_t size;                     /* bytes of an object's memory, all zero before __init__ */
    const struct mp_method *methods; /* ends with {0} */
    void (*destroy)(void *self);     /* releases what the memory holds, not itself; may be NULL */
    const char *exposed;             /* names that clients may call, if not all public ones; else NULL */
    const char *mapped; /* "method=typeid method=typeid": results that stay here, clients get proxies; or NULL */
};

/* A function that clients may name: as an argument of a Pool of this server, as the key of a shared list's sort. Python
 * finds it in a module of its own that has this name and such a function, which it never calls. self is NULL. */
struct mp_function {
    const char *module, *name;
    const char *parameters; /* as in a method */
    int required;
    struct mp_value *(*call)(struct mp_invocation *in);
};

/* The i-th argument, by position or by name; NULL if it was not given. Borrowed. */
struct mp_value *mp_argument(struct mp_invocation *in, size_t i);
/* A result, from a format of one item. NULL, which is right to return, too, if that fails. */
struct mp_value *mp_return(struct mp_invocation *in, const char *format, ...);
/* Raises a built-in exception of Python by its name ("ValueError"; others become RuntimeError), text as for printf;
 * NULL, always. */
struct mp_value *mp_raise(struct mp_invocation *in, const char *class, const char *text, ...);
/* Between these two other methods run, for when this one waits for something; values are not touched meanwhile. */
void mp_wait_begin(struct mp_invocation *in);
void mp_wait_end(struct mp_invocation *in);

/* A manager, which has the types of SyncManager in any case. */
struct mp_server;

/* NULL if out of memory. */
struct mp_server *mp_server_new(void);
/* Adds a class, which must outlive the server, before it starts. 0, or -1. */
int mp_server_add(struct mp_server *s, const struct mp_class *class);
/* Gives one object of a typeid, made without arguments, a name by which clients find it, as
 * register('get_queue', callable=lambda: queue) does. Both texts must outlive the server. 0, or -1; a typeid that
 * cannot be is told by mp_server_start. */
int mp_server_share(struct mp_server *s, const char *name, const char *typeid);
/* Adds a function, which must outlive the server, before it starts. 0, or -1. */
int mp_server_add_function(struct mp_server *s, const struct mp_function *function);
/* Listens at unix:PATH, abstract:NAME or tcp:HOST:PORT (0: any port), and serves clients that know the key, in threads
 * of its own. 0, or -1. */
int mp_server_start(struct mp_server *s, const char *address, const void *key, size_t key_size);
/* The address it serves at, with the real port. */
const char *mp_server_address(const struct mp_server *s);
/* Waits until a client asks it to shut down, or mp_server_stop was called, which a signal handler may do. */
void mp_server_run(struct mp_server *s);
void mp_server_stop(struct mp_server *s);
/* Why the last mp_server_add or mp_server_start failed. */
const char *mp_server_error(const struct mp_server *s);
/* Ends its threads, destroys its objects, releases it. NULL is fine. */
void mp_server_free(struct mp_server *s);

/* ======== End of the server half */

#ifdef __cplusplus
}
#endif

#endif
