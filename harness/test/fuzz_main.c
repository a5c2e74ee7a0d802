/* SPDX-License-Identifier: MIT */
/* Runs a fuzz target: every seed as it is, then mutated seeds.  In the variant `fuzz` the compiler reports each basic
 * block that runs (-fsanitize-coverage=trace-pc), and an input that reaches something new becomes a seed.
 *
 *     fuzz_NAME                        some thousand mutations, the same each time, as TAP: a part of `make test`
 *     fuzz_NAME --seconds N [SEED]     as many as there is time for: `make fuzz`
 *     fuzz_NAME FILE…                  these inputs only: to see a failure again
 *
 * An input that fails is left in the file fuzz-NAME.input, whose name is told. */
#include "harness/test/fuzz.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    INPUT_MAX = 1 << 16, /* a longer input finds nothing that a shorter one does not */
    SEEDS_MAX = 20000,
    EDGES = 1 << 16,
    FIXED_RUNS = 4000,
    HANG_SECONDS = 60 /* for one input; the slowest takes a hundredth, under a sanitizer on a busy machine */
};

struct input {
    unsigned char *data;
    size_t size;
};

static struct input seeds[SEEDS_MAX];
static size_t seed_count, runs;
static unsigned char current[INPUT_MAX];
static size_t current_size;

/* ---- coverage */

static unsigned char edges[EDGES], seen[EDGES];
static uintptr_t previous;

void __sanitizer_cov_trace_pc(void);

/* Called at each basic block of what was compiled for it, which this file is not. */
void __sanitizer_cov_trace_pc(void)
{
    uintptr_t here = (uintptr_t)__builtin_return_address(0);
    unsigned char *edge = &edges[(here ^ previous) % EDGES];

    *edge = (unsigned char)(*edge + (*edge < 255));
    previous = here >> 1;
}

/* 1, 2, 3, 4-7, 8-15, …: how often an edge was taken, roughly, as one bit. */
static unsigned char bucket(unsigned char count)
{
    unsigned bit = 0;

    while (count > 3)
        bit++, count = (unsigned char)(count / 2);
    return (unsigned char)(count ? 1U << (bit + count - 1) % 8 : 0);
}

/* Has the last input reached what none has before? */
static bool reached_more(void)
{
    bool more = false;

    for (size_t i = 0; i < EDGES; i++)
        if (edges[i]) {
            unsigned char bit = bucket(edges[i]);
            more = more || (bit & ~seen[i]);
            seen[i] |= bit;
        }
    return more;
}

/* ---- failures */

static char input_name[64], notice[256]; /* made beforehand: a handler may only write */

static void say(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0)
        return; /* there is nobody to tell */
}

static void leave_input(void)
{
    int fd = open(input_name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    if (fd < 0 || write(fd, current, current_size) < 0)
        return;
    close(fd);
    say(notice);
}

static void on_signal(int number)
{
    if (number == SIGALRM)
        say("\nthis input takes too long");
    leave_input();
    signal(number, SIG_DFL);
    raise(number);
}

#pragma weak __sanitizer_set_death_callback
void __sanitizer_set_death_callback(void (*callback)(void));

static void watch(void)
{
    snprintf(input_name, sizeof input_name, "fuzz-%s.input", fuzz_name);
    snprintf(notice, sizeof notice, "\nfuzz_%s: the input that failed is in %s: give it as argument\n", fuzz_name,
             input_name);
    signal(SIGALRM, on_signal);
    signal(SIGABRT, on_signal);
    if (__sanitizer_set_death_callback) {
        __sanitizer_set_death_callback(leave_input);
        return;
    }
    signal(SIGSEGV, on_signal);
    signal(SIGBUS, on_signal);
}

/* ---- inputs */

void fuzz_seed(const void *data, size_t size)
{
    unsigned char *copy;

    if (size > INPUT_MAX || seed_count == SEEDS_MAX)
        return;
    copy = malloc(size + 1);
    if (!copy)
        exit(3);
    memcpy(copy, data, size);
    seeds[seed_count].data = copy;
    seeds[seed_count++].size = size;
}

static uint64_t state = 88172645463325252U;

/* A number below limit, which is not 0. */
static size_t pick(size_t limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state >> 11) % limit;
}

/* Puts size bytes in the place of drop bytes at `at`, as far as there is room. */
static void splice(size_t at, size_t drop, const unsigned char *data, size_t size)
{
    if (current_size - drop + size > INPUT_MAX)
        return;
    memmove(current + at + size, current + at + drop, current_size - at - drop);
    memcpy(current + at, data, size);
    current_size = current_size - drop + size;
}

/* A length that is mostly small and at most most. */
static size_t length(size_t most)
{
    size_t cap = pick(4) ? 8 : 1 + most;

    return pick(1 + (cap < most ? cap : most));
}

static void mutate(void)
{
    static const unsigned char edge_bytes[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0x20, '(', '.', '<', '"', '\n', 0xfe};
    static unsigned char piece[INPUT_MAX];
    size_t at = pick(current_size + 1), left = current_size - at, size;
    const struct input *other = &seeds[pick(seed_count)];

    switch (pick(8)) {
    case 0: /* a bit */
        if (left)
            current[at] ^= (unsigned char)(1U << pick(8));
        break;
    case 1: /* a byte */
        if (left)
            current[at] = pick(2) ? edge_bytes[pick(sizeof edge_bytes)] : (unsigned char)pick(256);
        break;
    case 2: /* a number of four bytes, as sizes are */
        if (left >= 4)
            memset(current + at, pick(2) ? 0xff : 0, 4), current[at + pick(4)] = (unsigned char)pick(256);
        break;
    case 3: /* something less */
        splice(at, length(left), piece, 0);
        break;
    case 4: /* something twice */
        size = length(left);
        memcpy(piece, current + at, size);
        splice(pick(current_size + 1), 0, piece, size);
        break;
    case 5: /* the end is cut */
        if (!pick(4))
            current_size = at;
        break;
    default: /* a piece of another */
        size = other->size ? pick(other->size) : 0;
        splice(at, pick(3) ? 0 : length(left), other->data + size, length(other->size - size));
    }
}

/* ---- running */

static void run_current(void)
{
    runs++;
    alarm(HANG_SECONDS); /* for this input alone: many of them may take so long together where others run, too */
    memset(edges, 0, sizeof edges);
    previous = 0;
    LLVMFuzzerTestOneInput(current, current_size);
}

/* An input that reaches something new is a seed from then on. */
static void run_and_learn(void)
{
    run_current();
    if (reached_more())
        fuzz_seed(current, current_size);
}

static void load(const struct input *input)
{
    memcpy(current, input->data, input->size);
    current_size = input->size;
}

static void run_seeds(void)
{
    size_t given = seed_count;

    seed_count = 0; /* those that reach nothing more are not kept */
    for (size_t i = 0; i < given; i++) {
        struct input input = seeds[i];
        load(&input);
        run_and_learn();
        free(input.data);
    }
    if (!seed_count)
        fuzz_seed(current, current_size); /* built without coverage: some seed */
}

static void run_mutated(void)
{
    load(&seeds[pick(seed_count)]);
    for (size_t n = 1 + pick(pick(8) ? 4 : 24); n--;)
        mutate();
    run_and_learn();
}

static int run_file(const char *name)
{
    FILE *f = fopen(name, "rb");

    if (!f) {
        perror(name);
        return 2;
    }
    current_size = fread(current, 1, INPUT_MAX, f);
    fclose(f);
    run_current();
    printf("%s: nothing is wrong\n", name);
    return 0;
}

static int run_fixed(void)
{
    struct input *given = NULL;
    size_t count = seed_count;

    given = malloc(count * sizeof *given + 1);
    if (!given)
        return 3;
    memcpy(given, seeds, count * sizeof *given);
    printf("1..1\n");
    for (size_t i = 0; i < FIXED_RUNS; i++) {
        load(&given[pick(count)]);
        for (size_t n = pick(6); n--;)
            mutate();
        run_current();
    }
    printf("ok 1 - %d inputs made of %zu seeds\n", FIXED_RUNS, count);
    free(given);
    return 0;
}

/* So that what UndefinedBehaviorSanitizer finds leaves its input behind, too. */
const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
    return "abort_on_error=1:print_stacktrace=1";
}

int main(int argc, char **argv)
{
    time_t end = 0;
    int status = 0;

    watch();
    if (argc > 2 && !strcmp(argv[1], "--seconds"))
        end = time(NULL) + atoi(argv[2]);
    else if (argc > 1) {
        for (int i = 1; i < argc && !status; i++)
            status = run_file(argv[i]);
        return status;
    }
    fuzz_seeds();
    if (!seed_count)
        return 3;
    if (!end) {
        status = run_fixed();
    } else {
        state += argc > 3 ? strtoull(argv[3], NULL, 10) : (uint64_t)time(NULL);
        run_seeds();
        size_t kept = seed_count;
        while (time(NULL) < end)
            run_mutated();
        printf("fuzz_%s: %zu runs, nothing is wrong; %zu seeds, %zu found\n", fuzz_name, runs, kept, seed_count - kept);
    }
    for (size_t i = 0; i < seed_count; i++)
        free(seeds[i].data);
    return status;
}
