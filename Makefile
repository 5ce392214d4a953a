# The front door: what to type, not how it is built. CMakePresets.json and tools/ know how.
# The checkout's path may contain spaces: targets have fixed names, and only the shell sees paths.
.DEFAULT_GOAL := build
.PHONY: build demo test check bench dist install uninstall format clean help

PREFIX ?= /usr/local
DESTDIR ?=
export PREFIX DESTDIR

build: ## build build/arun; missing Debian packages are installed first
	@tools/build release arun

demo: build ## run the tutorial's demos, scripts/demo*.json
	@tools/demo

test: ## build, then run every test
	@tools/test release

check: ## everything that CI asks for: sanitizers, lints, layers, formatting, manual
	@tools/check

bench: build ## measure
	@tools/bench

dist: ## build a static binary and packages of it, in build-dist/out
	@tools/dist

install: build ## install into $(DESTDIR)$(PREFIX), by default /usr/local
	@tools/install

uninstall: ## remove what install put there
	@tools/install --remove

format: ## put every source into the project's format
	@tools/format

clean: ## remove what was built
	rm -rf build build-asan build-clang build-tsan build-posix build-coverage build-fuzz build-embed build-dist

help: ## this list
	@tools/help

# A target that does not exist: say what there is.
.DEFAULT:
	@echo "make: no target '$@'" >&2; tools/help >&2; exit 2
