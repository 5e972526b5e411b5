# pg_tenant: `make demo` shows the product at work, `make test` runs every test; `make help` lists the rest.
EXTENSION = pg_tenant
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" pg_tenant.control)
MODULE_big = pg_tenant
SOURCES = $(sort $(wildcard src/*.cpp src/*/*.cpp))
OBJS = $(SOURCES:.cpp=.o)
DATA_built = $(EXTENSION)--$(EXTVERSION).sql

PG_MAJOR := $(shell test/harness/pg_major 2>/dev/null)
PG_CONFIG ?= /usr/lib/postgresql/$(PG_MAJOR)/bin/pg_config

# Hooks gain nothing from being inlined by the JIT, and its bitcode rules ignore PG_CXXFLAGS.
override with_llvm = no
PG_CPPFLAGS = -Isrc
WERROR = -Werror
PG_CXXFLAGS = -std=gnu++17 -isystem $(shell $(PG_CONFIG) --includedir-server 2>/dev/null) \
	-fvisibility=hidden -fvisibility-inlines-hidden -fno-exceptions -fno-rtti \
	-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wimplicit-fallthrough -Wformat $(WERROR) \
	-Wno-register -MMD -MP
# Each statement passes the hooks with caches that it has emptied itself: stubs between them and the server's functions
# cost 70 misses of the 660 that a tenant's point query has because of the library.
PG_CXXFLAGS += -fno-plt
# PGXS links with the C compiler, which knows nothing of the C++ runtime.
SHLIB_LINK += -lstdc++ -lcrypto
EXTRA_CLEAN = $(SOURCES:.cpp=.d) build

ifneq ($(wildcard $(PG_CONFIG)),)
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)
-include $(SOURCES:.cpp=.d)
endif
# One object knows the version, so that the others need not be rebuilt with it.
src/sqlapi/library.o: override CPPFLAGS += -DPG_TENANT_VERSION='"$(EXTVERSION)"'
src/sqlapi/library.o: pg_tenant.control
# The module's objects must be rebuilt when its flags change.
$(OBJS): Makefile

$(DATA_built): $(sort $(wildcard src/schema/*.sql)) pg_tenant.control
	cat $(sort $(wildcard src/schema/*.sql)) > $@

include test/test.mk
include bench/bench.mk
include test/fuzz/fuzz.mk
include test/sanitize/sanitize.mk
include test/fuzz/parsers/parsers.mk
include test/load/load.mk
include test/smith/smith.mk

.DEFAULT_GOAL := all
.PHONY: demo demo-run demo-stop help
demo: ## the product at work, in a throw-away PostgreSQL
	@test/harness/setup build
	@test/harness/unprivileged $(MAKE) -s demo-run

demo-run:
	@echo "== building"
	@$(MAKE) -s -j2 all
	@test/harness/server install
	@examples/demo/run

demo-stop: ## stop the server of the demonstration and remove it
	@test/harness/unprivileged test/harness/server stop demo

help: ## this list
	@sed -n 's/^\([a-z -]*\):.*## \(.*\)/\1\t\2/p' Makefile test/test.mk bench/bench.mk test/fuzz/fuzz.mk test/sanitize/sanitize.mk test/fuzz/parsers/parsers.mk test/load/load.mk test/smith/smith.mk | expand -t 16
