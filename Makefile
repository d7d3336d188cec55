# hcmsync: what can be done here. `make` alone lists it.
# Debian 12 with Rust is enough: `make setup` installs the rest, once, and is part of `demo` and `test`.

SHELL        := /bin/bash -euo pipefail
export PATH  := $(HOME)/.cargo/bin:$(PATH)
HCMSYNC      := ./target/release/hcmsync
SUDO         := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
# To build: a C compiler, OpenSSL (SSH and OpenPGP), libclang (its bindings). To test: a real sshd, gpg,
# Bouncy Castle and a Java to run it, strace for injected faults, the importers that judge our files: slapd's tools, and
# Python with a virtual environment for the rest, and for a server that lies.
PACKAGES     := build-essential pkg-config libssl-dev libclang-dev ca-certificates \
                openssh-server openssh-client openssl gnupg libbcpg-java default-jdk-headless strace time \
                slapd python3-venv

.DEFAULT_GOAL := help
.PHONY: help setup build demo test promises judges lint axe mutants fuzz deny sbom bench sample clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

setup: ## install the Debian packages that are missing
	@missing=$$(for p in $(PACKAGES); do dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	    echo "installing" $$missing; \
	    $(SUDO) apt-get update -qq; \
	    case " $$missing " in *" slapd "*) echo 'slapd slapd/no_configuration boolean true' | $(SUDO) debconf-set-selections;; esac; \
	    $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	fi

# The tests use this same build: one profile, one set of features. The first time it takes a while (polars).
build: setup ## the program, at target/release/hcmsync
	cargo build --release --locked --bins

demo: build ## the main job on sample-data, over a local SFTP server
	@sample-data/serve.sh -- $(HCMSYNC) run pipelines/demo.toml
	@echo; echo "The users are in $$(realpath out/demo/current/users.csv):"; echo; head -n 4 out/demo/current/users.csv

test: setup ## every test
	cargo test --release --locked

# All of the tests, with the long versions that `make test` leaves out; each says what it injected.
promises: export HCMSYNC_PROMISES := $(CURDIR)/target/promises
promises: setup ## each promise: what was injected, how often it held, in how many seconds (twenty minutes)
	@rm -rf target/promises && mkdir -p target/promises
	cargo test --release --locked --test it -- --include-ignored --skip prints_the_table --skip throughput --skip a_million_rows
	cargo test --release --locked --test it promise::prints_the_table -- --ignored --exact --nocapture | grep '^|'

judges: setup ## the importers that judge our files, on ten thousand persons; prints who accepted what
	JUDGED_PERSONS=10000 cargo test --release --locked --test it judges -- --nocapture | grep '^|\|^test'

# Clippy in the place of rustc for our own crate: the dependencies that are built are used, where `cargo clippy` checks each anew.
lint: setup ## format and clippy (rustup component add rustfmt clippy)
	cargo fmt --check
	RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings__CLIPPY_HACKERY__ \
	    cargo build --release --locked --lib --bins --tests

# Outside of `make test`: it installs a browser.
axe: build ## the report of the sample in a real browser: accessible, and asks nothing of anybody
	@for tool in chromium npm; do command -v $$tool > /dev/null || { $(SUDO) apt-get update -qq; $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$tool; } || exit 1; done
	@mkdir -p target/axe && npm install --prefix target/axe --no-audit --no-fund --silent axe-core@4 playwright-core@1
	@$(HCMSYNC) run qooper --quiet --to target/axe/out
	node tests/axe.mjs target/axe target/axe/out/current/report.html

fuzz: setup ## ten minutes of libFuzzer over pipeline files, CSV, messages, names and expressions
	fuzz/run.sh $(or $(SECONDS_EACH),120)

# Those of other platforms are looked at as well, so they must be there.
deny: ## licences, duplicates and sources of what is linked (installs cargo-deny if it is not there)
	@command -v cargo-deny > /dev/null || cargo install --locked cargo-deny
	cargo fetch --locked --quiet
	cargo deny --offline check licenses bans sources

sbom: ## what the program is made of, as CycloneDX: target/hcmsync.cdx.json (installs cargo-cyclonedx if it is not there)
	@command -v cargo-cyclonedx > /dev/null || cargo install --locked cargo-cyclonedx
	@mkdir -p target
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) cargo cyclonedx --quiet --format json --spec-version 1.5 --override-filename hcmsync.cdx
	@mv hcmsync.cdx.json target/

# In place, so that what is built is used; each file is put back. LAWS_SEEDS makes the random populations fewer.
mutants: setup ## change the rules in one place at a time: a test must notice each (takes hours)
	command -v cargo-mutants >/dev/null || cargo install cargo-mutants --locked
	LAWS_SEEDS=$${LAWS_SEEDS:-0..250} cargo mutants --in-place

bench: build ## whole runs beside gpg, and gpg with DuckDB: the tables of docs/performance.md
	test -d target/bench || { python3 -m venv target/bench && target/bench/bin/pip -q install duckdb==2.0.1; }
	target/bench/bin/python benches/bench.py $(BENCH)

sample: build ## ten thousand synthetic persons in out/sample
	$(HCMSYNC) sample --persons 10000 --seed 1 --out out/sample

clean: ## what was built, and what demo, sample and bench left
	cargo clean
	rm -rf out/demo out/sample out/bench
