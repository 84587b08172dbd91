# `make` lists what there is. The recipes are one line each: the work is done in scripts/.
.DEFAULT_GOAL := help
.PHONY: help dashboard dev release screenshots test soak lint fuzz bench pacing bench-baseline contract-baseline clean-tools

help: ## list these
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|' 2>/dev/null \
		|| sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1 - \2/p' Makefile

dev: ## build and run the whole product here, on simulated traffic; ARGS="--warp 60" are passed on
	@scripts/dev $(ARGS)

test: ## install what is missing and run every test
	@scripts/install-test-tools
	@scripts/test

release: ## build for production, by the profile of a minute of its own work; twice as long as a plain build
	@scripts/release

soak: ## the same with the long tests' full counts; takes hours
	@scripts/install-test-tools
	@OUTBID_SOAK=1 NEXTEST_PROFILE=soak scripts/test

lint: ## formatting, clippy, documentation, licences
	@scripts/install-test-tools lint
	@scripts/lint

fuzz: ## try any bytes on what reads and writes them, by libFuzzer; RUNS=1000000 of each target
	@scripts/fuzz $(or $(RUNS),100000)

bench: ## measure speed beside floors and peers, 20 minutes; ROW=parse for one row, JSON=out.json, QUICK=1, PGO=1
	@ROW="$(ROW)" JSON="$(JSON)" QUICK="$(QUICK)" PGO="$(PGO)" scripts/bench

pacing: ## play recorded auctions again and measure how budgets are spent; TRACES="a.csv.xz b.csv.xz" TRAIN=c.csv ROW=D
	@TRAIN="$(TRAIN)" ROW="$(ROW)" scripts/pacing $(TRACES)

bench-baseline: ## count anew the instructions that CI holds changes to
	@scripts/gates renew

dashboard: ## build anew the dashboard that the program embeds, after a change of its sources
	@scripts/install-test-tools
	@scripts/dashboard

screenshots: ## take the pictures of the dashboard anew
	@scripts/install-test-tools
	@scripts/screenshots

contract-baseline: ## take the contract as it is for what clients may rely on
	@cd proto && ../tests/node/node_modules/.bin/buf build --exclude-source-info -o baseline.binpb

clean-tools: ## remove what the scripts installed inside the checkout
	rm -rf target/tools tests/node/node_modules crates/dashboard/web/node_modules
