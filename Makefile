# mpconform: one non-recursive Makefile.  `make help` lists the targets; every target installs what it lacks (DEPS=manual: says so and stops).

# A variant has its own folder and flags: make VARIANT=asan test, and so on.
VARIANT  ?= release
B        := build$(if $(filter-out release,$(VARIANT)),/$(VARIANT))
CC       ?= cc
STD      := -std=c17 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -I.
WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef -Werror
FLAGS_release := -O2 -g
FLAGS_debug   := -O0 -g
FLAGS_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_tsan    := -O1 -g -fsanitize=thread -fno-omit-frame-pointer
FLAGS_cov     := -O0 -g --coverage
FLAGS_fuzz    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS    := $(FLAGS_$(VARIANT))
CFLAGS   ?=
$(B)/obj/ref/examples/% $(B)/obj/ref/bench/%: STD += -Iref
COMPILE   = $(CC) $(STD) $(WARN) $(FLAGS) $(COVERAGE) $(CFLAGS) -pthread -MMD -MP

REF_LIBS     := -lcrypto -ltommath -lexpat -lm
HARNESS_LIBS := -ljansson -lcrypto -lm

LIB_SRC      := $(wildcard $(addprefix ref/,$(addsuffix /*.c,base value pickle xmlrpc wire message manager proxy public)))
MANAGER_SRC  := $(wildcard ref/prog/mpmanager*.c ref/prog/common*.c)
PROXY_SRC    := $(wildcard ref/prog/mpproxy*.c ref/prog/common*.c)
HARNESS_SRC  := $(wildcard harness/*.c)
PAGE         := $(addprefix harness/page/,page.html page.css data.js filter.js list.js result.js page.js)
EMBEDDED      = $(B)/obj/embedded/page.o $(B)/obj/embedded/protocol_schema.o
EXAMPLES     := $(patsubst %.c,$(B)/%,$(wildcard ref/examples/*.c))
REF_TESTS    := $(patsubst %.c,$(B)/%,$(wildcard ref/test/test_*.c))
HARNESS_TESTS:= $(patsubst %.c,$(B)/%,$(wildcard harness/test/test_*.c))
FUZZERS      := $(patsubst %.c,$(B)/%,$(filter-out %/fuzz_main.c,$(wildcard ref/test/fuzz_*.c harness/test/fuzz_*.c)))
HELPERS      := $(patsubst %.c,$(B)/%,$(wildcard harness/test/peer_*.c))
# the longest first; a planted defect is seen by its results: building each with sanitizers shows nothing more
SCRIPTS      := $(if $(filter release,$(VARIANT)),harness/test/planted.sh) $(filter-out %/planted.sh,$(wildcard $(addsuffix /test/*.sh,harness harness/packaging reports oracle ref)))
PROGRAMS     := $(B)/mpconform $(B)/mpmanager $(B)/mpproxy
objects       = $(patsubst %.c,$(B)/obj/%.o,$(1))

JOBS         ?=
MAKE_JOBS    := $(or $(JOBS),$(shell nproc))
RUN          := run --strict --audit $(JOBS:%=--jobs %)
SELECT       ?=
# how long `make fuzz` spends on each target
SECONDS      ?= 30

.PHONY: all conform matrix test test-page memcheck asan tsan bugs fuzz fuzz-run differ lint format bench deps help clean

all: deps ## build the three programs
	@$(MAKE) --no-print-directory -j$(MAKE_JOBS) $(PROGRAMS)

conform: all ## the main job: every case on every pairing with the live oracle
	$(B)/mpconform $(RUN) $(SELECT)

matrix: all ## reports/matrix.md: everything that is installed, each with the CPython that it imitates (minutes); CHECK=--check compares only
	@harness/deps matrix $(DEPS)
	$(B)/mpconform matrix $(JOBS:%=--jobs %) $(or $(CHECK),--output reports/matrix.md); status=$$?; [ $$status -le $(if $(CHECK),0,1) ]

test: deps ## unit tests, end-to-end tests, planted bugs
	@$(MAKE) --no-print-directory -j$(MAKE_JOBS) $(INSTALLED) $(REF_TESTS) $(HARNESS_TESTS) $(FUZZERS) $(HELPERS) $(EXAMPLES) $(B)/ref/bench/client
	@B=$(B) VARIANT=$(VARIANT) harness/test/all $(SCRIPTS) $(HARNESS_TESTS) $(REF_TESTS) $(FUZZERS)

test-page: deps ## the report page in a real browser (Debian's chromium)
	@harness/deps page $(DEPS)
	@$(MAKE) --no-print-directory -j$(JOBS) $(PROGRAMS) $(HELPERS)
	@B=$(B) harness/test/all harness/page/test/page

asan: ## the same tests, and the corpus, under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) --no-print-directory VARIANT=asan test conform

tsan: ## the same tests, and the corpus, under ThreadSanitizer
	@$(MAKE) --no-print-directory VARIANT=tsan test conform

memcheck: all ## the corpus with mpmanager and mpproxy under valgrind: no error, no leak of any kind
	$(B)/mpconform $(RUN) --pairing ref,ref --wrap "valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all --trace-children=no" --deadline 120 $(SELECT)

bugs: all ## the kill rate: every bug that can be planted in CPython against the corpus
	@B=$(B) harness/test/bugs

fuzz: ## every decoder with mutated inputs, guided by coverage, under the sanitizers: SECONDS=30 for each
	@$(MAKE) --no-print-directory VARIANT=fuzz fuzz-run
fuzz-run: deps
	@$(MAKE) --no-print-directory -j$(MAKE_JOBS) $(FUZZERS)
	@for target in $(FUZZERS); do $$target --seconds $(SECONDS) $(SEED) || exit 1; done

differ: all ## random sessions, CPython against the reference: SEED=1 COUNT=200 PYTHONS="python3.8 python3.14" TYPES=list,dict OUTPUT=folder
	@B=$(B) python3 -B harness/differ/differ.py --seed $(or $(SEED),1) --count $(or $(COUNT),200) $(PYTHONS:%=--python %) $(TYPES:%=--types %) $(OUTPUT:%=--output %) --jobs $(or $(JOBS),$(MAKE_JOBS))

bench: deps ## speed of the four pairings, as ratios to CPython × CPython (BENCH: options of ref/bench/compare.py)
	@$(MAKE) --no-print-directory -j$(MAKE_JOBS) $(PROGRAMS) $(B)/ref/bench/client
	@B=$(B) python3 ref/bench/compare.py $(BENCH)

lint: all ## format, clang-tidy, cppcheck, shellcheck, layers, clauses, generated files; the second time only what has changed
	@harness/deps lint $(DEPS)
	@harness/lint/all

format: ## write the house format into every C file
	clang-format -i $$(git ls-files '*.c' '*.h')

deps: ## check for what is needed; install what is missing
	@harness/deps $(DEPS)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

clean: ## remove everything built
	rm -rf build

$(B)/libmpref.a: $(call objects,$(LIB_SRC))
	@rm -f $@
	@ar rcs $@ $^
$(B)/mpmanager: $(call objects,$(MANAGER_SRC)) $(B)/libmpref.a
	@echo '  LD $@'
	@$(CC) $(FLAGS) -pthread -o $@ $^ $(REF_LIBS)
$(B)/mpproxy: $(call objects,$(PROXY_SRC)) $(B)/libmpref.a
	@echo '  LD $@'
	@$(CC) $(FLAGS) -pthread -o $@ $^ $(REF_LIBS) -ljansson
$(B)/mpconform: $(call objects,$(HARNESS_SRC)) $(EMBEDDED)
	@echo '  LD $@'
	@$(CC) $(FLAGS) -pthread -o $@ $^ $(HARNESS_LIBS)
# the adapter without its main, for tests
$(B)/libmpproxy.a: $(filter-out %/mpproxy.o,$(call objects,$(PROXY_SRC)))
	@rm -f $@
	@ar rcs $@ $^
$(B)/ref/test/fuzz_%: $(B)/obj/ref/test/fuzz_%.o $(B)/obj/harness/test/fuzz_main.o $(B)/libmpproxy.a $(B)/libmpref.a
	@mkdir -p $(@D)
	@echo '  LD $@'
	@$(CC) $(FLAGS) -pthread -o $@ $^ $(REF_LIBS) -ljansson
$(B)/ref/test/%: $(B)/obj/ref/test/%.o $(B)/libmpproxy.a $(B)/libmpref.a
	@mkdir -p $(@D)
	@echo '  LD $@'
	@$(CC) $(FLAGS) -pthread -o $@ $^ $(REF_LIBS) -ljansson -lcunit
$(B)/ref/examples/%: $(B)/obj/ref/examples/%.o $(B)/libmpref.a
	@mkdir -p $(@D)
	@echo '  LD $@'
	@$(CC) $(FLAGS) -pthread -o $@ $^ $(REF_LIBS)
$(B)/harness/test/peer_fuzz: $(B)/obj/harness/test/peer_fuzz.o $(B)/obj/harness/test/fuzz_main.o
	@mkdir -p $(@D)
	@echo '  LD $@'
	@$(CC) $(FLAGS) -o $@ $^
$(B)/ref/bench/%: $(B)/obj/ref/bench/%.o $(B)/libmpref.a
	@mkdir -p $(@D)
	@echo '  LD $@'
	@$(CC) $(FLAGS) -pthread -o $@ $^ $(REF_LIBS)
$(B)/harness/test/peer_%: $(B)/obj/harness/test/peer_%.o
	@mkdir -p $(@D)
	@echo '  LD $@'
	@$(CC) $(FLAGS) -pthread -o $@ $^
$(B)/harness/test/fuzz_%: $(B)/obj/harness/test/fuzz_%.o $(B)/obj/harness/test/fuzz_main.o $(B)/libharness.a
	@mkdir -p $(@D)
	@echo '  LD $@'
	@$(CC) $(FLAGS) -pthread -o $@ $^ $(HARNESS_LIBS)
$(B)/libharness.a: $(filter-out %/harness/main.o,$(call objects,$(HARNESS_SRC))) $(EMBEDDED)
	@rm -f $@
	ar rcs $@ $^
$(B)/harness/test/test_%: $(B)/obj/harness/test/test_%.o $(B)/libharness.a
	@mkdir -p $(@D)
	@echo '  LD $@'
	@$(CC) $(FLAGS) -pthread -o $@ $^ $(HARNESS_LIBS) -lcunit
$(B)/page.c: harness/embed $(PAGE)
	@mkdir -p $(@D)
	@harness/embed harness/page.h page_html $(filter %.html,$(PAGE)) -- page_css $(filter %.css,$(PAGE)) -- page_js $(filter %.js,$(PAGE)) >$@.new && mv $@.new $@
$(B)/protocol_schema.c: harness/embed harness/adapter.schema.json
	@mkdir -p $(@D)
	@harness/embed harness/protocol.h protocol_schema_text harness/adapter.schema.json >$@.new && mv $@.new $@
# all that is fuzzed tells which blocks ran, but not what listens
$(B)/obj/harness/%.o $(B)/obj/ref/%.o: COVERAGE = $(if $(filter fuzz,$(VARIANT)),-fsanitize-coverage=trace-pc)
$(B)/obj/harness/test/fuzz_main.o: COVERAGE =
$(B)/obj/embedded/%.o: $(B)/%.c Makefile
	@mkdir -p $(@D)
	@echo '  CC $<'
	@$(COMPILE) -c -o $@ $<
$(B)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo '  CC $<'
	@$(COMPILE) -c -o $@ $<
.SECONDARY:

include harness/packaging/install.mk

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
