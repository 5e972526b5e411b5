# Targets that test. `make test` may be root's: it installs what is missing and drops to an unprivileged user.
.PHONY: test run-tests
test: ## install what is missing, build, and run every test
	@test/harness/setup build test
	@test/harness/unprivileged $(MAKE) -s run-tests

run-tests:
	@$(MAKE) -s -j2 all
	@test/harness/check

.PHONY: core coexist faults format lint clang mutation matrix attack attack-matrix soak soak-list upgrade-majors
attack: ## attacks with canary rows, beside PostgreSQL's row-level security alone
	@test/harness/setup build test
	@test/harness/unprivileged bash -c '$(MAKE) -s -j2 all && test/harness/server install && test/attack/run'

attack-matrix: ## the same on PostgreSQL 15, 17 and 18 (needs root, for chroots)
	@test/matrix/run --command 'make attack'

faults: ## kills, no memory, full disks, cancels and limits, at FAULTS=10 times as many points as in make test; SEED= chooses others
	@test/harness/setup build test
	@test/harness/unprivileged bash -c '$(MAKE) -s -j2 all && FAULTS=$(or $(FAULTS),10) SEED=$(SEED) test/harness/check tap/06 tap/089'

format: ## bring the sources into shape
	@clang-format -i src/*.cpp src/*/*.cpp src/*/*.hpp test/unit/*.cpp bench/*.cpp bench/*.hpp test/fuzz/*.cpp test/fuzz/*.hpp test/load/*.cpp test/load/*.hpp test/fuzz/parsers/*.cpp \
		test/fuzz/parsers/*.hpp

lint: ## clang-tidy, warnings of clang, rules of layers, sizes, symbols and the install script
	@test/harness/setup build test
	@test/harness/unprivileged bash -c '$(MAKE) -s -j2 all && test/harness/check static'

clang: ## the library as clang++ builds it, warnings as errors, and the regression tests with it
	@test/harness/setup build test
	@test/harness/unprivileged test/harness/clang regress isolation

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

upgrade-majors: ## pg_upgrade, dumps and replication from PostgreSQL 15 to 17 (needs root, for a chroot)
	@test/matrix/run --also 15 --command 'test/upgrade/majors 15' 17

# What takes too long for continuous integration (.ci/run), as TARGET or TARGET:VARIABLE=VALUE; each ends with `N passed, M failed`.
# A folder with targets of its own adds to it.
SOAK += mutation core clang faults fuzz:SECONDS=3600 fuzz-parsers:SECONDS=600 attack-matrix upgrade-majors matrix

soak: ## everything that takes hours: fuzzing, PostgreSQL's own tests, other majors (needs root, for chroots)
	@test/harness/soak $(SOAK)

soak-list:
	@echo $(SOAK)
