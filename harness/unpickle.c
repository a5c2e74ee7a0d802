/* SPDX-License-Identifier: MIT */
/* Reads a pickle as data: a stack machine whose values are nodes of a graph.  The graph becomes typed JSON in
 * unpickle_show.c, where sharing can be seen. */
#include "harness/unpickle.h"

#include "harness/canonical_write.h"
#include "harness/decimal.h"
#include "harness/number.h"
#include "harness/opcode.h"
#include "harness/text.h"
#include "harness/typed.h"
#include "harness/unpickle_graph.h"

#include <stdlib.h>
#include <string.h>

/* Instructions and nodes beyond which a pickle is not read. */
#define NODES_MAX ((size_t)1 << 20)

/* The machine: a stack of nodes, the heights at which marks stand, and the memo. */
struct machine {
    struct graph graph;
    struct indices stack, marks, memo;
    const char *error;
    bool stopped;
};

typedef void action(struct machine *machine, const struct instruction *in);

static action *step_of(enum opcode opcode);

static void fail(struct machine *machine, const char *why)
{
    if (!machine->error)
        machine->error = why;
}

/* ---- the stack */

static void push(struct machine *machine, size_t node)
{
    indices_add(&machine->stack, node);
}

static size_t floor_of(const struct machine *machine)
{
    return machine->marks.count ? machine->marks.list[machine->marks.count - 1] : 0;
}

/* The node at the top, taken off; GRAPH_NONE after an error. */
static size_t pop(struct machine *machine)
{
    if (machine->stack.count > floor_of(machine))
        return machine->stack.list[--machine->stack.count];
    fail(machine, "a stack underflow");
    return GRAPH_NONE;
}

/* The top node, which stays; GRAPH_NONE after an error. */
static size_t top(struct machine *machine)
{
    size_t node = pop(machine);
    if (node != GRAPH_NONE)
        machine->stack.count++;
    return node;
}

static struct node *node_at(struct machine *machine, size_t node)
{
    return node == GRAPH_NONE ? NULL : &machine->graph.nodes[node];
}

/* The nodes above the last mark, borrowed until something is pushed; the mark is gone. */
static struct indices pop_mark(struct machine *machine)
{
    struct indices above = {0};
    if (!machine->marks.count) {
        fail(machine, "no mark on the stack");
        return above;
    }
    size_t floor = machine->marks.list[--machine->marks.count];
    above.list = machine->stack.list + floor;
    above.count = machine->stack.count - floor;
    machine->stack.count = floor;
    return above;
}

static void push_leaf_take(struct machine *machine, json_t *value)
{
    push(machine, graph_leaf_take(&machine->graph, value));
}

static size_t node_of(struct machine *machine, enum node_kind kind, const size_t *items, size_t count)
{
    size_t node = graph_node(&machine->graph, kind);
    for (size_t i = 0; i < count; i++)
        indices_add(&machine->graph.nodes[node].items, items[i]);
    return node;
}

/* ---- scalars */

static void step_none(struct machine *machine, const struct instruction *in)
{
    (void)in;
    push_leaf_take(machine, json_null());
}

static void step_bool(struct machine *machine, const struct instruction *in)
{
    push_leaf_take(machine, json_boolean(in->opcode == OPCODE_NEWTRUE));
}

static void step_number(struct machine *machine, const struct instruction *in)
{
    push_leaf_take(machine, json_integer(in->number));
}

static void step_float(struct machine *machine, const struct instruction *in)
{
    push_leaf_take(machine, typed_float(in->real));
}

static void push_decimal_take(struct machine *machine, char *decimal)
{
    if (decimal)
        push_leaf_take(machine, typed_int(decimal));
    else
        fail(machine, "an integer that is too large");
    free(decimal);
}

static void step_long(struct machine *machine, const struct instruction *in)
{
    push_decimal_take(machine, opcode_decimal(in));
}

static char *line_of(const struct instruction *in)
{
    char *line = text_calloc(in->length + 1, 1);
    memcpy(line, in->bytes, in->length);
    return line;
}

static void step_int_line(struct machine *machine, const struct instruction *in)
{
    char *line = line_of(in);
    size_t length = strlen(line), digits;
    bool negative = *line == '-';
    struct decimal number;
    if (length && line[length - 1] == 'L')
        line[--length] = '\0';
    digits = strspn(line + negative, "0123456789");
    if (in->opcode == OPCODE_INT && (!strcmp(line, "00") || !strcmp(line, "01")))
        push_leaf_take(machine, json_boolean(line[1] == '1'));
    else if (!digits || negative + digits != length || !decimal_read(&number, line + negative, digits, 10))
        fail(machine, "an integer that cannot be read");
    else {
        char *text = decimal_text(&number, negative);
        push_leaf_take(machine, typed_int(text));
        free(text);
        decimal_free(&number);
    }
    free(line);
}

static void step_float_line(struct machine *machine, const struct instruction *in)
{
    double x;
    char *line = line_of(in);
    if (number_read(line, strlen(line), &x))
        push_leaf_take(machine, typed_float(x));
    else
        fail(machine, "a float that cannot be read");
    free(line);
}

/* UTF-8 in which lone surrogates have three bytes each; anything else cannot be shown. */
static void push_str(struct machine *machine, const char *bytes, size_t length)
{
    struct text scratch = {0};
    if (write_str(&scratch, bytes, length))
        push_leaf_take(machine, typed_str(bytes, length));
    else
        fail(machine, "a str that is no UTF-8");
    text_clear(&scratch);
}

static void step_str(struct machine *machine, const struct instruction *in)
{
    push_str(machine, (const char *)in->bytes, in->length);
}

static void step_bytes(struct machine *machine, const struct instruction *in)
{
    push_leaf_take(machine, typed_hex("$bytes", in->bytes, in->length));
}

static void step_bytearray(struct machine *machine, const struct instruction *in)
{
    size_t node = graph_node(&machine->graph, NODE_BYTEARRAY);
    machine->graph.nodes[node].leaf = typed_hex("$bytearray", in->bytes, in->length);
    push(machine, node);
}

static void step_unicode_line(struct machine *machine, const struct instruction *in)
{
    struct text out = {0};
    opcode_unescape(&out, in);
    push_str(machine, text_peek(&out), out.length);
    text_clear(&out);
}

/* ---- classes and functions */

static void push_global(struct machine *machine, const char *module, size_t module_length, const char *name,
                        size_t length)
{
    size_t node = graph_node(&machine->graph, NODE_GLOBAL);
    json_t *whole = json_pack("[s%, s%]", module, module_length, name, length);
    if (!whole)
        fail(machine, "the name of a class or function that is no text");
    json_decref(whole);
    if (machine->error)
        return;
    machine->graph.nodes[node].leaf = typed_global(module, module_length, name, length);
    push(machine, node);
}

static size_t push_global_line(struct machine *machine, const struct instruction *in)
{
    const char *text = (const char *)in->bytes, *newline = memchr(text, '\n', in->length);
    push_global(machine, text, (size_t)(newline - text), newline + 1, in->length - (size_t)(newline - text) - 1);
    return pop(machine);
}

static void step_global(struct machine *machine, const struct instruction *in)
{
    push(machine, push_global_line(machine, in));
}

static void step_stack_global(struct machine *machine, const struct instruction *in)
{
    struct node *name = node_at(machine, pop(machine)), *module = node_at(machine, pop(machine));
    (void)in;
    if (!name || !module || !json_is_string(name->leaf) || !json_is_string(module->leaf)) {
        fail(machine, "a STACK_GLOBAL without two str");
        return;
    }
    push_global(machine, json_string_value(module->leaf), json_string_length(module->leaf),
                json_string_value(name->leaf), json_string_length(name->leaf));
}

static void push_call(struct machine *machine, enum node_kind kind, size_t func, size_t args)
{
    size_t node = graph_node(&machine->graph, kind);
    if (!node_at(machine, func) || !node_at(machine, args))
        return;
    if (machine->graph.nodes[func].kind != NODE_GLOBAL || machine->graph.nodes[args].kind != NODE_TUPLE) {
        fail(machine, "a call of something that is no class or function, or without a tuple");
        return;
    }
    machine->graph.nodes[node].func = func;
    machine->graph.nodes[node].args = args;
    push(machine, node);
}

static void step_call(struct machine *machine, const struct instruction *in)
{
    size_t args = pop(machine), func = pop(machine);
    push_call(machine, in->opcode == OPCODE_NEWOBJ ? NODE_NEW : NODE_CALL, func, args);
}

/* cls.__new__(cls, *args, **kwds): shown as copyreg.__newobj_ex__(cls, args, kwds). */
static void step_newobj_ex(struct machine *machine, const struct instruction *in)
{
    size_t parts[3];
    (void)in;
    parts[2] = pop(machine), parts[1] = pop(machine), parts[0] = pop(machine);
    if (machine->error)
        return;
    push_global(machine, "copyreg", 7, "__newobj_ex__", 13);
    size_t func = pop(machine);
    push_call(machine, NODE_CALL, func, node_of(machine, NODE_TUPLE, parts, 3));
}

static void step_inst(struct machine *machine, const struct instruction *in)
{
    struct indices above = pop_mark(machine);
    size_t args = node_of(machine, NODE_TUPLE, above.list, above.count);
    size_t func = push_global_line(machine, in);
    push_call(machine, NODE_CALL, func, args);
}

static void step_obj(struct machine *machine, const struct instruction *in)
{
    struct indices above = pop_mark(machine);
    (void)in;
    if (!above.count) {
        fail(machine, "an OBJ without a class");
        return;
    }
    size_t func = above.list[0];
    push_call(machine, NODE_CALL, func, node_of(machine, NODE_TUPLE, above.list + 1, above.count - 1));
}

static void step_build(struct machine *machine, const struct instruction *in)
{
    size_t state = pop(machine);
    struct node *object = node_at(machine, top(machine));
    (void)in;
    if (!object)
        return;
    if (object->kind != NODE_CALL && object->kind != NODE_NEW)
        fail(machine, "a BUILD of something that is no instance");
    else
        object->state = state;
}

/* ---- containers */

static void step_empty(struct machine *machine, const struct instruction *in)
{
    enum node_kind kind = in->opcode == OPCODE_EMPTY_LIST    ? NODE_LIST
                          : in->opcode == OPCODE_EMPTY_TUPLE ? NODE_TUPLE
                          : in->opcode == OPCODE_EMPTY_DICT  ? NODE_DICT
                                                             : NODE_SET;
    push(machine, graph_node(&machine->graph, kind));
}

static void step_collect(struct machine *machine, const struct instruction *in)
{
    struct indices above = pop_mark(machine);
    enum node_kind kind = in->opcode == OPCODE_LIST    ? NODE_LIST
                          : in->opcode == OPCODE_TUPLE ? NODE_TUPLE
                          : in->opcode == OPCODE_DICT  ? NODE_DICT
                                                       : NODE_FROZENSET;
    if (kind == NODE_DICT && above.count % 2)
        fail(machine, "a key without a value");
    else
        push(machine, node_of(machine, kind, above.list, above.count));
}

static void step_short_tuple(struct machine *machine, const struct instruction *in)
{
    size_t parts[3], count = (size_t)(in->opcode - OPCODE_TUPLE1) + 1;
    for (size_t i = count; i--;)
        parts[i] = pop(machine);
    if (!machine->error)
        push(machine, node_of(machine, NODE_TUPLE, parts, count));
}

/* Puts items into the list, set or dict at the top, or into what an instance is filled with. */
static void fill(struct machine *machine, const size_t *items, size_t count, enum node_kind kind)
{
    struct node *target = node_at(machine, top(machine));
    bool instance = target && (target->kind == NODE_CALL || target->kind == NODE_NEW) && kind != NODE_SET;
    if (!target || (!instance && target->kind != kind) || (kind == NODE_DICT && count % 2)) {
        fail(machine, "elements for something that takes none");
        return;
    }
    for (size_t i = 0; i < count; i++)
        indices_add(instance && kind == NODE_DICT ? &target->pairs : &target->items, items[i]);
}

static void step_add_one(struct machine *machine, const struct instruction *in)
{
    size_t pair[2] = {GRAPH_NONE, pop(machine)};
    if (in->opcode == OPCODE_SETITEM)
        pair[0] = pop(machine);
    if (machine->error)
        return;
    if (in->opcode == OPCODE_SETITEM)
        fill(machine, pair, 2, NODE_DICT);
    else
        fill(machine, pair + 1, 1, NODE_LIST);
}

static void step_add_many(struct machine *machine, const struct instruction *in)
{
    struct indices above = pop_mark(machine);
    enum node_kind kind = in->opcode == OPCODE_APPENDS    ? NODE_LIST
                          : in->opcode == OPCODE_SETITEMS ? NODE_DICT
                                                          : NODE_SET;
    if (!machine->error)
        fill(machine, above.list, above.count, kind);
}

/* ---- stack and memo */

static void step_mark(struct machine *machine, const struct instruction *in)
{
    (void)in;
    indices_add(&machine->marks, machine->stack.count);
}

static void step_pop(struct machine *machine, const struct instruction *in)
{
    bool mark = machine->marks.count && machine->stack.count == floor_of(machine);
    if (in->opcode == OPCODE_POP_MARK || mark)
        pop_mark(machine);
    else
        pop(machine);
}

static void step_dup(struct machine *machine, const struct instruction *in)
{
    size_t node = top(machine);
    (void)in;
    if (node != GRAPH_NONE)
        push(machine, node);
}

/* The place in the memo that an instruction names; NODES_MAX after an error. */
static size_t memo_place(struct machine *machine, const struct instruction *in)
{
    char *line = in->argument == OPCODE_ARGUMENT_LINE ? line_of(in) : NULL;
    unsigned long long place = line ? strtoull(line, NULL, 10) : (unsigned long long)in->number;
    free(line);
    if (place < NODES_MAX)
        return (size_t)place;
    fail(machine, "a memo entry that is too far away");
    return NODES_MAX;
}

static void step_put(struct machine *machine, const struct instruction *in)
{
    size_t place = in->opcode == OPCODE_MEMOIZE ? machine->memo.count : memo_place(machine, in), node = top(machine);
    if (machine->error)
        return;
    while (machine->memo.count <= place)
        indices_add(&machine->memo, GRAPH_NONE);
    machine->memo.list[place] = node;
}

static void step_get(struct machine *machine, const struct instruction *in)
{
    size_t place = memo_place(machine, in);
    if (machine->error)
        return;
    if (place >= machine->memo.count || machine->memo.list[place] == GRAPH_NONE)
        fail(machine, "a memo entry that was never written");
    else
        push(machine, machine->memo.list[place]);
}

static void step_nothing(struct machine *machine, const struct instruction *in)
{
    if (in->opcode == OPCODE_PROTO && in->number > 5)
        fail(machine, "an unknown protocol");
}

static void step_stop(struct machine *machine, const struct instruction *in)
{
    (void)in;
    machine->stopped = true;
}

/* ---- the whole */

static void run(struct machine *machine, const void *bytes, size_t length)
{
    struct opcodes walk = {bytes, length, 0, NULL};
    struct instruction in;
    while (!machine->stopped && !machine->error && opcodes_next(&walk, &in)) {
        action *step = step_of(in.opcode);
        if (step)
            step(machine, &in);
        else
            fail(machine, "an opcode that is not for values");
        if (machine->graph.count > NODES_MAX)
            fail(machine, "too many values");
    }
    if (walk.error)
        fail(machine, walk.error);
    else if (!machine->stopped)
        fail(machine, "ends early");
}

json_t *unpickle(const void *bytes, size_t length, char **error)
{
    struct machine machine = {0};
    const char *why = NULL;
    json_t *value = NULL;
    run(&machine, bytes, length);
    size_t root = machine.error ? GRAPH_NONE : pop(&machine);
    if (!machine.error)
        value = graph_show(&machine.graph, root, &why);
    *error = value ? NULL : text_copy(machine.error ? machine.error : why);
    free(machine.stack.list);
    free(machine.marks.list);
    free(machine.memo.list);
    graph_clear(&machine.graph);
    return value;
}

int unpickle_protocol(const void *bytes, size_t length)
{
    char *error;
    const unsigned char *at = bytes;
    json_t *value = unpickle(bytes, length, &error);
    bool good = value != NULL;
    json_decref(value);
    free(error);
    return !good ? -1 : at[0] == OPCODE_PROTO ? at[1] : 0;
}

static action *step_of(enum opcode opcode)
{
    static const struct {
        enum opcode opcode;
        action *step;
    } table[] = {
        {OPCODE_MARK, step_mark},
        {OPCODE_STOP, step_stop},
        {OPCODE_POP, step_pop},
        {OPCODE_POP_MARK, step_pop},
        {OPCODE_DUP, step_dup},
        {OPCODE_NONE, step_none},
        {OPCODE_NEWTRUE, step_bool},
        {OPCODE_NEWFALSE, step_bool},
        {OPCODE_BININT, step_number},
        {OPCODE_BININT1, step_number},
        {OPCODE_BININT2, step_number},
        {OPCODE_LONG1, step_long},
        {OPCODE_LONG4, step_long},
        {OPCODE_INT, step_int_line},
        {OPCODE_LONG, step_int_line},
        {OPCODE_BINFLOAT, step_float},
        {OPCODE_FLOAT, step_float_line},
        {OPCODE_BINUNICODE, step_str},
        {OPCODE_SHORT_BINUNICODE, step_str},
        {OPCODE_BINUNICODE8, step_str},
        {OPCODE_UNICODE, step_unicode_line},
        {OPCODE_BINBYTES, step_bytes},
        {OPCODE_SHORT_BINBYTES, step_bytes},
        {OPCODE_BINBYTES8, step_bytes},
        {OPCODE_BYTEARRAY8, step_bytearray},
        {OPCODE_GLOBAL, step_global},
        {OPCODE_STACK_GLOBAL, step_stack_global},
        {OPCODE_REDUCE, step_call},
        {OPCODE_NEWOBJ, step_call},
        {OPCODE_NEWOBJ_EX, step_newobj_ex},
        {OPCODE_INST, step_inst},
        {OPCODE_OBJ, step_obj},
        {OPCODE_BUILD, step_build},
        {OPCODE_EMPTY_LIST, step_empty},
        {OPCODE_EMPTY_TUPLE, step_empty},
        {OPCODE_EMPTY_DICT, step_empty},
        {OPCODE_EMPTY_SET, step_empty},
        {OPCODE_LIST, step_collect},
        {OPCODE_TUPLE, step_collect},
        {OPCODE_DICT, step_collect},
        {OPCODE_FROZENSET, step_collect},
        {OPCODE_TUPLE1, step_short_tuple},
        {OPCODE_TUPLE2, step_short_tuple},
        {OPCODE_TUPLE3, step_short_tuple},
        {OPCODE_APPEND, step_add_one},
        {OPCODE_SETITEM, step_add_one},
        {OPCODE_APPENDS, step_add_many},
        {OPCODE_SETITEMS, step_add_many},
        {OPCODE_ADDITEMS, step_add_many},
        {OPCODE_PUT, step_put},
        {OPCODE_BINPUT, step_put},
        {OPCODE_LONG_BINPUT, step_put},
        {OPCODE_MEMOIZE, step_put},
        {OPCODE_GET, step_get},
        {OPCODE_BINGET, step_get},
        {OPCODE_LONG_BINGET, step_get},
        {OPCODE_PROTO, step_nothing},
        {OPCODE_FRAME, step_nothing},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].opcode == opcode)
            return table[i].step;
    return NULL;
}
