/* SPDX-License-Identifier: MIT */
/* format_exc of Lib/traceback.py, for tracebacks of one frame. */
#include "ref/manager/traceback.h"

#include "ref/base/buf.h"
#include "ref/base/limits.h"
#include "ref/value/types.h"

static void put_str(struct buf *b, const struct value *s)
{
    size_t size;
    const char *text = str_peek(s, &size);

    buf_put(b, text, size);
    buf_put_byte(b, '\n');
}

/* __notes__, each on a line of its own; versions before 3.11 know of none. */
static void put_notes(struct ctx *ctx, struct buf *b, struct value *exception)
{
    struct value *args = NULL, *state = NULL, *notes = NULL;

    if (!compat_has(ctx->rt->compat, COMPAT_NOTES) || exception->type != &exception_type)
        return;
    if (!exception_reduce(ctx, exception, &args, &state) && state)
        notes = dict_get_text_peek(ctx, state, "__notes__");
    for (size_t i = 0; notes && notes->type == &list_type && i < list_length(notes); i++)
        if (str_check(list_peek(notes, i)))
            put_str(b, list_peek(notes, i));
    value_release(args);
    value_release(state);
}

static void put_exception(struct ctx *ctx, struct buf *b, struct place where, struct value *exception)
{
    struct value *line = exception_line(ctx, exception);

    if (!line)
        return;
    buf_printf(b, "Traceback (most recent call last):\n  File \"%s\", line %d, in %s\n", where.file, where.line,
               where.function);
    put_str(b, line);
    put_notes(ctx, b, exception);
    value_release(line);
}

struct value *traceback_fetch(struct ctx *ctx, struct place where, struct value *context)
{
    struct value *exception = raised_fetch(ctx), *text = NULL;
    struct buf b;

    buf_init(&b, LIMIT_FRAME);
    if (context) {
        put_exception(ctx, &b, where, context);
        buf_put_text(&b, "\nDuring handling of the above exception, another exception occurred:\n\n");
    }
    if (!ctx->raised)
        put_exception(ctx, &b, where, exception);
    if (!ctx->raised)
        text = b.failed ? raise_memory(ctx) : str_new(ctx, (const char *)b.data, b.used);
    buf_free(&b);
    value_release(exception);
    return text;
}
