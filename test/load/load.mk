# The load: clients of a pool, and what runs them.
LOAD_BUILD = $(or $(PG_TENANT_BUILD),$(CURDIR)/build)/load_driver
LOAD_OBJS = $(patsubst test/load/%.cpp,$(LOAD_BUILD)/%.o,$(wildcard test/load/*.cpp))
LOAD_FLAGS = -std=c++17 -O1 -pthread -Wall -Wextra -Wshadow $(WERROR) -isystem /usr/include/postgresql -MMD -MP

$(LOAD_BUILD)/%.o: test/load/%.cpp
	@mkdir -p $(@D)
	$(CXX) $(LOAD_FLAGS) -c $< -o $@

$(LOAD_BUILD)/load: $(LOAD_OBJS)
	$(CXX) -pthread $^ -lpq -o $@

-include $(LOAD_OBJS:.o=.d)

SOAK += load
.PHONY: load
load: ## clients of a pool while tenants are suspended and tables unprotected: SECONDS=600 CLIENTS=200 TENANTS=1000
	@test/harness/setup build test
	@test/harness/unprivileged bash -c '$(MAKE) -s -j2 all && test/harness/server install && \
		test/load/run --seconds $(or $(SECONDS),600) --clients $(or $(CLIENTS),200) --tenants $(or $(TENANTS),1000)'
