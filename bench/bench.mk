# The benchmark's driver, and what runs it.
BENCH_BUILD = $(or $(PG_TENANT_BUILD),$(CURDIR)/build)/bench
BENCH_OBJS = $(patsubst bench/%.cpp,$(BENCH_BUILD)/%.o,$(wildcard bench/*.cpp))
BENCH_FLAGS = -std=c++17 -O1 -Wall -Wextra -Wshadow $(WERROR) -isystem /usr/include/postgresql -MMD -MP

$(BENCH_BUILD)/%.o: bench/%.cpp
	@mkdir -p $(@D)
	$(CXX) $(BENCH_FLAGS) -c $< -o $@

$(BENCH_BUILD)/driver: $(BENCH_OBJS)
	$(CXX) $^ -lpq -o $@

-include $(BENCH_OBJS:.o=.d)

.PHONY: bench bench-quick bench-figures bench-rates
bench: ## pg_tenant beside other ways to keep tenants apart, ten minutes; writes doc/performance.md
	@test/harness/setup build test
	@mkdir -p build
	@test/harness/unprivileged bash -c '$(MAKE) -s -j2 all && test/harness/server install && bench/run measure' >build/figures.json
	@$(MAKE) -s bench-figures

bench-figures: ## write doc/performance.md and its picture again, from the figures of the last `make bench`
	@test/harness/unprivileged bench/run page doc/performance.md <build/figures.json >build/performance.md
	@test/harness/unprivileged bench/run plot <build/figures.json >build/performance.svg
	@cat build/performance.md >doc/performance.md
	@cat build/performance.svg >doc/performance.svg

bench-quick: ## the same with a tenth of the rows, one minute, on standard output
	@test/harness/setup build test
	@mkdir -p build
	@test/harness/unprivileged bash -c '$(MAKE) -s -j2 all && test/harness/server install && \
		bench/run measure --items 100000 --rounds 3 --burst 1500 --registered 100000 --active 10000' >build/figures-quick.json
	@test/harness/unprivileged bench/run page doc/performance.md <build/figures-quick.json

bench-rates: ## what token buckets let through, beside the rates that are set, two minutes
	@test/harness/setup build test
	@test/harness/unprivileged bash -c '$(MAKE) -s -j2 all && test/harness/server install && bench/rates'
