# aguanta: `make demo` answers the main question, `make check` tests; `make help` lists the rest.
SAN      ?=
OPT      ?= -O2
ifeq ($(origin CC),default)
CC       := gcc
endif
B        := build$(if $(SAN),/san)
CFLAGS   := -std=c11 -D_GNU_SOURCE $(OPT) -g -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
            -Wwrite-strings -Wundef -Werror -ffp-contract=off -fno-math-errno -pthread -I. -MMD -MP \
            $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
LDFLAGS  := -pthread $(if $(SAN),-fsanitize=$(SAN))
LDLIBS   := -lcjson -lgsl -lgslcblas -lm
SRC      := $(wildcard sim/*/*.c models/*.c models/*/*.c)
LIB      := $(filter-out sim/cli/main.c,$(SRC))
TESTS    := $(wildcard tests/test_*.c)
BENCH    := $(wildcard tests/bench/*.c)
SUITES   := $(patsubst tests/test_%.c,%,$(TESTS))
obj       = $(patsubst %.c,$(B)/%.o,$(1))

.PHONY: all demo check check-hpa check-oracle check-long lint bench format docs clean help setup
all: setup $(B)/aguanta

setup:
	@./tests/setup.sh

$(B)/aguanta: $(call obj,$(LIB) sim/cli/main.c)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/suites.inc: $(TESTS) Makefile
	@mkdir -p $(B)
	@printf '%s\n' $(foreach s,$(SUITES),'SUITE($(s))') > $@

$(B)/tests/main.o: CFLAGS += -I$(B)
$(B)/tests/main.o: $(B)/suites.inc
$(B)/tests/all: $(call obj,$(LIB) tests/main.c $(TESTS))
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcunit

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -c -o $@ $<

clean:
	rm -rf build

-include $(shell find $(B) -name '*.d' 2>/dev/null)
