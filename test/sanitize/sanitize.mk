# The server under tools that see what the tests cannot, and a session that does not end.
SOAK += ubsan asan-matrix valgrind memory

.PHONY: ubsan asan asan-matrix valgrind memory
ubsan asan valgrind: ## tests under UBSan, AddressSanitizer or valgrind: KINDS='regress isolation'
	@test/harness/setup build test $(filter valgrind,$@)
	@test/harness/unprivileged test/sanitize/run $@ $(KINDS)

asan-matrix: ## the second on PostgreSQL 17, since Debian's 15 does not start under it (needs root, for a chroot)
	@test/matrix/run --command "make asan KINDS='$(KINDS)'" 17

memory: ## a million statements in one session, whose memory must not grow: STATEMENTS=1000000
	@test/harness/setup build test
	@test/harness/unprivileged env STATEMENTS=$(or $(STATEMENTS),1000000) bash -c '$(MAKE) -s -j2 all && test/harness/check tap/066'
