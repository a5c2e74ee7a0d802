/* SPDX-License-Identifier: MIT */
/* Opcodes that name, make and set up objects: GLOBAL, REDUCE, NEWOBJ, OBJ, INST, BUILD, and those that always fail here
 * (persistent ids, extension codes, out-of-band buffers).  Mirrors load_global … load_build of Modules/_pickle.c, where
 * these call Python code; here nothing is called. */
#include "ref/pickle/load.h"

#include <string.h>

/* ---- names */

/* Plain UTF-8 or ASCII, as a name must be; -1 after raising UnicodeDecodeError. */
static int check_name(struct unpickler *u, const char *name, size_t size, bool ascii)
{
    struct value *v;
    for (size_t i = 0; i < size; i++) {
        const unsigned char *c = (const unsigned char *)name + i;
        if (ascii && *c >= 0x80)
            return load_unicode_error(u, "ascii", name, size, i, i + 1, "ordinal not in range(128)");
        if (!ascii && i + 1 < size && c[0] == 0xed && c[1] >= 0xa0)
            return load_unicode_error(u, "utf-8", name, size, i, i + 1, "invalid continuation byte");
    }
    v = str_new(u->ctx, name, size);
    value_release(v);
    return v ? 0 : -1;
}

/* A name that no module can have. */
static void *no_such_module(struct unpickler *u, const char *name, size_t size)
{
    struct value *s, *repr;
    if (size == 0)
        return raise_format(u->ctx, "ValueError", "Empty module name");
    s = str_new(u->ctx, name, size);
    repr = s ? value_repr(u->ctx, s) : NULL;
    if (repr)
        raise_format(u->ctx, "ModuleNotFoundError", "No module named %s", str_peek(repr, NULL));
    value_release(s);
    value_release(repr);
    return NULL;
}

/* Constants of module builtins are found as themselves; NULL for all other names. */
static struct value *find_constant(const char *module, const char *name)
{
    static const struct {
        const char *name;
        struct value *value;
    } constants[] = {{"None", &value_none},
                     {"True", &value_true},
                     {"False", &value_false},
                     {"Ellipsis", &value_ellipsis},
                     {"NotImplemented", &value_not_implemented}};
    for (size_t i = 0; strcmp(module, "builtins") == 0 && i < sizeof constants / sizeof *constants; i++)
        if (strcmp(name, constants[i].name) == 0)
            return constants[i].value;
    return NULL;
}

/* Unpickler.find_class, without looking: what is not there is found out by who calls it. */
static struct value *find_class(struct unpickler *u, const char *module, size_t module_size, const char *name,
                                size_t name_size)
{
    struct value *constant;
    if (module_size == 0 || strlen(module) != module_size)
        return no_such_module(u, module, module_size);
    if (strlen(name) != name_size)
        return raise_format(u->ctx, "AttributeError",
                            "Can't get attribute of module '%s': its name holds a null character", module);
    if (u->protocol < 3)
        fix_imports(u->ctx->rt->compat, false, &module, &name);
    constant = find_constant(module, name);
    return constant ? value_ref(constant) : global_new(u->ctx, module, name);
}

/* Two lines, module and name. */
static struct value *read_global(struct unpickler *u, bool ascii)
{
    ssize_t size = load_line(u, 2), name_size;
    struct value *v = NULL;
    char *module;
    struct buf kept;
    if (size < 0)
        return NULL;
    module = (char *)u->line.data;
    module[size - 1] = '\0';
    if (check_name(u, module, (size_t)size - 1, ascii))
        return NULL;
    kept = u->line; /* the next line needs its own */
    buf_init(&u->line, kept.limit);
    name_size = load_line(u, 2);
    if (name_size > 0 && check_name(u, (char *)u->line.data, (size_t)name_size - 1, ascii) == 0) {
        u->line.data[name_size - 1] = '\0';
        v = find_class(u, module, (size_t)size - 1, (char *)u->line.data, (size_t)name_size - 1);
    }
    buf_free(&kept);
    return v;
}

int load_global(struct unpickler *u, int argument)
{
    (void)argument;
    return load_push_take(u, read_global(u, false));
}

/* Pops one operand; until 3.10 none was an operand of the wrong type. */
static struct value *pop_name(struct unpickler *u)
{
    if (u->length <= load_fence(u) && !compat_has(u->ctx->rt->compat, COMPAT_STACK_GLOBAL_WORDS)) {
        load_error(u, "STACK_GLOBAL requires str");
        return NULL;
    }
    return load_pop_value(u);
}

int load_stack_global(struct unpickler *u, int argument)
{
    struct value *name = pop_name(u), *module = name ? pop_name(u) : NULL, *v = NULL;
    (void)argument;
    if (module && name && (module->type != &str_type || name->type != &str_type)) {
        load_error(u, "STACK_GLOBAL requires str");
    } else if (module && name) {
        size_t module_size, name_size;
        const char *module_text = str_peek(module, &module_size), *name_text = str_peek(name, &name_size);
        v = find_class(u, module_text, module_size, name_text, name_size);
    }
    value_release(module);
    value_release(name);
    return load_push_take(u, v);
}

/* ---- making instances */

int load_reduce(struct unpickler *u, int argument)
{
    struct value *args = load_pop_value(u), *callable = args ? load_pop_value(u) : NULL, *v = NULL;
    (void)argument;
    if (callable && args->type != &tuple_type)
        raise_format(u->ctx, "TypeError", "argument list must be a tuple");
    else if (callable)
        v = globals_call(u, callable, args);
    value_release(args);
    value_release(callable);
    return load_push_take(u, v);
}

/* cls() and cls(*args) of protocols 0 and 1: without arguments only cls.__new__ is called. */
static struct value *instantiate(struct unpickler *u, struct value *cls, struct value *args)
{
    if (tuple_length(args) == 0 && cls->type == &global_type && !globals_is_function(cls))
        return globals_create(u, cls, args, NULL);
    return globals_call(u, cls, args);
}

int load_obj(struct unpickler *u, int argument)
{
    ssize_t mark = load_marker(u);
    struct value *args, *cls, *v = NULL;
    (void)argument;
    if (mark < 0)
        return -1;
    if (u->length < (size_t)mark + 1)
        return load_underflow(u);
    args = load_take_tuple(u, (size_t)mark + 1);
    cls = args ? load_pop_value(u) : NULL;
    if (cls)
        v = instantiate(u, cls, args);
    value_release(args);
    value_release(cls);
    return load_push_take(u, v);
}

int load_inst(struct unpickler *u, int argument)
{
    ssize_t mark = load_marker(u);
    struct value *cls = mark < 0 ? NULL : read_global(u, true), *args = cls ? load_take_tuple(u, (size_t)mark) : NULL,
                 *v = NULL;
    (void)argument;
    if (args)
        v = instantiate(u, cls, args);
    value_release(args);
    value_release(cls);
    return load_push_take(u, v);
}

static int wrong_operand(struct unpickler *u, const char *format, const struct value *v, bool keywords)
{
    const char *type =
        v->type == &global_type && globals_is_function(v) ? "builtin_function_or_method" : value_type_name(v);
    return load_error(u, format, keywords ? "NEWOBJ_EX" : "NEWOBJ", type);
}

/* Are the operands of NEWOBJ what they must be? 0, or -1 after raising. */
static int check_newobj(struct unpickler *u, const struct value *cls, const struct value *args,
                        const struct value *kwds)
{
    bool is_class = cls->type == &global_type ? !globals_is_function(cls) : cls->type == &opaque_type;
    if (!compat_has(u->ctx->rt->compat, COMPAT_NEWOBJ_WORDS) && !kwds && args->type != &tuple_type)
        return load_error(u, "NEWOBJ expected an arg tuple.");
    if (!compat_has(u->ctx->rt->compat, COMPAT_NEWOBJ_WORDS) && !kwds && !is_class)
        return load_error(u, "NEWOBJ class argument isn't a type object");
    if (!is_class)
        return wrong_operand(u, "%s class argument must be a type, not %.100s", cls, kwds);
    if (args->type != &tuple_type)
        return wrong_operand(u, "%s args argument must be a tuple, not %.100s", args, kwds);
    if (kwds && kwds->type != &dict_type)
        return wrong_operand(u, "%s kwargs argument must be a dict, not %.100s", kwds, true);
    return 0;
}

int load_newobj(struct unpickler *u, int argument)
{
    struct value *kwds = argument ? load_pop_value(u) : NULL, *args = argument && !kwds ? NULL : load_pop_value(u);
    struct value *cls = args ? load_pop_value(u) : NULL, *v = NULL;
    if (cls && check_newobj(u, cls, args, kwds) == 0)
        v = globals_create(u, cls, args, kwds);
    value_release(cls);
    value_release(args);
    value_release(kwds);
    return load_push_take(u, v);
}

/* ---- BUILD */

/* What object.__setstate__ amounts to for an instance without a __dict__. */
static int refuse_state(struct unpickler *u, const struct value *v, struct value *state)
{
    bool pair = state->type == &tuple_type && tuple_length(state) == 2;
    struct value *attributes = pair ? tuple_peek(state, 0) : state, *slots = pair ? tuple_peek(state, 1) : NULL, *key,
                 *item;
    size_t position = 0;
    if (attributes != &value_none) {
        if (attributes->type != &dict_type)
            return load_error(u, "state is not a dictionary");
        raise_format(u->ctx, "AttributeError", "'%s' object has no attribute '__dict__'", value_type_name(v));
        return -1;
    }
    if (!slots)
        return 0;
    if (slots->type != &dict_type)
        return load_error(u, "slot state is not a dictionary");
    if (!dict_next_peek(slots, &position, &key, &item))
        return 0;
    raise_format(u->ctx, "AttributeError", "'%s' object has no attribute '%s'%s", value_type_name(v),
                 str_check(key) ? str_peek(key, NULL) : "?",
                 compat_has(u->ctx->rt->compat, COMPAT_NO_DICT_WORDS) ? " and no __dict__ for setting new attributes"
                                                                      : "");
    return -1;
}

static int build(struct unpickler *u, struct value *v, struct value *state)
{
    if (v->type == &opaque_type)
        return opaque_record(u->ctx, v, OPAQUE_BUILD, state, NULL);
    if (value_is(v, &exception_type)) {
        if (state == &value_none)
            return 0;
        if (state->type == &dict_type)
            return exception_set_state(u->ctx, v, state);
        raise_format(u->ctx, "TypeError", "state is not a dictionary");
        return -1;
    }
    if (v->type->next)
        return iter_set_state(u->ctx, v, state);
    return refuse_state(u, v, state);
}

int load_build(struct unpickler *u, int argument)
{
    struct value *state;
    int result;
    (void)argument;
    if (u->length < load_fence(u) + 2)
        return load_underflow(u);
    state = load_pop_value(u);
    result = build(u, u->stack[u->length - 1], state);
    value_release(state);
    return result;
}

/* ---- what a manager's pickles never hold */

int load_persid(struct unpickler *u, int argument)
{
    int compat = u->ctx->rt->compat;
    if (compat_has(compat, COMPAT_PERSISTENT_READ)) { /* the operand is read before the method is missed */
        struct value *id = NULL;
        if (argument ? !(id = load_pop_value(u)) : load_line(u, 1) < 0)
            return -1;
        value_release(id);
    }
    return load_error(
        u, "A load persistent id instruction was encountered,%sbut no persistent_load function was specified.",
        compat_has(compat, COMPAT_PERSISTENT_WORDS) ? " " : "\n");
}

int load_extension(struct unpickler *u, int argument)
{
    const unsigned char *bytes = load_read(u, (size_t)argument);
    int64_t code;
    if (!bytes)
        return -1;
    code = (int64_t)load_number(bytes, argument);
    if (code <= 0 || code > INT32_MAX)
        return load_error(u, "EXT specifies code <= 0");
    raise_format(u->ctx, "ValueError", "unregistered extension code %lld", (long long)code);
    return -1;
}

int load_next_buffer(struct unpickler *u, int argument)
{
    (void)argument;
    return load_error(u, "pickle stream refers to out-of-band data but no *buffers* argument was given");
}

/* Without buffers there is nothing to make read-only but what the pickle itself holds: bytes already are, a bytearray
 * has no such form here. */
int load_readonly_buffer(struct unpickler *u, int argument)
{
    struct value *v;
    (void)argument;
    if (u->length <= load_fence(u))
        return load_underflow(u);
    v = u->stack[u->length - 1];
    if (v->type == &bytes_type)
        return 0;
    raise_format(u->ctx, "TypeError", "memoryview: a bytes-like object is required, not '%s'", value_type_name(v));
    return -1;
}
