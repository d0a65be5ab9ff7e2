# What can be made here. Run make with no target for the list.
.DEFAULT_GOAL := help
SHELL := /bin/bash
GO ?= go
DIST ?= dist
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.8.0

# Debian's packages that tests need, and the version of axe-core.
NEEDS := libreoffice-calc libreoffice-writer chromium python3-openpyxl python3-pandas poppler-utils
AXE := 4.14.1

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

build: ## the command, for this machine, as ./averted
	$(GO) build -o averted ./cmd/averted

demo: build ## the main job on the synthetic Dudley example, into out/dudley
	@rm -rf out/study && mkdir -p out
	@./averted example out/study >/dev/null
	@./averted run out/study/study.yaml --out out/dudley

install-needs: ## what tests need and is missing (Debian's packages)
	@missing=; for package in $(NEEDS); do dpkg -s $$package >/dev/null 2>&1 || missing="$$missing $$package"; done; \
	command -v npm >/dev/null || missing="$$missing npm"; \
	if [ -n "$$missing" ]; then echo "installing for the tests:$$missing"; \
	  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi
	@cache="$${XDG_CACHE_HOME:-$$HOME/.cache}/averted/axe-core-$(AXE)"; \
	[ -f "$$cache/package/axe.min.js" ] || { echo "fetching axe-core $(AXE) for the tests"; mkdir -p "$$cache" && cd "$$cache" && \
	  npm pack --silent axe-core@$(AXE) >/dev/null && tar -xzf axe-core-$(AXE).tgz package/axe.min.js; }

test: install-needs ## every test there is, with what they need installed
	AVERTED_ALL=1 $(GO) test -timeout 20m ./...

test-short: ## the tests that take no time and need nothing
	$(GO) test -short ./...

shots: install-needs ## a picture of each section of the page, into out/shots, to look at
	AVERTED_SHOTS=$(CURDIR)/out/shots $(GO) test -count=1 -run TestShots ./report/page

bench: ## the engines on one large study, with their ratio
	$(GO) test -run '^$$' -bench . -benchtime 3x ./evaluate/...

dist: ## single files without cgo for Windows, macOS and Linux, into dist/
	@mkdir -p $(DIST)
	@for target in windows-amd64 darwin-amd64 darwin-arm64 linux-amd64 linux-arm64; do \
	  os=$${target%-*}; arch=$${target#*-}; ending=; [ $$os = windows ] && ending=.exe; \
	  echo "building $(DIST)/averted-$$target$$ending"; \
	  CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch $(GO) build -trimpath -ldflags=-s -o "$(DIST)/averted-$$target$$ending" ./cmd/averted || exit 1; \
	done

simulate: ## 4,000 cohorts of every simulated world: the table of how often each method keeps its promise; and the map
	$(GO) run ./fixtures/synth/simulate coverage fixtures/synth/coverage.csv docs/methods/coverage.md
	$(GO) run ./fixtures/synth/simulate compared fixtures/synth/compared.csv docs/methods/coverage-compared.md
	$(GO) run ./fixtures/synth/simulate whole fixtures/synth/whole.csv docs/methods/coverage-whole.md
	$(MAKE) map

map: ## 400 cohorts of every population and way of referral: how far what would have come anyway is off
	$(GO) run ./fixtures/synth/simulate map fixtures/synth/map.csv docs/methods/what-would-have-come-anyway.md

torture: ## kills 200 runs at random moments, and fuzzes each reader for five minutes
	AVERTED_KILLS=200 $(GO) test -count=1 -timeout 30m -run TestKilled -v ./cmd/averted
	@for f in FuzzPreflight FuzzRows FuzzParseDate; do $(GO) test ./evaluate/source -run '^$$' -fuzz "^$$f$$" -fuzztime 5m || exit 1; done
	$(GO) test ./evaluate/study -run '^$$' -fuzz FuzzParse -fuzztime 5m
	$(GO) test ./costing/tariff -run '^$$' -fuzz FuzzRead$$ -fuzztime 5m
	$(GO) test ./costing/tariff -run '^$$' -fuzz FuzzReadIndex -fuzztime 5m
	$(GO) test ./costing/claim -run '^$$' -fuzz FuzzParse$$ -fuzztime 5m
	$(GO) test ./costing/claim -run '^$$' -fuzz FuzzParseFigure -fuzztime 5m

generate: ## the synthetic data, what is expected of malformed files, and the goldens again
	$(GO) run ./fixtures/synth/make fixtures/studies
	$(GO) run ./fixtures/malformed/make fixtures/malformed
	$(GO) test ./fixtures/studies -run TestGolden -update
	$(GO) test ./cmd/averted -run 'TestMalformed|TestReadme|TestDataPage' -update

check: ## format, vet, lint, layers, stale files: reports all, then fails
	@failed=0; \
	say() { echo "== $$1"; }; \
	say format; out=$$(gofmt -l .); if [ -n "$$out" ]; then echo "$$out"; failed=1; fi; \
	say vet; $(GO) vet ./... || failed=1; \
	say 'vet without cgo'; CGO_ENABLED=0 $(GO) vet ./... || failed=1; \
	say staticcheck; $(GO) run $(STATICCHECK) ./... || failed=1; \
	say 'go.mod'; $(GO) mod tidy -diff || failed=1; \
	say layers; $(GO) test -count=1 -run 'TestLayers|TestNoInit|TestTopLevel' ./cmd/averted || failed=1; \
	say 'stale files'; $(GO) test -count=1 -run 'TestMadeAgain' ./fixtures/studies || failed=1; \
	say govulncheck; out=$$($(GO) run $(GOVULNCHECK) ./... 2>&1); code=$$?; \
	if [ $$code -eq 0 ]; then echo "no known vulnerability is called"; \
	elif echo "$$out" | grep -qE '^Vulnerability #'; then echo "$$out"; failed=1; \
	else echo "not run: its database can't be reached"; fi; \
	exit $$failed

.PHONY: help build demo install-needs test test-short shots bench dist simulate torture generate check map
