SOAK += sqlsmith:SECONDS=600
.PHONY: sqlsmith
sqlsmith: ## statements of sqlsmith for a tenant with hostile neighbours: SECONDS=60 SEED=1
	@test/harness/setup build test
	@test/harness/unprivileged bash -c '$(MAKE) -s -j2 all && test/harness/server install && \
		test/smith/run --seconds $(or $(SECONDS),60) $(if $(SEED),--seed $(SEED))'
