# The fuzzer, and what runs it.
FUZZ_BUILD = $(or $(PG_TENANT_BUILD),$(CURDIR)/build)/fuzzer
FUZZ_OBJS = $(patsubst test/fuzz/%.cpp,$(FUZZ_BUILD)/%.o,$(wildcard test/fuzz/*.cpp))
FUZZ_FLAGS = -std=c++17 -O0 -Wall -Wextra -Wshadow $(WERROR) -isystem /usr/include/postgresql -MMD -MP

$(FUZZ_BUILD)/%.o: test/fuzz/%.cpp
	@mkdir -p $(@D)
	$(CXX) $(FUZZ_FLAGS) -c $< -o $@

$(FUZZ_BUILD)/fuzz: $(FUZZ_OBJS)
	$(CXX) $^ -lpq -o $@

-include $(FUZZ_OBJS:.o=.d)

.PHONY: fuzz
fuzz: ## random statements beside hostile neighbours and alone: SECONDS=60 SEED=1 ROLE=app
	@test/harness/setup build test
	@test/harness/unprivileged bash -c '$(MAKE) -s -j2 all && test/harness/server install && \
		test/fuzz/run --seconds $(or $(SECONDS),60) $(if $(SEED),--seed $(SEED)) $(if $(ROLE),--role $(ROLE))'
