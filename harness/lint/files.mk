# The checks of single files, each done again only when the file, what it includes or the rules have changed (stamps in build/lint).  For harness/lint/all:
#   make -f harness/lint/files.mk -j N -k CHECK       format, headers or tidy
L       := build/lint
CC      ?= cc
FLAGS   := -std=c17 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -I. -Iref
UNITS   := $(shell git ls-files '*.c')
HEADERS := $(shell git ls-files '*.h')
RULES   := harness/lint/files.mk .clang-format .clang-tidy

.PHONY: format headers tidy
format:  $(patsubst %,$(L)/%.format,$(UNITS) $(HEADERS))
headers: $(patsubst %,$(L)/%.alone,$(HEADERS))
tidy:    $(patsubst %,$(L)/%.tidy,$(UNITS))

$(L)/%.format: % $(RULES)
	@mkdir -p $(@D)
	@clang-format --dry-run -Werror $< && touch $@
# A header stands on its own.
$(L)/%.alone: % $(RULES)
	@mkdir -p $(@D)
	@echo '#include "$<"' | $(CC) $(FLAGS) -Wall -Werror -MMD -MP -MF $@.d -MT $@ -fsyntax-only -x c - && touch $@
$(L)/%.tidy: % $(RULES)
	@mkdir -p $(@D)
	@$(CC) $(FLAGS) -MM -MP -MF $@.d -MT $@ $<
	@clang-tidy --quiet $< -- $(FLAGS) >$@.out 2>$@.err; status=$$?; if [ $$status -ne 0 ] && [ ! -s $@.out ]; then cat $@.err; exit 1; fi; ! grep -E -A4 '(warning|error):' $@.out
	@touch $@

-include $(shell find $(L) -name '*.d' 2>/dev/null)
