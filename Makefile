# Parterre: everything that a reader, an operator or CI runs. Needs Go (go.mod says which) and nothing else;
# `make test` uses the race detector where a C compiler is found, and says so where none is.

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# hashicorpmetrics: without it Raft's own metrics go nowhere and nothing says so.
# nomsgpack: leaves gin's own msgpack codec out; ours is vmihailenco's.
TAGS    := hashicorpmetrics,nomsgpack
LDFLAGS := -X main.version=$(VERSION)
BUILD   := -trimpath -tags $(TAGS) -ldflags "$(LDFLAGS)"

# The race detector needs cgo, hence a C compiler.
HAVE_CC := $(shell command -v $${CC:-cc} >/dev/null 2>&1 && echo yes)
ifeq ($(HAVE_CC),yes)
RACE := -race
else
export CGO_ENABLED := 0
endif

FUZZTIME  ?= 20s
BENCHTIME ?= 3s
DATA      ?= data
BENCHOUT  ?= bench-report
ROUNDS    ?= 5
CHAOSOUT  ?= chaos-report
OLD       ?= 35b26cd
TIMES     ?= 10

.PHONY: all build test test-browser lint demo run bench bench-long bench-go bench-http test-peers load-check restart rejoin pgo chaos chaos-mixed chaos-long availability simulate mutants model fuzz kills clean help

all: build

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

build: ## build bin/parterre
	$(GO) build $(BUILD) -o bin/parterre ./cmd/parterre

test: ## run all tests: packages where goroutines meet under the race detector, the pure ones without it
ifneq ($(HAVE_CC),yes)
	@echo "make test: no C compiler, so the race detector is OFF in this run"
endif
	$(GO) test -pgo=off -tags $(TAGS) -count=1 ./actors/seatmap/... ./actors/command/... ./actors/chart/... ./cluster/simulator
	$(GO) test -pgo=off $(RACE) -tags $(TAGS) -count=1 -timeout 9m \
		$$($(GO) list -tags $(TAGS) ./... | grep -v -e /actors/seatmap -e /actors/command -e /actors/chart -e /cluster/simulator)

test-browser: ## the shoppers' page in headless Chromium; SHOTS=dir keeps pictures of it
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
		{ echo "make test-browser: no Chromium in PATH (Debian: apt install chromium)"; exit 1; }
	SHOTS=$(SHOTS) $(GO) test -pgo=off -tags $(TAGS),browser -count=1 -run Browser ./httpapi

lint: ## formatting, vet, staticcheck (tools pinned in tools/go.mod)
	@unformatted=$$(git ls-files '*.go' | xargs $(GO) tool -modfile=tools/go.mod gofumpt -l); \
		if [ -n "$$unformatted" ]; then echo "not gofumpt-ed:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet -tags $(TAGS) ./...
	$(GO) tool -modfile=tools/go.mod staticcheck -tags $(TAGS) ./...
	$(GO) mod verify >/dev/null

demo: build ## three nodes, an arena sold out by 200 buyers, the leader killed half-way, the audit printed
	./bin/parterre demo $(DEMOFLAGS)

run: build ## three nodes on loopback, data kept in ./data, until Ctrl-C
	./bin/parterre dev --data $(DATA)

bench: build ## Parterre beside the usual alternatives in under 10 minutes, with a page in ./bench-report
	./bin/parterre bench compare --short --report $(BENCHOUT)

bench-long: build ## the published comparison: an on-sale replayed, then the peers in ROUNDS rounds of 5 s; about an hour
	./bin/parterre bench trace --venue arena --seats 30000 --users-per-ticket 20 --seed 7 --out $(BENCHOUT).trace
	./bin/parterre bench replay --trace $(BENCHOUT).trace --speed 1 --until 5m --report $(BENCHOUT)/opening
	./bin/parterre bench replay --trace $(BENCHOUT).trace --speed 10 --report $(BENCHOUT)/replay
	./bin/parterre bench compare --rounds $(ROUNDS) --report $(BENCHOUT)/compare
	./bin/parterre bench report --in $(BENCHOUT)/opening/run.json --in $(BENCHOUT)/replay/run.json --in $(BENCHOUT)/compare/run.json \
		--out $(BENCHOUT)

bench-go: ## Go benchmarks of the seat map, the codec, the actors and the core pipeline
	$(GO) test -tags $(TAGS) -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) \
		./actors/... ./raftlog/... ./cluster/... ./httpapi/...

bench-http: build ## orders/s over HTTP on three processes, 64 and 256 connections, both log stores
	./bin/parterre bench http --log-store bolt,wal --connections 64,256 --rounds 3

test-peers: ## a short run of every peer that is installed here (PostgreSQL, Redis, etcd)
	$(GO) test -tags $(TAGS),peers -count=1 ./bench/peers/... ./bench/compare/...

load-check: build ## the scripts of examples/load against three nodes; needs wrk, locust, jmeter and k6, or SKIP="k6 …"
	SKIP="$(SKIP)" examples/load/check.sh

kills: build ## ten SIGKILLs of the leader under load; the gap between successful orders
	./bin/parterre bench kills --kills 10

restart: build ## all three nodes killed and started again with 1,000 events of 30,000 seats; time until all are ready
	./bin/parterre bench restart $(RESTARTFLAGS)

rejoin: build ## a node lost with its disk and one in its place, under load: p99 before and meanwhile, time to catch up
	./bin/parterre bench rejoin $(REJOINFLAGS)

pgo: build ## profile the nodes under load and keep the profile that `make build` optimises by
	rm -rf bin/profiles && mkdir -p bin/profiles
	./bin/parterre bench http --rounds 1 --audit=false --profiles bin/profiles
	./bin/parterre bench many --stream --msgpack --rounds 1 --profiles bin/profiles
	./bin/parterre bench many --stream --rounds 1 --log-store bolt --outstanding 64 --profiles bin/profiles
	$(GO) tool pprof -proto bin/profiles/*.pprof > cmd/parterre/default.pgo

chaos: build ## ten minutes of faults on three real processes, judged; CHAOSFLAGS="--seed 7 --minutes 60"
	./bin/parterre bench chaos --minutes 10 $(CHAOSFLAGS)

chaos-mixed: build ## the same on two versions: most nodes begin on the commit OLD and come to this one half-way
	tools/chaos-mixed $(OLD) --minutes 10 $(CHAOSFLAGS)

chaos-long: build ## the long run: ten times ten minutes, both log stores, three and five nodes; sums in CHAOSOUT
	tools/chaos-long $(CHAOSOUT)

availability: build ## each kind of fault alone, TIMES times: the gap, and the requests that failed; AVAILABILITYFLAGS="--log-store wal"
	./bin/parterre bench chaos --availability $(TIMES) --faults all $(AVAILABILITYFLAGS)

simulate: ## a thousand simulated nights of a cluster, each from its seed, in two processes
	$(GO) test -pgo=off -tags $(TAGS) -count=1 ./cluster/simulator -run 'TestSimulate$$' -v -seeds 1000 -duration 2m -processes 2 -timeout 3h

mutants: build ## builds with planted bugs, each of which the judge must catch
	tools/mutants

model: ## the protocol's state-space model, checked exhaustively, and its mutants; needs spin and a C compiler
	docs/model/run.sh

fuzz: ## every decoder that faces a network or a disk, FUZZTIME each
	@for package in $$($(GO) list -tags $(TAGS) ./...); do \
		for target in $$($(GO) test -tags $(TAGS) -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "== $$package $$target"; \
			$(GO) test -tags $(TAGS) -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
		done; \
	done

clean: ## remove what was built
	rm -rf bin
