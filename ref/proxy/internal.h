/* SPDX-License-Identifier: MIT */
/* What the files of proxy/ share: the bodies of processes, clients and proxies, and how a proxy is made and called.
 * For the files of proxy/ only; everybody else goes through proxy.h. */
#ifndef REF_PROXY_INTERNAL_H
#define REF_PROXY_INTERNAL_H

#include <pthread.h>

#include "ref/message/message.h"
#include "ref/proxy/proxy.h"

#define MANAGERS "multiprocessing.managers"

/* ---- process.c */

struct stream { /* one thread's connection to one address */
    struct stream *next;
    struct peer *peer; /* owned reference */
    struct channel channel;
};

struct thread { /* a thread as the process knows it */
    struct thread *next;
    struct process *process;
    struct stream *streams;
    char *name; /* owned; NULL: the main thread */
    pthread_t self;
    bool cut; /* it talks to no manager any more */
};

/* A manager's address with the proxies that live here: CPython's BaseProxy._address_to_local, which is what decides
 * when a stream is closed. */
struct peer {
    struct peer *next;
    size_t refs;
    bool forgotten; /* no longer in the process's list */
    struct address address;
    struct value *living; /* dict: the keys are what stands for living proxies */
};

struct process {
    struct runtime *rt;
    pthread_key_t thread_key; /* to struct thread */
    struct thread *threads;
    unsigned thread_number; /* of the last unnamed thread */
    struct peer *peers;
    unsigned char *key;
    size_t key_size;
    int64_t serial;                 /* of the last proxy */
    bool fixtures;                  /* the module of the fixture types could be imported here */
    struct proxy *dead, **dead_end; /* proxies whose decref is still to be sent, oldest first */
};

/* The peer of an address: a new reference, or NULL after raising. */
struct peer *process_peer(struct ctx *ctx, struct process *p, const struct address *address);
void process_peer_release(struct peer *peer);
/* This thread's stream to the peer, if it has one. Borrowed. */
struct stream *process_stream_peek(struct process *p, const struct peer *peer);
/* As above, opened if there is none: connect, handshake, accept_connection. NULL after raising. */
struct stream *process_stream(struct ctx *ctx, struct process *p, const struct proxy *proxy);
/* Closes this thread's stream to the peer. */
void process_close_stream(struct process *p, const struct peer *peer);

/* ---- client.c */

struct client {
    size_t refs;
    struct process *process;
    struct value *address; /* as it stands in tokens */
    struct endpoint endpoint;
    unsigned char *key; /* owned, what endpoint.key points to */
    bool fixtures;
    struct registration *registered; /* beyond the table */
};

/* The proxy class that is registered for a typeid: *class is its name, NULL for AutoProxy. False if there is none. */
bool client_registry(const struct client *c, const char *typeid, const char **class_name);
struct client *client_ref(struct client *c);

/* ---- proxy.c */

struct proxy {                       /* what hangs on a proxyref */
    struct proxyref *ref;            /* NULL once the value is gone */
    struct process *process;         /* borrowed: it outlives its proxies */
    struct client *manager;          /* owned reference, or NULL: CPython's _manager */
    struct peer *peer;               /* owned reference */
    const struct proxy_class *class; /* never NULL */
    struct value *id;                /* owned */
    struct value *mark;              /* owned: its key in peer->living */
    bool counted;                    /* it holds a reference in the manager, which is to be given back */
    struct value *names;             /* owned: of an AutoProxy its methods, a tuple, else NULL */
    struct value *exposed;           /* owned: as sent with this very result, or NULL */
    struct value *attributes;        /* owned: dict of what was set on the proxy itself, or NULL */
    struct endpoint endpoint;        /* for one-shots: address, key, serializer */
    unsigned char *key;              /* owned, what endpoint.key points to */
    struct proxy *next;              /* in process->dead */
};

/* How a proxy comes to be. All borrowed. */
struct proxy_plan {
    struct process *process;
    struct client *manager; /* or NULL */
    const char *class_name; /* in multiprocessing.managers, or NULL: AutoProxy */
    struct value *typeid, *address, *id;
    struct value *exposed; /* what came with it, any value */
    struct auth_key key;
    const struct serializer *serializer;
};
/* A new proxy, which sends its incref; NULL after raising. */
struct value *proxy_make(struct ctx *ctx, const struct proxy_plan *plan);
/* RebuildProxy: gives life to a proxy that was unpickled and sends its incref; for pickle_reader. 0, or -1 after
 * raising. */
int proxy_rebuild(struct ctx *ctx, struct proxyref *ref, void *process);
struct proxy *proxy_of(const struct value *v); /* v is a proxy of this layer */
/* _callmethod(method, args, kwds) with any values. New, or NULL after raising. */
struct value *proxy_request(struct ctx *ctx, struct value *v, struct value *method, struct value *args,
                            struct value *kwds);
/* The same for the n arguments given, each consumed. */
struct value *proxy_request_take(struct ctx *ctx, struct value *v, const char *method, size_t n, ...);
/* The decref for a proxy that is gone, and the end of it. Nothing is raised. */
void proxy_bury(struct ctx *ctx, struct proxy *proxy);
/* ---- proxy_class.c */

struct generated { /* a method that MakeProxyType makes: sends its own name and arguments */
    const char *name;
    short since, until; /* CPython versions, 0: no bound */
};

struct property {
    const char *name, *getter, *argument; /* reads by calling getter(argument), or getter() */
    const char *setter;                   /* NULL: read-only */
};

struct proxy_class {
    const char *name, *module; /* module NULL: multiprocessing.managers */
    short since;
    const struct proxy_class *base;
    const struct method *methods;      /* written in Python by CPython; end with {0} */
    const struct generated *generated; /* end with {0}; or NULL */
    const struct property *properties; /* end with {0}; or NULL */
    bool open;                         /* attributes without leading underscore are the referent's: Namespace */
};

extern const struct proxy_class proxy_class_auto, proxy_class_base;
/* The class of this name in the imitated version; NULL if there is none. */
const struct proxy_class *proxy_class_find(const char *name, int compat);
/* The module where pickles look for it. */
const char *proxy_class_module(const struct proxy_class *class);

struct found {
    const struct method *method; /* written; NULL: generated */
    const char *class_name;      /* where it is written */
};
/* type(v).name, where type(v) is a proxy class; false if there is none. */
bool proxy_find(const struct ctx *ctx, const struct value *v, const char *name, struct found *out);
const struct property *proxy_find_property(const struct value *v, const char *name);
/* Has type(v) this method? */
bool proxy_has(const struct ctx *ctx, const struct value *v, const char *name);
/* type(v).name(v, *args, **kwds); args and kwds (or NULL) are borrowed. The method was found. */
struct value *proxy_invoke(struct ctx *ctx, struct value *v, const char *name, const struct found *found,
                           struct value *args, struct value *kwds);
/* type(v).name(v, …) with n arguments, each consumed. The method exists. */
struct value *proxy_invoke_take(struct ctx *ctx, struct value *v, const char *name, size_t n, ...);

/* ---- proxy_methods.c: the methods that CPython writes in Python, by class */
extern const struct method proxy_base_methods[], proxy_list_methods[], proxy_dict_methods[], proxy_set_methods[],
    proxy_iterator_methods[], proxy_generator_methods[], proxy_acquirer_methods[], proxy_condition_methods[],
    proxy_event_methods[], proxy_barrier_methods[], proxy_value_methods[], proxy_pool_methods[];

/* ---- proxy_attributes.c */
/* raise AttributeError "'TYPE' object has no attribute 'NAME'"; NULL, always. */
void *proxy_raise_attribute(struct ctx *ctx, const char *type_name, const char *name);

/* ---- proxy_surface.c */
extern const struct proxyref_surface proxy_surface;
/* reversed(v) of any v. */
struct value *proxy_reversed(struct ctx *ctx, struct value *v);

#endif
