/* SPDX-License-Identifier: MIT */
/* What a pickle builds → typed JSON.  Two walks: the first finds what is met more than once, the second writes it as
 * ADAPTER.md has it. */
#include "harness/unpickle_graph.h"

#include "harness/text.h"
#include "harness/typed.h"
#include "harness/words.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 1000
/* Tuples that are met again are written again: this many values at most. */
#define VALUES_MAX ((size_t)1 << 22)

struct walk {
    struct graph *graph;
    size_t depth, values, numbers;
    const char *why;
};

static json_t *show(struct walk *walk, size_t index);

void indices_add(struct indices *indices, size_t index)
{
    if (indices->count == indices->capacity) {
        indices->capacity = indices->capacity ? 2 * indices->capacity : 8;
        indices->list = text_realloc(indices->list, indices->capacity * sizeof *indices->list);
    }
    indices->list[indices->count++] = index;
}

size_t graph_node(struct graph *graph, enum node_kind kind)
{
    if (graph->count == graph->capacity) {
        graph->capacity = graph->capacity ? 2 * graph->capacity : 16;
        graph->nodes = text_realloc(graph->nodes, graph->capacity * sizeof *graph->nodes);
    }
    graph->nodes[graph->count] =
        (struct node){.kind = kind, .func = GRAPH_NONE, .args = GRAPH_NONE, .state = GRAPH_NONE};
    return graph->count++;
}

size_t graph_leaf_take(struct graph *graph, json_t *value)
{
    size_t node = graph_node(graph, NODE_LEAF);
    graph->nodes[node].leaf = value;
    return node;
}

void graph_clear(struct graph *graph)
{
    for (size_t i = 0; i < graph->count; i++) {
        json_decref(graph->nodes[i].leaf);
        free(graph->nodes[i].items.list);
        free(graph->nodes[i].pairs.list);
    }
    free(graph->nodes);
    *graph = (struct graph){0};
}

/* ---- the first walk */

static bool enter(struct walk *walk)
{
    if (!walk->why && (++walk->depth > DEPTH_MAX || ++walk->values > VALUES_MAX))
        walk->why = "too deep or too large";
    return !walk->why;
}

static void find_shared(struct walk *walk, size_t index);

static void find_in(struct walk *walk, const struct indices *indices)
{
    for (size_t i = 0; i < indices->count; i++)
        find_shared(walk, indices->list[i]);
}

/* Whether a node has an identity of its own; tuples and frozensets have one only where they contain themselves. */
static bool has_identity(const struct node *node)
{
    return node->kind != NODE_LEAF && node->kind != NODE_GLOBAL && node->kind != NODE_TUPLE &&
           node->kind != NODE_FROZENSET;
}

static void find_shared(struct walk *walk, size_t index)
{
    struct node *node = index == GRAPH_NONE ? NULL : &walk->graph->nodes[index];
    if (!node || !enter(walk))
        return;
    if (node->on_path || (node->seen && has_identity(node))) {
        node->shared = true;
    } else {
        node->seen = node->on_path = true;
        find_shared(walk, node->args);
        find_in(walk, &node->items);
        find_in(walk, &node->pairs);
        find_shared(walk, node->state);
        node->on_path = false;
    }
    walk->depth--;
}

/* ---- the second */

static json_t *show_all(struct walk *walk, const struct indices *indices)
{
    json_t *array = typed_array();
    for (size_t i = 0; i < indices->count; i++)
        typed_append_take(array, show(walk, indices->list[i]));
    return array;
}

static json_t *show_pairs(struct walk *walk, const struct indices *indices)
{
    json_t *array = typed_array();
    for (size_t i = 0; i + 1 < indices->count; i += 2) {
        json_t *pair = typed_array(), *key = show(walk, indices->list[i]);
        typed_append_take(pair, key);
        typed_append_take(pair, show(walk, indices->list[i + 1]));
        typed_append_take(array, pair);
    }
    return array;
}

static const char *global_name(const struct walk *walk, size_t index)
{
    return json_string_value(typed_peek(walk->graph->nodes[index].leaf, "$global"));
}

/* The class of an exception: a built-in one.  Others are shown as the instances that they are. */
static bool is_exception(const char *global)
{
    return !strncmp(global, "builtins:", 9) && words_has(words_exceptions, global + 9, strlen(global + 9));
}

static json_t *show_exception(struct walk *walk, const struct node *node)
{
    json_t *body = typed_object();
    typed_set_take(body, "class", json_string(global_name(walk, node->func)));
    typed_set_take(body, "args", show_all(walk, &walk->graph->nodes[node->args].items));
    if (node->state != GRAPH_NONE)
        typed_set_take(body, "state", show(walk, node->state));
    return typed_take("$exception", body);
}

static json_t *show_reduction(struct walk *walk, const struct node *node)
{
    json_t *body = typed_object(), *args = typed_array();
    const struct indices *given = &walk->graph->nodes[node->args].items;
    bool made = node->kind == NODE_NEW;
    if (made)
        typed_append_take(args, show(walk, node->func));
    for (size_t i = 0; i < given->count; i++)
        typed_append_take(args, show(walk, given->list[i]));
    typed_set_take(body, "func", json_string(made ? "copyreg:__newobj__" : global_name(walk, node->func)));
    typed_set_take(body, "args", args);
    if (node->state != GRAPH_NONE)
        typed_set_take(body, "state", show(walk, node->state));
    if (node->items.count)
        typed_set_take(body, "items", show_all(walk, &node->items));
    if (node->pairs.count)
        typed_set_take(body, "pairs", show_pairs(walk, &node->pairs));
    return typed_take("$reduce", body);
}

/* What `_codecs.encode(text, 'latin1')` makes, as Python writes bytes up to protocol 2; NULL for other arguments. */
static json_t *latin1_bytes(const json_t *args)
{
    const char *text = json_string_value(json_array_get(args, 0)), *codec = json_string_value(json_array_get(args, 1));
    const char *hex = json_string_value(typed_peek(json_array_get(args, 0), "$str"));
    struct text utf8 = {0}, bytes = {0};
    json_t *value = NULL;
    if (codec && !strcmp(codec, "latin1") && (text || hex)) {
        for (; hex && hex[0] && hex[1]; hex += 2) {
            char pair[3] = {hex[0], hex[1], 0};
            text_add(&utf8, &(unsigned char){(unsigned char)strtoul(pair, NULL, 16)}, 1);
        }
        if (text)
            text_add(&utf8, text, json_string_length(json_array_get(args, 0)));
        for (size_t i = 0; i < utf8.length; i++) {
            unsigned char c = (unsigned char)utf8.bytes[i];
            if (c >= 0xc2 && c <= 0xc3)
                c = (unsigned char)((c & 3) << 6 | (utf8.bytes[++i] & 0x3f));
            text_add(&bytes, &c, 1);
        }
        value = typed_hex("$bytes", text_peek(&bytes), bytes.length);
    }
    text_clear(&utf8);
    text_clear(&bytes);
    return value;
}

/* A call that makes a value which typed JSON has a form for; NULL for every other.  Takes nothing; the value is new. */
static json_t *known_call(const char *global, json_t *args)
{
    static const struct {
        const char *global, *tag;
        size_t arguments;
    } table[] = {{"builtins:range", "$range", 3}, {"builtins:slice", "$slice", 3},
                 {"builtins:complex", NULL, 2},   {"builtins:bytearray", "$bytearray", 1},
                 {"builtins:set", "$set", 1},     {"builtins:frozenset", "$frozenset", 1},
                 {"builtins:list", "", 1}};
    json_t *first = json_array_get(args, 0);
    if (!strcmp(global, "_codecs:encode") && json_array_size(args) == 2)
        return latin1_bytes(args);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strcmp(global, table[i].global) != 0 || json_array_size(args) != table[i].arguments)
            continue;
        const char *tag = table[i].tag;
        if (table[i].arguments == 3)
            return typed_take(tag, json_incref(args));
        if (!tag && typed_peek(first, "$float") && typed_peek(json_array_get(args, 1), "$float"))
            return typed_take("$complex", json_pack("[O, O]", typed_peek(first, "$float"),
                                                    typed_peek(json_array_get(args, 1), "$float")));
        if (tag && !strcmp(tag, "$bytearray") && typed_peek(first, "$bytes"))
            return typed_take(tag, json_incref(typed_peek(first, "$bytes")));
        if (tag && !*tag && json_is_array(first))
            return json_incref(first);
        if (tag && strlen(tag) > 1 && json_is_array(first))
            return typed_take(tag, json_incref(first));
    }
    return NULL;
}

static json_t *show_call(struct walk *walk, const struct node *node)
{
    const char *global = global_name(walk, node->func);
    bool plain = node->state == GRAPH_NONE && !node->items.count && !node->pairs.count;
    if (node->kind == NODE_CALL && is_exception(global))
        return show_exception(walk, node);
    json_t *reduction = show_reduction(walk, node);
    if (node->kind == NODE_CALL && plain) {
        json_t *known = known_call(global, json_object_get(typed_peek(reduction, "$reduce"), "args"));
        if (known) {
            json_decref(reduction);
            return known;
        }
    }
    return reduction;
}

static json_t *show_global(const struct node *node)
{
    const char *name = json_string_value(typed_peek(node->leaf, "$global"));
    if (!strcmp(name, "builtins:Ellipsis"))
        return typed_take("$ellipsis", json_true());
    if (!strcmp(name, "builtins:NotImplemented"))
        return typed_take("$notimplemented", json_true());
    return json_incref(node->leaf);
}

static json_t *show_body(struct walk *walk, const struct node *node)
{
    switch (node->kind) {
    case NODE_LIST:
        return show_all(walk, &node->items);
    case NODE_TUPLE:
        return typed_take("$tuple", show_all(walk, &node->items));
    case NODE_SET:
        return typed_take("$set", show_all(walk, &node->items));
    case NODE_FROZENSET:
        return typed_take("$frozenset", show_all(walk, &node->items));
    case NODE_DICT:
        return typed_take("$dict", show_pairs(walk, &node->items));
    case NODE_CALL:
    case NODE_NEW:
        return show_call(walk, node);
    case NODE_GLOBAL:
        return show_global(node);
    case NODE_LEAF:
    case NODE_BYTEARRAY:
        break;
    }
    return json_incref(node->leaf);
}

static json_t *show(struct walk *walk, size_t index)
{
    struct node *node = &walk->graph->nodes[index];
    if (node->shared && node->number)
        return typed_take("$same", json_integer((json_int_t)node->number));
    if (!node->shared)
        return show_body(walk, node);
    node->number = ++walk->numbers;
    json_t *wrapped = typed_take("$shared", json_integer((json_int_t)node->number));
    typed_set_take(wrapped, "value", show_body(walk, node));
    return wrapped;
}

json_t *graph_show(struct graph *graph, size_t root, const char **why)
{
    struct walk walk = {.graph = graph};
    find_shared(&walk, root);
    *why = walk.why;
    return walk.why ? NULL : show(&walk, root);
}
