# Only Go is needed for build, demo and test. A C compiler adds the race
# detector, an SSH server its own tests; on Debian root gets that one by itself.
# lint fetches its own linter, and mock its own validating server, with npm.

GO       ?= go
BIN      := $(CURDIR)/.bin
LINT     := $(BIN)/golangci-lint
LINT_VER := v2.15.0
PRISM    := $(BIN)/prism/node_modules/.bin/prism
PRISM_VER := 5.14.2

# The race detector needs cgo and a C compiler; in CI it always runs. It watches
# everything but SQLite's engine, which is translated from C and would be seven
# times slower; the driver above it is watched.
CC_FOUND := $(shell command -v cc || command -v gcc)
ifneq ($(CC_FOUND)$(CI),)
RACE     := -race -gcflags=modernc.org/libc=-race=false -gcflags=modernc.org/sqlite/lib=-race=false
export CGO_ENABLED := 1
endif
TIMEOUT  ?= 15m

# How long make fuzz looks for what no reader may do, with each of its targets.
FUZZTIME ?= 10m

.DEFAULT_GOAL := build
.PHONY: build demo test sshd mock fuzz bench lint fmt clean

build: ## the program, as .bin/rentalsync
	CGO_ENABLED=0 $(GO) build -trimpath -o $(BIN)/rentalsync ./cmd/rentalsync

demo: build ## one night from files to a simulated IRIS and back
	$(BIN)/rentalsync demo

test: sshd ## every test, with the samples and the stories of the command line
	$(GO) test $(RACE) -timeout $(TIMEOUT) ./...
	$(GO) test -timeout $(TIMEOUT) ./pipeline/journal # lives through more nights than there is time for with $(RACE)

sshd:
	@command -v sshd >/dev/null || [ -x /usr/sbin/sshd ] || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends openssh-server openssh-client; \
	else \
		echo "no sshd is installed: its tests are left out"; \
	fi

mock: $(PRISM) ## whether a validating mock of others reads openapi.yaml as we do (needs npm)
	PRISM=$(PRISM) $(GO) test -run Prism -count=1 ./connectors/iris

$(PRISM):
	npm install --silent --no-audit --no-fund --prefix $(BIN)/prism @stoplight/prism-cli@$(PRISM_VER)

# What is found is kept beside its target, and fails there again: a search that only
# ran over its time does not.
fuzz: ## look for files, values and mappings that break a reader
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do echo "$$package $$target"; done; \
	done | xargs -n 2 -P 2 sh -c \
		'$(GO) test -run "^$$" -fuzz "^$$1$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s -parallel 1 $$0 || $(GO) test -run "^$$1$$" $$0 || exit 255'

bench: ## how fast it is
	$(GO) test -run '^$$' -bench . -benchmem ./...

lint: $(LINT) ## what a second pair of eyes would say
	$(LINT) run ./...

$(LINT):
	GOBIN=$(BIN) CGO_ENABLED=0 $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VER)

fmt: $(LINT) ## format every file
	$(LINT) fmt ./...

clean: ## remove what was built
	rm -rf $(BIN) demo
