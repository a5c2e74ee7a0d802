/* SPDX-License-Identifier: MIT */
/* Mirrors _SharedMemoryTracker: a list of names; destroying a segment is what
 * SharedMemory(name), close() and unlink() do one after the other. */
#include "ref/manager/segments.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ref/manager/server.h"

static struct value *names_peek(struct ctx *ctx, struct server *s)
{
    if (!s->segments)
        s->segments = list_new(ctx);
    return s->segments;
}

/* names.METHOD(name) */
static int change(struct ctx *ctx, struct server *s, const char *method, struct value *name)
{
    struct value *names = names_peek(ctx, s), *args = names ? tuple_pack_take(ctx, 1, value_ref(name)) : NULL;
    struct value *done = args ? value_call_method(ctx, names, method, args, NULL) : NULL;

    value_release(args);
    value_release(done);
    return done ? 0 : -1;
}

/* OSError(errno, strerror(errno), path) */
static int raise_errno(struct ctx *ctx, int error, struct value *path)
{
    struct value *number = int_new(ctx, error), *text = str_new_text(ctx, strerror(error));
    struct value *args =
        number && text ? tuple_pack_take(ctx, 3, value_ref(number), value_ref(text), value_ref(path)) : NULL;
    struct value *exception =
        args ? exception_new(ctx, exception_class_find("builtins", "OSError", ctx->rt->compat), args) : NULL;

    value_release(number);
    value_release(text);
    value_release(args);
    if (exception)
        raise_take(ctx, exception);
    return -1;
}

/* Opens and maps the segment, as the constructor of SharedMemory does, and unlinks it. */
static int unlink_path(struct ctx *ctx, struct value *path)
{
    size_t size;
    const char *text = str_peek(path, &size);
    struct stat status;
    int error = 0, fd;

    if (strlen(text) != size && compat_has(ctx->rt->compat, COMPAT_SEGMENT_NUL)) { /* before, it ended there */
        raise_format(ctx, "ValueError", "embedded null character");
        return -1;
    }
    fd = shm_open(text, O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        return raise_errno(ctx, errno, path);
    if (fstat(fd, &status))
        error = errno;
    close(fd);
    if (!error && !status.st_size) {
        raise_format(ctx, "ValueError", "cannot mmap an empty file");
        return -1;
    }
    if (!error && shm_unlink(text))
        error = errno;
    return error ? raise_errno(ctx, error, path) : 0;
}

static int destroy(struct ctx *ctx, struct server *s, struct value *name)
{
    struct value *slash, *path;
    int result;

    if (change(ctx, s, "remove", name))
        return -1;
    if (name == &value_none) {
        raise_format(ctx, "ValueError", "'name' can only be None if create=True");
        return -1;
    }
    slash = str_new_text(ctx, "/");
    path = slash ? value_binary(ctx, BINARY_ADD, slash, name) : NULL; /* TypeError if it is no str */
    result = path ? unlink_path(ctx, path) : -1;
    value_release(slash);
    value_release(path);
    return result;
}

int segments_unlink(struct ctx *ctx, struct server *s)
{
    while (s->segments && list_length(s->segments)) {
        struct value *name = value_ref(list_peek(s->segments, 0));
        int result = destroy(ctx, s, name);
        value_release(name);
        if (result)
            return -1;
    }
    return 0;
}

void segments_free(struct ctx *ctx, struct server *s)
{
    while (s->segments && list_length(s->segments)) {
        size_t before = list_length(s->segments);
        if (segments_unlink(ctx, s))
            value_release(raised_fetch(ctx));
        if (list_length(s->segments) == before)
            break; /* out of memory */
    }
    value_release(s->segments);
    s->segments = NULL;
}

#define FUNCTION(name)                                                                                                 \
    static struct value *serve_##name(struct ctx *ctx, struct value *self, struct value *const *argv, size_t argc,     \
                                      struct value *kwds)

FUNCTION(track_segment)
{
    (void)self, (void)argc, (void)kwds;
    return change(ctx, server_of(ctx), "append", argv[1]) ? NULL : &value_none;
}

FUNCTION(release_segment)
{
    (void)self, (void)argc, (void)kwds;
    return destroy(ctx, server_of(ctx), argv[1]) ? NULL : &value_none;
}

FUNCTION(list_segments)
{
    struct value *names = names_peek(ctx, server_of(ctx));

    (void)self, (void)argv, (void)argc, (void)kwds;
    return names ? value_ref(names) : NULL;
}

static const struct method functions[] = {
    {"track_segment", CALL_PYTHON, 2, 2, 0, 0, "c segment_name", serve_track_segment},
    {"release_segment", CALL_PYTHON, 2, 2, 0, 0, "c segment_name", serve_release_segment},
    {"list_segments", CALL_PYTHON, 1, 1, 0, 0, "c", serve_list_segments},
    {0},
};

const struct method *segments_find(const struct server *s, const struct value *name)
{
    for (const struct method *row = functions; s->tracks_segments && row->name; row++)
        if (str_equals(name, row->name))
            return row;
    return NULL;
}
