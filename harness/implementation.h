/* SPDX-License-Identifier: MIT */
/* Implementations: who is judged, and how they are started.  One small JSON file each (implementations/README.md). */
#ifndef HARNESS_IMPLEMENTATION_H
#define HARNESS_IMPLEMENTATION_H

#include "harness/version.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct problems;

/* The version of the file's format; a file without "format" has the first. */
#define IMPLEMENTATION_FORMAT 1

struct implementation {
    char *name;            /* what reports call it; with a version where one run has several of a kind: "ref-3.9" */
    char *kind;            /* the name in its file: what allowances of cases and known failures are for */
    char *home;            /* the page of the project, or NULL */
    char *manager, *proxy; /* command templates; NULL: it has no such role */
    char *address, *key;   /* a manager that already serves (key in hexadecimal): then manager is NULL */
    char *proxy_at;        /* a proxy adapter that already listens: then proxy is NULL */
    char *key_file;        /* where key came from */
    char *nursery;         /* command template of a program that starts the other two, or NULL */
    char *imitates;        /* the version whose results apply to it; NULL: its interpreter's, or the oracle's */
    json_t *interpreters;  /* where to look for {python}, an array of names; NULL: it is the oracle's */
    char *identify;        /* template of a command that prints its release; fails where it is not installed */
    char *get;             /* how to install it, or NULL */
    char *known;           /* the path of its list of known failures, or NULL */
    char *wrap;            /* goes before its commands, or NULL */
    json_t *types;         /* the typeids that its manager has, an array of strings; NULL: all */
    json_t *transports;    /* of "unix", "abstract", "tcp" those it has, an array; NULL: all */
    bool fixtures;         /* its manager has the fixture types */
    bool xmlrpclib;        /* its manager and proxy have that serializer */
    bool ours;             /* shipped to be identical with CPython: the oracle itself and ref: accidents count */
    char *source;          /* the file it came from, or NULL */
    /* On this machine, in this run: */
    char *python;              /* its interpreter; "" for none */
    char *release;             /* what identify printed, or of the oracle's kind its release; NULL: not known */
    int version;               /* the version that it imitates; VERSION_NONE before that is settled */
    char compat[VERSION_TEXT]; /* the same as text */
};

/* What fills the placeholders of a template; {compat} and {python} are the implementation's own. */
struct filling {
    const char *address, *authkey_file, *serializer;
};

/* Loads NAME from the project's harness/implementations, or a file if name has a slash or ends in .json.  New, or NULL
 * with a problem. */
struct implementation *implementation_load(const char *name, struct problems *problems);

/* Makes one from command lines given by the user; a manager command without {address} gets the standard arguments
 * appended.  New. */
struct implementation *implementation_make(const char *name, const char *manager, const char *proxy);

/* Whether it follows the oracle: imitates whatever version it is asked to, by the oracle's interpreter or {compat}. */
bool implementation_follows(const struct implementation *implementation);

/* Sets the version that it imitates. */
void implementation_imitate(struct implementation *implementation, int version);

/* True if both roles declare a transport: by name, or by declaring none. */
bool implementation_has_transport(const struct implementation *implementation, const char *transport);

/* The command of a role with all placeholders filled, each value quoted for the shell, and wrap in front.  {home} and
 * {build} are always known.  New, or NULL with a problem if a placeholder is unknown. */
char *implementation_command(const struct implementation *implementation, const char *template,
                             const struct filling *filling, struct problems *problems);

/* Attaches a manager: its address, taken as it is, and the file with its key.  False with a problem. */
bool implementation_attach_manager(struct implementation *implementation, const char *address, const char *key_file,
                                   struct problems *problems);
/* Attaches a proxy adapter.  False with a problem. */
bool implementation_attach_proxy(struct implementation *implementation, const char *address, struct problems *problems);

/* True if its manager declares a typeid: by name, or by declaring none. */
bool implementation_has_type(const struct implementation *implementation, const char *typeid);

/* True if it has a manager, or a proxy, by whatever road. */
bool implementation_serves(const struct implementation *implementation);
bool implementation_drives(const struct implementation *implementation);

void implementation_free(struct implementation *implementation);

#endif
