# What can be made here. Run make with no target for the list.
.DEFAULT_GOAL := help
SHELL := /bin/bash
GO ?= go
DIST ?= dist
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.8.0

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

build: ## the command, for this machine, as ./averted
	$(GO) build -o averted ./cmd/averted

demo: build ## the main job on the synthetic Dudley example, into out/dudley
	@rm -rf out/study && mkdir -p out
	@./averted example out/study >/dev/null
	@./averted run out/study/study.yaml --out out/dudley

install-needs: ## what tests need and is missing (Debian's packages)
	@command -v soffice >/dev/null || { echo "installing LibreOffice for the tests"; \
	  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libreoffice-calc >/dev/null; }

test: install-needs ## every test there is, with what they need installed
	AVERTED_ALL=1 $(GO) test -timeout 20m ./...

test-short: ## the tests that take no time and need nothing
	$(GO) test -short ./...

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

.PHONY: help build demo install-needs test test-short bench dist simulate torture generate check map
