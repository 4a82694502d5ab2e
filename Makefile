# aguanta: `make demo` answers the main question, `make check` tests; `make help` lists the rest.
SAN      ?=
CORES    := $(shell nproc 2>/dev/null || echo 2)
OPT      ?= -O2
ifeq ($(origin CC),default)
CC       := gcc
endif
CLANG    ?= clang
B        := build$(if $(SAN),/san)
CFLAGS   := -std=c11 -D_GNU_SOURCE $(OPT) -g -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
            -Wwrite-strings -Wundef -Werror -ffp-contract=off -fno-math-errno -pthread -I. -MMD -MP \
            $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
LDFLAGS  := -pthread $(if $(SAN),-fsanitize=$(SAN))
LDLIBS   := -lcjson -lyaml -lgsl -lgslcblas -lm
SRC      := $(wildcard sim/*/*.c sim/*/*/*.c models/*/*.c models/*/*/*.c)
LIB      := $(filter-out sim/cli/main.c,$(SRC))
TESTS    := $(wildcard tests/*/*/test_*.c)
BENCH    := $(wildcard tests/bench/*.c)
COVERAGE := $(wildcard tests/coverage/*.c)
REAL     := $(wildcard tests/real/*.c)
# Fuzz targets of the inputs that other programs and people write: a few mutations of their corpora are in every `make check`.
FUZZED   := yaml compose k8s log measured page
WALLS    := toll
FUZZERS  := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
SUITES   := $(sort $(patsubst test_%.c,%,$(notdir $(TESTS))))
obj       = $(patsubst %.c,$(B)/%.o,$(1))

.PHONY: all demo ideas pictures check install uninstall dist deb deb-check static cross image check-hpa check-oracle check-long fuzz lint bench bench-sweep bench-capacity bench-on-sale coverage real format docs clean help setup
all: setup
	@$(MAKE) -s -j$(CORES) --no-print-directory $(B)/aguanta

setup:
	@./tests/setup.sh

# The main job: the three strategies on the same customers, their verdicts, the pictures. A claim that fails is an answer.
PLATFORM := compose swarm kubernetes
demo: all
	@mkdir -p build/demo
	@for s in $(PLATFORM); do \
	  $(B)/aguanta run scenarios/platform/$$s.json --export build/demo/$$s.json --export build/demo/$$s.md || [ $$? -ge 98 ] || exit 1; echo; done
	@cd build/demo && ../aguanta plot compose.json swarm.json kubernetes.json --kind bill -o bill.png
	@cd build/demo && ../aguanta plot compose.json swarm.json kubernetes.json --kind overview --endpoint event -o overview.png
	@cd build/demo && ../aguanta plot compose.json swarm.json kubernetes.json --kind latency --endpoint event -o latency-event.png
	@cd build/demo && for s in $(PLATFORM); do for k in breakdown claims; do ../aguanta plot $$s.json --kind $$k -o $$s-$$k.png || exit 1; done; done
	@cd build/demo && ../aguanta report compose.json swarm.json kubernetes.json --title "Three deployments of one ticket platform" -o report.html
	@echo "Results and pictures are in build/demo, all of it on one page in build/demo/report.html:" && ls build/demo
	@$(B)/aguanta check docs/documents/*.md --progress never || [ $$? -ge 98 ]

# Each mechanism in a small scenario, with the picture that shows it.
ideas: all
	@plots/ideas.sh $(B)/aguanta build/ideas

# Those of them that docs/ideas.md shows.
pictures: ideas
	@for p in $$(grep -o 'pictures/idea-[a-z-]*\.svg' docs/ideas.md | sort -u); do cp build/ideas/$${p#pictures/idea-} docs/$$p || exit 1; done

check: setup
	@$(MAKE) -s -j$(CORES) --no-print-directory $(B)/aguanta $(B)/tests/all
	@AGUANTA_BIN=$(B)/aguanta $(B)/tests/all --jobs $(CORES)

check-hpa: setup
	@$(MAKE) -s -j$(CORES) --no-print-directory $(B)/tests/all
	@$(B)/tests/all hpa

check-oracle: setup
	@$(MAKE) -s -j$(CORES) --no-print-directory $(B)/tests/all
	@$(B)/tests/all oracle

check-long: setup
	@./tests/setup.sh browser || echo "without a browser the pages of reports are not looked at"
	@$(MAKE) -s -j$(CORES) --no-print-directory $(B)/aguanta $(B)/tests/all
	@AGUANTA_LONG=1 AGUANTA_BIN=$(B)/aguanta $(B)/tests/all --jobs $(CORES)
	@$(MAKE) -s --no-print-directory fuzz FUZZ_SECONDS=10

# libFuzzer, one small target an input: FUZZ_SECONDS=900 FUZZ="scenario run" for longer, or for some; 0 only replays the corpora.
FUZZ_SECONDS ?= 60
FUZZ     ?= $(FUZZERS)
fuzz: all
	@./tests/setup.sh clang
	@$(MAKE) -s -j$(CORES) --no-print-directory B=build/fuzz CC="$(CLANG)" OPT=-O1 \
	  SAN=fuzzer-no-link,address,undefined,float-cast-overflow $(addprefix build/fuzz/fuzz-,$(FUZZ))
	@for t in $(FUZZ); do tests/fuzz/run.sh $$t $(FUZZ_SECONDS) || exit 1; done

lint:
	@./tests/setup.sh lint
	@./tests/lint.sh
	@$(MAKE) -s -j$(CORES) --no-print-directory $(B)/aguanta $(B)/tests/all $(B)/bench
	@$(MAKE) -s -j$(CORES) --no-print-directory $(patsubst %.c,build/clang/%.ok,$(SRC) $(wildcard tests/*.c tests/*/*.c tests/*/*/*.c))

# The other compiler's warnings are errors too.
build/clang/%.ok: %.c | $(B)/aguanta $(B)/tests/all
	@mkdir -p $(@D)
	@$(CLANG) $(filter-out -MMD -MP,$(CFLAGS)) -I$(B) -fsyntax-only -MMD -MP -MT $@ -MF $(@:.ok=.d) $<
	@touch $@

# Median of interleaved rounds; writes build/bench.json. Compare ratios within one run only.
bench: setup
	@$(MAKE) -s -j$(CORES) --no-print-directory $(B)/bench
	@$(B)/bench

# 200 points under 60 s, and what a sweep costs besides simulation.
bench-sweep: all
	@tests/bench/sweep.sh $(B)/aguanta

# A million fans with retries and a waiting room under 10 s on one core.
bench-on-sale: all
	@tests/bench/on_sale.sh $(B)/aguanta

# The largest load to 1%, of M/M/1 and of Compose: under 30 s each where the floor of `make bench` is 5 to 10 ns.
bench-capacity: all
	@tests/bench/capacity.sh $(B)/aguanta

# Do the intervals hold the exact value as often as they say? 1000 macro-replications of each workload; some 15 minutes.
coverage: setup
	@$(MAKE) -s -j$(CORES) --no-print-directory $(B)/coverage
	@$(B)/coverage --write docs/validation.md "Measured on $$(date +%F) at commit $$(git rev-parse --short HEAD)"

# Recordings of real systems against their scenarios: rows on stdout and in build/real.json; fails where a goal is missed.
# AGUANTA_REAL_DIR=DIR takes the recordings in DIR, too; REAL_WRITE=1 writes the table into docs/validation.md.
real: setup
	@$(MAKE) -s -j$(CORES) --no-print-directory $(B)/real
	@$(B)/real --threads $(CORES) --json $(B)/real.json \
	  $(if $(REAL_WRITE),--write docs/validation.md "Predicted on $$(date +%F) at the commit of this page")

# The program finds its files from where it is (sim/cli/installed.h): PREFIX may be moved as a whole.
PREFIX ?= /usr/local
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR  ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d
install: all
	@BASHDIR="$(DESTDIR)$(BASHDIR)" ZSHDIR="$(DESTDIR)$(ZSHDIR)" FISHDIR="$(DESTDIR)$(FISHDIR)" \
	  packaging/install.sh install $(B)/aguanta "$(DESTDIR)" "$(PREFIX)"

uninstall:
	@BASHDIR="$(DESTDIR)$(BASHDIR)" ZSHDIR="$(DESTDIR)$(ZSHDIR)" FISHDIR="$(DESTDIR)$(FISHDIR)" \
	  packaging/install.sh uninstall $(B)/aguanta "$(DESTDIR)" "$(PREFIX)"

# The sources of this commit, the same bytes everywhere: build/aguanta-VERSION.tar.gz.
dist:
	@packaging/dist.sh build

# A Debian package, with the compiler's defences on; `make deb-check` also installs, runs and removes it in a Debian made for that.
HARDENED := OPT="-O2 -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2 -ffile-prefix-map=$(CURDIR)=." \
            LDFLAGS="-pthread -pie -Wl,-z,relro,-z,now"
deb: setup
	@$(MAKE) -s -j$(CORES) --no-print-directory B=build/hardened $(HARDENED) build/hardened/aguanta
	@packaging/deb.sh build/hardened/aguanta build

SUITE ?= stable
deb-check: deb
	@packaging/try-deb.sh build/aguanta_$$(packaging/version.sh)-1_$$(dpkg --print-architecture).deb $(SUITE)

# One file that needs no library. Debian has no static cJSON: CJSON=FOLDER is where cJSON.c and cJSON.h are.
static: setup
	@CC="$(CC)" packaging/static.sh "$(CJSON)"

# Compiled for another machine, not run: COMPILER=aarch64-linux-gnu-gcc. Headers of libraries are those of this machine.
COMPILER ?= aarch64-linux-gnu-gcc
cross: setup
	@packaging/headers.sh build/cross/headers
	@$(MAKE) -s -j$(CORES) --no-print-directory B=build/cross CC="$(COMPILER) -isystem build/cross/headers" build/cross/compiled

$(B)/compiled: $(call obj,$(LIB) sim/cli/main.c)
	@touch $@

# The image that --emit k8s names.
CONTAINER ?= $(shell command -v podman || echo docker)
image:
	$(CONTAINER) build -f Containerfile -t aguanta:$$(packaging/version.sh) .

format:
	@git ls-files '*.c' '*.h' | xargs clang-format -i

docs: all
	@$(B)/aguanta schema markdown > docs/scenario.md
	@sed '/^<!-- printed/q' docs/presets.md > $(B)/presets.md && $(B)/aguanta schema presets >> $(B)/presets.md && mv $(B)/presets.md docs/presets.md
	@$(B)/aguanta check --write docs/documents/*.md --progress never || [ $$? -ge 98 ]

help:
	@echo "make            build build/aguanta; says which packages are missing, asks on a terminal, and installs them"
	@echo "make demo       run the three strategies of the ticket platform, draw the pictures; the five documents in one table"
	@echo "make docs       docs/scenario.md, and the simulated columns of docs/documents (what is unchanged is not run)"
	@echo "make ideas      run scenarios/ideas and draw what each shows; make pictures: put those of docs/ideas.md there"
	@echo "make check      run every test; SAN=address,undefined or SAN=thread with sanitizers"
	@echo "make check-long the long ones too;  check-hpa, check-oracle: those alone"
	@echo "make fuzz       every input fuzzed for a minute; FUZZ_SECONDS=900 FUZZ=scenario for longer, or for one"
	@echo "make coverage   how often the intervals are right, written into docs/validation.md (half an hour)"
	@echo "make real       recordings of real systems against their predictions; AGUANTA_REAL_DIR=DIR for more of them"
	@echo "make install    the program, manual, completion, templates, price lists and pages into PREFIX (/usr/local); make uninstall"
	@echo "make dist       the sources as an archive; make deb: a Debian package, deb-check: tried in a Debian; image: a container's"
	@echo "make static     one file that needs no library; make cross: compiled for arm64, or COMPILER=..."
	@echo "make lint bench bench-sweep bench-capacity bench-on-sale coverage format docs clean"

$(B)/aguanta: $(call obj,$(LIB) sim/cli/main.c)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/suites.inc: $(TESTS) Makefile
	@mkdir -p $(B)
	@printf '%s\n' $(foreach s,$(SUITES),'SUITE($(s))') > $@

$(B)/plots/style.inc: plots/style.gp
	@mkdir -p $(@D)
	@sed -e '/^#/d' -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/"&\\n"/' $< > $@

# The style of reports as a string, and its hash for the page's policy.
$(B)/sim/report/page/page_style.inc: sim/report/page/page.css
	@mkdir -p $(@D)
	@sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/"&\\n"/' $< > $@
$(B)/sim/report/page/page_hash.inc: sim/report/page/page.css
	@mkdir -p $(@D)
	@sha256sum $< | sed 's/^\(.\{64\}\).*/"\1"/' > $@
$(B)/sim/report/page/page_html.o: CFLAGS += -I$(B)
$(B)/sim/report/page/page_html.o: $(B)/sim/report/page/page_style.inc $(B)/sim/report/page/page_hash.inc

# All that an answer of a sweep can depend on: a stored answer is used again only by a program of the same sources.
SOURCES  := $(sort $(wildcard models/service/presets/*.json) $(filter-out sim/cli/%,$(SRC)) $(wildcard sim/*/*.h sim/*/*/*.h models/*/*.h models/*/*/*.h))
$(B)/sources.inc: $(SOURCES)
	@mkdir -p $(@D)
	@cat $(SOURCES) | sha256sum | sed 's/^\(.\{16\}\).*/"\1"/' > $@
$(B)/sim/sweep/sweep_plan.o: CFLAGS += -I$(B)
$(B)/sim/sweep/sweep_plan.o: $(B)/sources.inc

# Cases of the oracle that the program carries: their scenarios and expectations as strings.
SELFTEST := mm1-rho80 md1-rho50 mmc-8-web mmc-100-qed mg1-h2-scv4-rho80 mg1ps-insensitive-pareto erlangb-10-a7 mm1k-rho90-K10 \
            closed-central-server-10 closed-repair-20 mtms-sinus-10 lb-jsq-2-rho80 avail-1of2-rare
as_string = sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/"&\\n"/'
$(B)/sim/questions/selftest_cases.inc: $(foreach c,$(SELFTEST),tests/oracle/$(c).json tests/oracle/$(c).expected.json) Makefile
	@mkdir -p $(@D)
	@for c in $(SELFTEST); do echo "{\"$$c\","; $(as_string) tests/oracle/$$c.json; echo ,; $(as_string) tests/oracle/$$c.expected.json; \
	  echo "},"; done > $@

# What known software says of itself.
$(B)/presets/presets.inc: $(sort $(wildcard models/service/presets/*.json)) Makefile
	@mkdir -p $(@D)
	@for p in $(basename $(notdir $(sort $(wildcard models/service/presets/*.json)))); do echo "PRESET(\"$$p\","; $(as_string) models/service/presets/$$p.json; echo ")"; done > $@
$(B)/models/service/preset.o: CFLAGS += -I$(B)
$(B)/models/service/preset.o: $(B)/presets/presets.inc

# Price lists that a scenario names without a path.
PRICES := $(sort $(wildcard scenarios/prices/*.json))
$(B)/prices/prices.inc: $(PRICES) Makefile
	@mkdir -p $(@D)
	@for p in $(basename $(notdir $(PRICES))); do echo "PRICES(\"$$p\","; $(as_string) scenarios/prices/$$p.json; echo ")"; done > $@
$(B)/models/money/known_prices.o: CFLAGS += -I$(B)
$(B)/models/money/known_prices.o: $(B)/prices/prices.inc

# Scenarios to start from; the first is the one that `init` writes unless another one is named.
TEMPLATES := compose node kubernetes swarm sale
$(B)/templates/templates.inc: $(TEMPLATES:%=scenarios/templates/%.yaml) Makefile
	@mkdir -p $(@D)
	@for t in $(TEMPLATES); do echo "TEMPLATE(\"$$t\","; $(as_string) scenarios/templates/$$t.yaml; echo ")"; done > $@
$(B)/sim/cli/command_init.o $(B)/sim/cli/completion.o: CFLAGS += -I$(B)
$(B)/sim/cli/command_init.o $(B)/sim/cli/completion.o: $(B)/templates/templates.inc

$(B)/sim/questions/selftest.o: CFLAGS += -I$(B)
$(B)/sim/questions/selftest.o: $(B)/sim/questions/selftest_cases.inc
$(B)/sim/report/plot/figure.o: CFLAGS += -I$(B)
$(B)/sim/report/plot/figure.o: $(B)/plots/style.inc
$(B)/tests/main.o: CFLAGS += -I$(B)
$(B)/tests/main.o: $(B)/suites.inc
# Lets the nth call of a function fail; for tests/sim/cli/test_failing.c.
$(B)/failing.so: tests/failing/failing.c
	@mkdir -p $(@D)
	@$(CC) $(filter-out -MMD -MP -fsanitize=%,$(CFLAGS)) -fPIC -shared -o $@ $< -ldl
$(B)/tests/all: | $(B)/failing.so
FUZZED_OBJ := $(foreach t,$(FUZZED),$(B)/tests/fuzzed/$(t).o)
$(FUZZED_OBJ): $(B)/tests/fuzzed/%.o: tests/fuzz/%.c
	@mkdir -p $(@D)
	@echo "  cc $<, named"
	@$(CC) $(CFLAGS) -DLLVMFuzzerTestOneInput=fuzz_$* -c -o $@ $<
$(B)/tests/all: $(call obj,$(LIB) tests/main.c $(TESTS) $(filter-out tests/coverage/main.c,$(COVERAGE)) $(filter-out tests/real/main.c,$(REAL))) $(FUZZED_OBJ)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcunit

# The program with parts of the tests, tests/walls/part_NAME.c for each name in WALLS: of the model only the list of parts is compiled
# for them. For tests/models/core/test_walls.c.
WALLS_MORE := -D'PARTS_MORE(PART)=$(foreach p,$(WALLS),PART($(p)))'
WALLS_OBJ  := $(B)/tests/walls/part.o $(foreach p,$(WALLS),$(B)/tests/walls/part_$(p).o)
$(WALLS_OBJ) build/clang/tests/walls/%.ok: CFLAGS += $(WALLS_MORE)
$(B)/tests/walls/part.o: models/core/part.c
	@mkdir -p $(@D)
	@echo "  cc $< with $(WALLS)"
	@$(CC) $(CFLAGS) -c -o $@ $<
$(B)/tests/walls/aguanta: $(call obj,$(filter-out models/core/part.c,$(LIB)) sim/cli/main.c) $(WALLS_OBJ)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(B)/tests/all: | $(B)/tests/walls/aguanta

# Preloaded by tests: allocations that fail.
$(B)/tests/all: | $(B)/tests/starve.so
$(B)/tests/starve.so: tests/starve/starve.c
	@mkdir -p $(@D)
	@$(CC) -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -fPIC -shared -o $@ $<

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  cc $<"
	@$(CC) $(CFLAGS) -c -o $@ $<

$(B)/bench: $(call obj,$(LIB) $(BENCH))
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/coverage: $(call obj,$(LIB) $(COVERAGE))
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/real: $(call obj,$(LIB) $(REAL))
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(addprefix $(B)/fuzz-,$(FUZZERS)): $(B)/fuzz-%: $(call obj,$(LIB)) $(B)/tests/fuzz/%.o
	@$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)
$(B)/fuzz-result: LDFLAGS += -Wl,--wrap=gnuplot_run,--wrap=output_write

clean:
	rm -rf build

-include $(shell find $(B) -name '*.d' 2>/dev/null)
