# Targets that test. `make test` may be root's: it installs what is missing and drops to an unprivileged user.
.PHONY: test run-tests
test: ## install what is missing, build, and run every test
	@test/harness/setup build test
	@test/harness/unprivileged $(MAKE) -s run-tests

run-tests:
	@$(MAKE) -s -j2 all
	@test/harness/check

.PHONY: core coexist format lint mutation matrix attack attack-matrix
attack: ## attacks with canary rows, beside PostgreSQL's row-level security alone
	@test/harness/setup build test
	@test/harness/unprivileged bash -c '$(MAKE) -s -j2 all && test/harness/server install && test/attack/run'

attack-matrix: ## the same on PostgreSQL 15, 17 and 18 (needs root, for chroots)
	@test/matrix/run --command 'make attack'

format: ## bring the sources into shape
	@clang-format -i src/*.cpp src/*/*.cpp src/*/*.hpp test/unit/*.cpp bench/*.cpp bench/*.hpp test/fuzz/*.cpp test/fuzz/*.hpp

lint: ## clang-tidy, warnings of clang, rules of layers, sizes, symbols and the install script
	@test/harness/setup build test
	@test/harness/unprivileged bash -c '$(MAKE) -s -j2 all && test/harness/check static'

core: ## PostgreSQL's own tests with pg_tenant loaded, compared with a run without it
	@test/harness/setup build core
	@test/harness/unprivileged bash -c '$(MAKE) -s -j2 all && test/harness/server install && test/core/run'

coexist: ## other extensions in every order, and whether the chain of hooks is intact
	@test/harness/setup build test
	@test/harness/unprivileged bash -c '$(MAKE) -s -j2 all && test/harness/check tap/050 tap/051'

mutation: ## break each guard in turn and see that a test notices
	@test/harness/setup build test
	@test/harness/unprivileged test/mutation/run

matrix: ## make test on PostgreSQL 15, 17 and 18 (needs root, for chroots)
	@test/matrix/run
