# Installing and the Debian packages: part of the Makefile.  PREFIX, DESTDIR and the folders of the GNU conventions.
VERSION      := $(shell sed -n 's/^.define PROGRAM_VERSION "\(.*\)"/\1/p' harness/program.h)
SONAME       := libmpref.so.0
PREFIX       ?= /usr/local
DESTDIR      ?=
exec_prefix  ?= $(PREFIX)
bindir       ?= $(exec_prefix)/bin
libdir       ?= $(exec_prefix)/lib
pkgconfigdir ?= $(libdir)/pkgconfig
includedir   ?= $(PREFIX)/include
datadir      ?= $(PREFIX)/share
mandir       ?= $(datadir)/man
docdir       ?= $(datadir)/doc/mpconform
bashdir      ?= $(datadir)/bash-completion/completions
zshdir       ?= $(datadir)/zsh/site-functions
fishdir      ?= $(datadir)/fish/vendor_completions.d
FOLDERS      := DESTDIR PREFIX exec_prefix bindir libdir pkgconfigdir includedir datadir mandir docdir bashdir zshdir fishdir
MANUALS      := $(addprefix $(B)/man/,mpconform.1 mpmanager.1 mpproxy.1)
INSTALLED    := $(PROGRAMS) $(B)/libmpref.a $(B)/$(SONAME) $(MANUALS)
place         = $(foreach name,B VERSION SONAME $(FOLDERS),$(name)='$($(name))')

.PHONY: install uninstall deb test-deb
install: deps ## programs, library, manuals, completion, cases; PREFIX (/usr/local), DESTDIR, bindir, libdir …
	@$(MAKE) --no-print-directory -j$(MAKE_JOBS) $(INSTALLED)
	@$(place) harness/packaging/install

uninstall: ## what `make install` has put there, with the same PREFIX and DESTDIR
	@$(place) harness/packaging/install remove

deb: deps ## three Debian packages in build/deb: mpconform, libmpref0, libmpref-dev
	@harness/deps deb $(DEPS)
	@$(MAKE) --no-print-directory -j$(MAKE_JOBS) $(INSTALLED)
	@B=$(B) VERSION=$(VERSION) SONAME=$(SONAME) harness/packaging/deb

test-deb: deb ## what is in the packages, unpacked and used
	@B=$(B) harness/test/all harness/packaging/test/deb

$(call objects,$(LIB_SRC)): FLAGS += -fPIC -fno-semantic-interposition
$(B)/$(SONAME): $(call objects,$(LIB_SRC)) harness/packaging/libmpref.map
	@echo '  LD $@'
	@$(CC) $(FLAGS) -shared -pthread -Wl,-soname,$(SONAME) -Wl,--version-script=harness/packaging/libmpref.map $(if $(findstring sanitize,$(FLAGS)),,-Wl,-z,defs) -o $@ \
	  $(filter %.o,$^) -Wl,--as-needed $(REF_LIBS)
$(B)/man/%.1: harness/packaging/man/%.1.in $(B)/% harness/packaging/manual
	@mkdir -p $(@D)
	@harness/packaging/manual $< $(B)/$* >$@.new && mv $@.new $@
