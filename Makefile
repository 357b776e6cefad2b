# The only commands anyone needs. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

export SAM_CLI_TELEMETRY := 0
# `sam` asks for a region even where it calls nobody.
export AWS_DEFAULT_REGION ?= eu-central-1

# More arguments. For `make bench`: ARGS=--all, ARGS=--quick, ARGS=--search. For `make bench-widget`: ARGS=--quick. For `make soak`: ARGS='--seeds 8 --steps 2000', ARGS='--seed 17'. For `make cloud-test`: what pytest takes, as ARGS='-k trip'. For `sam deploy`: ARGS=--guided the first time, ARGS="--parameter-overrides LogLevel=DEBUG" later.
ARGS ?=

# Which environment of samconfig.toml `make deploy` is for: dev, staging or prod; empty for the one that `sam deploy --guided` asks about.
STAGE ?=

.PHONY: help run test soak cloud-test cloud-privilege check bench deploy site deletions sbom tools web browser bench-widget
.PHONY: check-format check-code check-docs check-dependencies check-template check-security check-web

help: ## Lists the commands.
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 17

run: web has-cargo ## Serves Frontdesk on http://localhost:3000 (or PORT), simulators and all. Needs Node and cargo.
	cargo run --locked --package local

test: web tools has-cargo ## Runs every suite and says how many tests ran. Brings what it needs.
	.venv/bin/python tools/test.py

# A terminal's Ctrl-C ends everything; without one, running out of time does.
cloud-test: tools .venv-cloud/.made has-cargo ## Deploys the template to a simulated AWS on this machine, and tests what is deployed.
	.venv/bin/pip install --quiet --disable-pip-version-check --requirement tools/deploy-requirements.txt
	timeout $$([ ! -t 0 ] || echo --foreground) --signal=INT 30m tools/cloud_test.sh $(ARGS)

soak: has-cargo ## Plays 200 histories of 10,000 steps against the real code, with everything failing that can. ARGS='--seed 17': one again.
	cargo run --release --locked --package soak -- $(ARGS)

cloud-privilege: tools .venv-cloud/.made has-cargo ## Takes each right from each deployed function in turn and says which test fails. ARGS=Notifier: only some of them.
	.venv/bin/pip install --quiet --disable-pip-version-check --requirement tools/deploy-requirements.txt
	FRONTDESK_TESTS=tests/cloud/privilege.py FRONTDESK_RIGHTS='$(ARGS)' \
	  timeout $$([ ! -t 0 ] || echo --foreground) --signal=INT 45m tools/cloud_test.sh --capture=no

check: check-format check-code check-docs check-dependencies check-template check-security check-web ## Formatting, lints, docs, dependencies, template.

bench: has-cargo ## Measures and prints; asserts nothing. ARGS=--quick: without the deployed build. ARGS=--search: help articles alone.
	cargo run --release --locked --package bench -- $(ARGS)

bench-widget: web ## Measures what the widget costs the demo page: script, tasks, Lighthouse. ARGS=--quick: without Lighthouse.
	npm ci --prefix bench/widget
	CHROMIUM_PATH="$$(tools/browser.sh | tail -1)" node bench/widget/load.mjs $(ARGS)

# cargo-lambda passes `--release`; these make of it the profile `lambda` of Cargo.toml.
deploy: tools web ## Builds every function, deploys the template with the SAM CLI, uploads the widget. First time: ARGS=--guided. Later: STAGE=dev.
	.venv/bin/pip install --quiet --disable-pip-version-check --requirement tools/deploy-requirements.txt
	PATH="$(CURDIR)/.venv/bin:$$PATH" CARGO_PROFILE_RELEASE_LTO=fat CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 \
	  CARGO_PROFILE_RELEASE_STRIP=symbols sam build
	@.venv/bin/python tools/sizes.py
	.venv/bin/sam deploy $(if $(STAGE),--config-env $(STAGE)) $(ARGS)
	.venv/bin/python tools/site_upload.py $(or $(STAGE),default)

site: tools web ## Uploads the widget to the site of a stack that is deployed (STAGE as for deploy).
	.venv/bin/python tools/site_upload.py $(or $(STAGE),default)

deletions: tools ## Deletes every node of the template in turn and says which test notices. ARGS=--dice: five by chance.
	.venv/bin/python tests/template/deletions.py $(ARGS)

sbom: has-cargo tools ## Writes the bill of materials of what is deployed to target/sbom.cdx.json.
	.venv/bin/python tools/sbom.py

tools: .venv/.made ## Makes .venv with the pinned Python tools.

web: node_modules/.made ## Installs the npm packages and builds the widget.
	npm run build

browser: node_modules/.made ## Finds or gets a browser for the browser tests, and prints its path.
	@tools/browser.sh

check-format: has-cargo
	cargo fmt --all --check

check-code: has-cargo
	cargo clippy --workspace --all-targets --locked -- -D warnings

check-docs: has-cargo
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --document-private-items --locked

check-dependencies: tools
	tools/deny.sh

check-template: tools
	.venv/bin/cfn-lint template.yaml infra/*.yaml
	.venv/bin/sam validate --lint --template-file template.yaml

check-security: tools .venv-checkov/.made
	.venv/bin/python tools/transformed.py
	.venv-checkov/bin/checkov --directory target/template --config-file tools/checkov.yaml

check-web: web
	npm run check

.venv/.made: tools/requirements.txt
	@command -v python3 > /dev/null || tools/need.sh python3 python3
	python3 -m venv .venv || { tools/need.sh 'the venv module of Python' python3-venv; python3 -m venv .venv; }
	.venv/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

.venv-checkov/.made: tools/checkov-requirements.txt
	python3 -m venv .venv-checkov
	.venv-checkov/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

.venv-cloud/.made: tools/cloud-requirements.txt
	@command -v python3 > /dev/null || tools/need.sh python3 python3
	python3 -m venv .venv-cloud || { tools/need.sh 'the venv module of Python' python3-venv; python3 -m venv .venv-cloud; }
	.venv-cloud/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

node_modules/.made: package-lock.json package.json | has-npm
	npm ci
	@touch $@

.PHONY: has-cargo has-npm
has-cargo:
	@command -v cargo > /dev/null || { echo 'cargo is needed and not here: install Rust with rustup; rust-toolchain.toml names the version.' >&2; exit 1; }
has-npm:
	@command -v npm > /dev/null || { echo 'npm is needed and not here: install Node.js 20 or newer.' >&2; exit 1; }
