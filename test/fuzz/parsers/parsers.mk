# The harnesses of libFuzzer, each with the sources of src/core and src/crypto under the sanitizers.
PARSER_BUILD = $(or $(PG_TENANT_BUILD),$(CURDIR)/build)/parsers
PARSER_OBJS = $(patsubst %.cpp,$(PARSER_BUILD)/%.o,$(wildcard src/core/*.cpp src/crypto/*.cpp))
PARSER_FUZZERS = $(patsubst test/fuzz/parsers/%.cpp,$(PARSER_BUILD)/%,$(wildcard test/fuzz/parsers/*.cpp))
PARSER_FLAGS = -std=gnu++17 -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -Isrc -Itest/fuzz/parsers \
	-Wall -Wextra -Wshadow $(WERROR) -MMD -MP

.PRECIOUS: $(PARSER_BUILD)/%.o
$(PARSER_BUILD)/%.o: %.cpp
	@mkdir -p $(@D)
	clang++ $(PARSER_FLAGS) -c $< -o $@

$(PARSER_FUZZERS): $(PARSER_BUILD)/%: $(PARSER_BUILD)/test/fuzz/parsers/%.o $(PARSER_OBJS)
	clang++ -fsanitize=fuzzer,address,undefined $^ -lcrypto -o $@

-include $(PARSER_OBJS:.o=.d) $(PARSER_FUZZERS:$(PARSER_BUILD)/%=$(PARSER_BUILD)/test/fuzz/parsers/%.d)

.PHONY: parser-fuzzers fuzz-parsers
parser-fuzzers: $(PARSER_FUZZERS)

fuzz-parsers: ## libFuzzer on each parser of src/core and src/crypto: SECONDS=60
	@test/harness/setup build test
	@test/harness/unprivileged test/fuzz/parsers/run --seconds $(or $(SECONDS),60)
