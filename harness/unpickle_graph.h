/* SPDX-License-Identifier: MIT */
/* What a pickle builds, as a graph: for unpickle.c, which makes it, and unpickle_graph.c, which shows it. */
#ifndef HARNESS_UNPICKLE_GRAPH_H
#define HARNESS_UNPICKLE_GRAPH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define GRAPH_NONE ((size_t)-1)

/* NEW is an object made without calling its class (the opcode NEWOBJ), CALL what a function or class returns. */
enum node_kind {
    NODE_LEAF,
    NODE_BYTEARRAY,
    NODE_GLOBAL,
    NODE_LIST,
    NODE_TUPLE,
    NODE_DICT,
    NODE_SET,
    NODE_FROZENSET,
    NODE_CALL,
    NODE_NEW
};

/* Numbers of nodes.  Initialise with {0}; free the list. */
struct indices {
    size_t *list, count, capacity;
};

void indices_add(struct indices *indices, size_t index);

struct node {
    enum node_kind kind;
    json_t *leaf;               /* LEAF, BYTEARRAY, GLOBAL: the typed value */
    struct indices items;       /* elements; DICT: keys and values in turn; CALL and NEW: list items */
    struct indices pairs;       /* CALL and NEW: keys and values in turn */
    size_t func, args, state;   /* CALL and NEW; state may be GRAPH_NONE */
    bool on_path, seen, shared; /* for showing */
    size_t number;              /* … of a shared one, from 1; 0 before its first place */
};

/* Initialise with {0}. */
struct graph {
    struct node *nodes;
    size_t count, capacity;
};

/* A new node; pointers to others are void then. */
size_t graph_node(struct graph *graph, enum node_kind kind);
size_t graph_leaf_take(struct graph *graph, json_t *value);

/* The typed value of a node, new; NULL with *why if it is too deep or too large. */
json_t *graph_show(struct graph *graph, size_t root, const char **why);

void graph_clear(struct graph *graph);

#endif
