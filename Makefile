# Rollcall. `make` alone prints this list.
.DEFAULT_GOAL := help
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c

GO       ?= go
LISTEN   ?= 127.0.0.1:8080
DB       ?= sqlite
N        ?= 100000
FUZZTIME ?= 5s
ARGS     ?=

GOLANGCI    := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
VULNCHECK   := golang.org/x/vuln/cmd/govulncheck@v1.9.0

export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

.PHONY: help build css generate demo run test test-go test-keycloak test-e2e check lint vuln size fuzz bench bench-keycloak prove clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: css ## build bin/rollcall with everything it serves inside
	$(GO) tool templ generate
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/rollcall ./cmd/rollcall

css: ## build static/dist: styles, fonts, scripts
	@scripts/install-node-modules
	npm run --silent build

generate: css ## write what is generated from templates and styles
	$(GO) tool templ generate

demo: build ## a console with 12,000 people and a provider of its own (LISTEN=127.0.0.1:8080)
	bin/rollcall demo --listen $(LISTEN) $(ARGS)

run: build ## rollcall serve, with the settings of the environment (ARGS=...)
	bin/rollcall serve $(ARGS)

test: ## everything: Go on three databases and a real Keycloak with race and shuffle, fuzz smoke, pages in a browser
	@scripts/test go fuzz e2e

test-go: ## only the Go tests (ARGS=./internal/audit to narrow them)
	@scripts/test go

test-keycloak: ## only the Go tests that need a real Keycloak (ARGS=... to narrow them)
	@scripts/test keycloak

test-e2e: ## only the browser tests (ARGS=e2e/signin.spec.ts to narrow them)
	@scripts/test e2e

check: lint size vuln ## vet, linters, generated files, lengths, known vulnerabilities

lint:
	@scripts/check-generated
	$(GO) vet ./...
	$(GO) test -count=1 ./internal/archtest
	@if GOBIN=$(CURDIR)/build/tools $(GO) install $(GOLANGCI); then build/tools/golangci-lint run ./...; else \
		echo "golangci-lint cannot be had here; staticcheck instead" >&2; $(GO) run $(STATICCHECK) ./...; fi

vuln:
	@$(GO) run $(VULNCHECK) ./... || { [[ $$? == 3 ]] && exit 3; echo "govulncheck could not run (no module or no vulnerability database): nothing was checked" >&2; }

size: ## list files and functions that are longer than they should be
	@$(GO) run ./internal/archtest/size

fuzz: ## run every fuzz test for FUZZTIME=5s
	@scripts/test fuzz

bench: ## one line per act (DB=sqlite|postgres|mariadb, N=100000 people)
	@DB=$(DB) N=$(N) scripts/bench

bench-keycloak: N = 10000
bench-keycloak: ## sync with a real Keycloak beside a bare client (DB=sqlite, N=10000 people)
	@DB=$(DB) N=$(N) scripts/bench-keycloak

prove: N = 20
prove: ## disabled means out, with a real Keycloak and every token tried (DB=sqlite, N=20 people)
	@DB=$(DB) N=$(N) scripts/prove

clean: ## remove what the build made
	rm -rf bin build static/dist/* e2e/test-results e2e/playwright-report
