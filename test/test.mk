# Targets that test. `make test` may be root's: it installs what is missing and drops to an unprivileged user.
.PHONY: test run-tests
test: ## install what is missing, build, and run every test
	@test/harness/setup build test
	@test/harness/unprivileged $(MAKE) -s run-tests

run-tests:
	@$(MAKE) -s -j2 all
	@test/harness/check
