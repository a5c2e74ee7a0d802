/* SPDX-License-Identifier: MIT */
/* Calls as a client makes them: one request, one reply; and the one-shot, which has a connection of its own. */
#include "ref/message/message.h"

/* id and kwds may be NULL */
static struct value *make_request(struct ctx *ctx, struct value *id, const char *method, struct value *args,
                                  struct value *kwds)
{
    struct value *name = str_intern(ctx, method);
    struct value *named = kwds ? value_ref(kwds) : dict_new(ctx);
    struct value *request = name && named ? request_new(ctx, id ? id : &value_none, name, args, named) : NULL;

    value_release(name);
    value_release(named);
    return request;
}

struct value *message_dispatch(struct ctx *ctx, struct channel *ch, struct value *id, const char *method,
                               struct value *args, struct value *kwds)
{
    struct value *request = make_request(ctx, id, method, args, kwds);
    struct value *reply = request && !channel_send(ctx, ch, request) ? channel_receive(ctx, ch) : NULL;
    struct value *result = NULL;

    if (reply)
        reply_open(ctx, reply, false, &result);
    value_release(request);
    value_release(reply);
    return result;
}

struct value *message_one_shot_take(struct ctx *ctx, const struct endpoint *e, const char *function, struct value *kwds,
                                    struct value *args)
{
    struct channel ch;
    struct value *result = NULL;

    if (args && !channel_connect(ctx, &ch, &e->address, e->keyless ? NULL : &e->key, e->serializer)) {
        ch.reader = e->reader;
        result = message_dispatch(ctx, &ch, NULL, function, args, kwds);
        channel_close(&ch);
    }
    value_release(args);
    return result;
}
