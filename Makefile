# Builds and tests devmachine-operator; `make help` lists the targets.
#
# Only make and a POSIX shell are assumed. Everything else is checked by
# tests/setup/packages.sh, which on Debian as root also installs it. That
# happens in recipes, so nothing may look for a compiler or a library while
# this file is read: such variables are expanded in recipes only.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

JOBS ?= $(shell nproc 2>/dev/null || echo 2)
# A -j on the command line wins; a sub-make shares its parent's jobs.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(JOBS)
endif

FLOORS := base data mustache chart kube release controller serve cli
# F=<floor> builds and tests one floor with those that it stands on.
ifdef F
below = $(foreach f,$(shell sed -n 's/^$1://p' tests/floors),$f $(call below,$f))
FLOORS := $(sort $(call below,$(F)) $(F))
endif
TEST_FLOORS := $(or $(F),$(FLOORS))

# Warnings are errors in the test flavours, and in the release flavour when
# somebody checks; a user's newer compiler must not stop the user's build.
WERROR ?= $(filter true,$(CI))
TEST_WERROR ?= 1

# Evaluates shell command $2 into variable $1, the first time $1 is needed.
once = $(eval $1 := $(shell $2))$($1)

LIBRARIES := libcurl yaml-0.1 libcjson libpcre2-8 zlib libmicrohttpd libcrypto
LIB_CFLAGS = $(call once,LIB_CFLAGS,pkg-config --cflags $(LIBRARIES))
LIB_LIBS = $(call once,LIB_LIBS,pkg-config --libs $(LIBRARIES)) -lpthread
VERSION = $(call once,VERSION,sh tests/setup/version.sh)

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wwrite-strings -Wformat=2 -Wcast-qual -Wpointer-arith -Wundef -Wvla \
	-Wimplicit-fallthrough
CLANG_WARNINGS := $(WARNINGS) -Wthread-safety
LANGUAGE := -std=gnu17 -D_GNU_SOURCE -fno-common -Ioperator
HARDENING := -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
	-fstack-clash-protection -fPIE
ifeq ($(shell uname -m),x86_64)
HARDENING += -fcf-protection
endif
HARDENED_LINK := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
ASAN := -fsanitize=address,undefined -fno-sanitize-recover=all
CHECKED := -g -fno-omit-frame-pointer

# One flavour is one way to compile everything: build/<flavour>/.
FLAVOURS := release fault gcc clang asan tsan fuzz
CC_release = gcc
CC_fault = gcc
CC_gcc = gcc
CC_clang = clang
CC_asan = clang
CC_tsan = clang
CC_fuzz = clang
FLAGS_release = -O2 -g $(HARDENING) $(WARNINGS) $(if $(WERROR),-Werror)
# The release with the hook that crash tests need: it kills itself on demand.
FLAGS_fault = $(FLAGS_release) -DFAULT_HOOK
FLAGS_gcc = -O1 $(CHECKED) $(WARNINGS) $(if $(TEST_WERROR),-Werror)
FLAGS_clang = -O1 -g $(CLANG_WARNINGS) $(if $(TEST_WERROR),-Werror)
FLAGS_asan = -O1 $(CHECKED) $(ASAN) $(CLANG_WARNINGS) $(if $(TEST_WERROR),-Werror)
FLAGS_tsan = -O1 $(CHECKED) -fsanitize=thread $(CLANG_WARNINGS) $(if $(TEST_WERROR),-Werror)
FLAGS_fuzz = -O1 $(CHECKED) $(ASAN) -fsanitize=fuzzer-no-link $(CLANG_WARNINGS)
LINK_release = $(HARDENED_LINK)
LINK_fault = $(HARDENED_LINK)
LINK_asan = $(ASAN)
LINK_tsan = -fsanitize=thread
LINK_fuzz = $(ASAN) -fsanitize=fuzzer

OPERATOR := build/release/devmachine-operator
MAIN := operator/cli/main.c
SOURCES := $(filter-out $(MAIN),$(foreach f,$(FLOORS),$(wildcard operator/$f/*.c)))
UNIT := $(foreach f,$(TEST_FLOORS),$(wildcard tests/unit/$f/test_*.c))
# T=<part of a path> picks unit tests.
ifdef T
UNIT := $(strip $(foreach t,$(UNIT),$(if $(findstring $(T),$t),$t)))
endif
CONFORMANCE := $(wildcard tests/conformance/test_*.c tests/conformance/*/test_*.c)
# What tests share: a file that is not itself a test is linked into each that
# needs something from it.
HELPERS := $(filter-out $(wildcard tests/unit/*/test_*.c),$(wildcard tests/unit/*/*.c))
FUZZ := $(wildcard tests/fuzz/fuzz_*.c)
BENCH := $(wildcard tests/bench/*/*.c)
REPLAY := tests/fuzz/replay_main.c
ALL_C := $(wildcard $(MAIN)) $(SOURCES) $(UNIT) $(CONFORMANCE) $(HELPERS) \
	$(FUZZ) $(wildcard $(REPLAY)) $(BENCH)

say = $(if $(V),,@printf '%-4s %s\n' $1 $2;)

.PHONY: FORCE packages-build packages-lint packages-e2e
packages-build packages-lint packages-e2e: packages-%:
	@sh tests/setup/packages.sh $*

# Writes $2 into file $1 when it holds something else, so that what depends on
# the file is built again exactly then.
define write_if_changed
@mkdir -p $(dir $1)
@printf '%s\n' '$2' | cmp -s - $1 || printf '%s\n' '$2' >$1
endef

build/version: FORCE
	$(call write_if_changed,$@,$(VERSION))

# The rules of flavour $1.
define flavour
build/$1/flags: FORCE | packages-build $(if $(filter clang,$(CC_$1)),packages-lint)
	$$(call write_if_changed,$$@,$$(CC_$1) $$(LANGUAGE) $$(FLAGS_$1) $$(LINK_$1) $$(LIB_CFLAGS))

build/$1/%.o: %.c build/$1/flags
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)$$(CC_$1) $$(LANGUAGE) $$(FLAGS_$1) $$(EXTRA) \
		$$(LIB_CFLAGS) -MMD -MP -c -o $$@ $$<

build/$1/tests/%.o: EXTRA = -Itests
build/$1/operator/cli/version.o: EXTRA = -DDEVMACHINE_VERSION='"$$(VERSION)"'
build/$1/operator/cli/version.o: build/version

# The directory is named as well: it changes when a source is removed.
$(foreach f,$(FLOORS),$(eval build/$1/lib$f.a: \
	$(patsubst %.c,build/$1/%.o,$(filter operator/$f/%,$(SOURCES))) \
	$(wildcard operator/$f)))
$(FLOORS:%=build/$1/lib%.a): | build/$1/flags
	@mkdir -p $$(@D) && rm -f $$@ && ar rcs $$@ $$(filter %.o,$$^)

build/$1/libtests.a: $(HELPERS:%.c=build/$1/%.o) | build/$1/flags
	@mkdir -p $$(@D) && rm -f $$@ && ar rcs $$@ $$(filter %.o,$$^)

build/$1/devmachine-operator: $(MAIN:%.c=build/$1/%.o) $(FLOORS:%=build/$1/lib%.a)
	$$(call say,LINK,$$@)$$(CC_$1) $$(FLAGS_$1) $$(LINK_$1) -o $$@ \
		-Wl,--start-group $$^ -Wl,--end-group $$(LIB_LIBS)

build/$1/tests/%: build/$1/tests/%.o build/$1/libtests.a $(FLOORS:%=build/$1/lib%.a)
	$$(call say,LINK,$$@)$$(CC_$1) $$(FLAGS_$1) $$(LINK_$1) -o $$@ \
		-Wl,--start-group $$^ -Wl,--end-group -lcmocka $$(LIB_LIBS)

build/$1/tests/bench/%: build/$1/tests/bench/%.o $(FLOORS:%=build/$1/lib%.a)
	$$(call say,LINK,$$@)$$(CC_$1) $$(FLAGS_$1) $$(LINK_$1) -o $$@ \
		-Wl,--start-group $$^ -Wl,--end-group $$(LIB_LIBS)

build/$1/tests/fuzz/replay_%: build/$1/tests/fuzz/fuzz_%.o \
		$(REPLAY:%.c=build/$1/%.o) $(FLOORS:%=build/$1/lib%.a)
	$$(call say,LINK,$$@)$$(CC_$1) $$(FLAGS_$1) $$(LINK_$1) -o $$@ \
		-Wl,--start-group $$^ -Wl,--end-group $$(LIB_LIBS)

-include $(ALL_C:%.c=build/$1/%.d)
endef
$(foreach f,$(FLAVOURS),$(eval $(call flavour,$f)))

# "make clean all" must not do both at once.
ifneq ($(filter clean,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

##@ Build

.PHONY: all
all: $(if $(wildcard $(MAIN)),build/devmachine-operator,$(FLOORS:%=build/release/lib%.a)) ## the operator: build/devmachine-operator

build/devmachine-operator: $(OPERATOR)
	@ln -sf release/devmachine-operator $@

.PHONY: clang
clang: $(ALL_C:%.c=build/clang/%.o) ## compile everything with clang, warnings as errors

.PHONY: clean
clean: ## remove build/
	rm -rf build

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^demo:/ && "$(wildcard tests/demo/demo.sh)" == "" { next } \
		/^conformance:/ && "$(CONFORMANCE)" == "" { next } \
		/^[a-z0-9-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile

##@ Test

# Those whose tests exist.
STEPS := lint unit asan tsan $(if $(CONFORMANCE),conformance) \
	$(if $(wildcard tests/e2e/test_*.py),e2e)

.PHONY: test
test: ## everything below down to e2e, one after the other
	@sh tests/setup/packages.sh build lint $(if $(filter e2e,$(STEPS)),e2e)
	@for step in $(STEPS); do \
		echo "== $$step"; \
		start=$$(date +%s); \
		result=passed; \
		$(MAKE) WERROR=1 TEST_WERROR=1 $$step || result=FAILED; \
		echo "== $$step: $$result after $$(($$(date +%s) - start)) s"; \
		[ $$result = passed ] || exit 1; \
	done

.PHONY: lint
lint: packages-build packages-lint ## static checks; L="floors sizes" picks some of tests/lint/
	@MAKE="$(MAKE)" JOBS=$(JOBS) LINT_CFLAGS="$(LANGUAGE) $(CLANG_WARNINGS) $(LIB_CFLAGS)" \
		sh tests/lint/all.sh $(L)

# What a unit test step runs: programs $2 under title $1.
run_units = @JOBS=$(JOBS) V=$(V) sh tests/setup/unit.sh "$1" $2

.PHONY: unit
unit: $(UNIT:%.c=build/gcc/%) ## unit tests; F=<floor>, T=<part of a path>, V=1 shows all
	$(call run_units,unit (gcc),$^)

# A fuzzer may stand on any floor: they are replayed when all are built.
REPLAYS := $(if $(F),,$(if $(wildcard $(REPLAY)),$(FUZZ:tests/fuzz/fuzz_%.c=build/asan/tests/fuzz/replay_%)))
.PHONY: asan
asan: $(UNIT:%.c=build/asan/%) $(REPLAYS) ## unit tests and the fuzzers' corpora under ASan and UBSan
	$(call run_units,unit (asan),$(filter-out $(REPLAYS),$^))
	@sh tests/setup/replay.sh $(REPLAYS)

.PHONY: tsan
tsan: $(UNIT:%.c=build/tsan/%) ## unit tests under TSan
	$(call run_units,unit (tsan),$^)

ifneq ($(CONFORMANCE),)
.PHONY: conformance
conformance: $(CONFORMANCE:%.c=build/gcc/%) ## what others specify: the Mustache specification, Helm
	$(call run_units,conformance,$^)
endif

.PHONY: e2e
e2e: packages-e2e $(OPERATOR) build/fault/devmachine-operator ## the operator on a real API server; PYTEST_ARGS="-k stop"
	@devcluster=$$(sh tests/devcluster/build.sh) && \
	helms=$$(sh tests/conformance/helm/build.sh) && \
	python=$$(sh tests/setup/venv.sh) && \
	OPERATOR=$(CURDIR)/$(OPERATOR) DEVCLUSTER=$$devcluster HELMS=$$helms \
		OPERATOR_FAULT=$(CURDIR)/build/fault/devmachine-operator \
		"$$python" -m pytest tests/e2e $(PYTEST_ARGS)

S ?= 60
.PHONY: fuzz
fuzz: $(if $(T),$(T:%=build/fuzz/tests/fuzz/fuzz_%),$(FUZZ:%.c=build/fuzz/%)) ## T="<targets>" or all, S=<seconds> each (60)
	@JOBS=$(JOBS) sh tests/setup/fuzz.sh $(S) $^

.PHONY: test-long
test-long: ## half an hour of each fuzzer, every fault of every request, a soak: six hours on two cores
	@$(MAKE) fuzz S=1800
	@E2E_LONG=1 $(MAKE) e2e PYTEST_ARGS="-k that_was_killed"
	@E2E_TORTURE=long $(MAKE) e2e PYTEST_ARGS="tests/e2e/test_torture.py"
	@E2E_SOAK=1200 $(MAKE) e2e PYTEST_ARGS="tests/e2e/test_soak.py"

# Peers whose language or library is not there are left out: that is no error.
.PHONY: bench
bench: build/release/tests/bench/render/ours ## our speed beside other engines'; ENGINES="ours mustache.js" ROUNDS=5 SECONDS=1
	@sh tests/setup/packages.sh bench || echo "bench: goes on without them"
	@python3 tests/bench/render/bench.py --ours $(CURDIR)/$< --json build/bench/render.json \
		$(if $(ENGINES),--engines "$(ENGINES)") $(if $(ROUNDS),--rounds $(ROUNDS)) \
		$(if $(SECONDS),--seconds $(SECONDS))

# Minutes for each subject and number; the promises are about 500 machines.
.PHONY: bench-operate
bench-operate: packages-e2e $(OPERATOR) ## our cost beside other operators'; N="100 500" SUBJECTS="ours floor" PEER='cmd' IDLE=180
	@devcluster=$$(sh tests/devcluster/build.sh) && \
	python3 tests/bench/operate/bench.py --ours $(CURDIR)/$(OPERATOR) --devcluster "$$devcluster" \
		--json build/bench/operate.json --peer "$$PEER" $(if $(N),--counts "$(N)") \
		$(if $(SUBJECTS),--subjects "$(SUBJECTS)") $(if $(IDLE),--idle $(IDLE)) \
		$(if $(WORKERS),--workers $(WORKERS))

.PHONY: bench-scale
bench-scale: packages-e2e $(OPERATOR) ## many machines, most of them stopped; N=10000 RUNNING=500 IDLE=180
	@devcluster=$$(sh tests/devcluster/build.sh) && \
	python3 tests/bench/operate/scale.py --ours $(CURDIR)/$(OPERATOR) --devcluster "$$devcluster" \
		--json build/bench/scale.json $(if $(N),--count $(N)) $(if $(RUNNING),--running $(RUNNING)) \
		$(if $(IDLE),--idle $(IDLE))

.PHONY: format
format: packages-lint ## rewrite the C sources as .clang-format says
	@clang-format -i $(wildcard operator/*/*.[ch] $(foreach d,* */* */*/*/*,tests/$d/*.[ch]))

##@ Cluster: the one of KUBECTL (kubectl) and KUBECONFIG

KUBECTL ?= kubectl
# Without IMG, what config/manager/manager.yaml says.
manager = sed '$(if $(IMG),s|^\( *image:\).*|\1 $(IMG)|)' config/manager/manager.yaml

# tests/demo/ brings its own cluster where none is given.
ifneq ($(wildcard tests/demo/demo.sh),)
.PHONY: demo
demo: packages-e2e $(OPERATOR) ## a machine, from nothing to its end; ONCE=1 ends by itself
	@ONCE=$(ONCE) OPERATOR=$(CURDIR)/$(OPERATOR) sh tests/demo/demo.sh
endif

.PHONY: install
install: ## define our kinds in the cluster
	$(KUBECTL) apply -f crd/

.PHONY: deploy
deploy: install ## run the operator in the cluster; IMG=<image>
	$(KUBECTL) apply -f config/manager/namespace.yaml
	$(KUBECTL) apply -f config/rbac/
	$(manager) | $(KUBECTL) apply -f -

# The operator ends machines: without it, or without their kind, those that are
# left would stay half deleted.
.PHONY: all-gone
all-gone:
	@KUBECTL="$(KUBECTL)" sh tests/setup/all-gone.sh

.PHONY: undeploy
undeploy: all-gone ## remove the operator, once no machine is left
	$(manager) | $(KUBECTL) delete --ignore-not-found -f -
	$(KUBECTL) delete --ignore-not-found -f config/rbac/ -f config/manager/namespace.yaml

.PHONY: uninstall
uninstall: all-gone ## remove our kinds, once no machine is left
	$(KUBECTL) delete --ignore-not-found -f crd/
