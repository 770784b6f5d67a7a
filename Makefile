# Cloister's commands. Needs only Python >= 3.11 and make; everything else goes into .venv.
PYTHON ?= python3
UV := .venv/bin/uv
EACH ?=
WEB := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print)
NPM := --ignore-scripts --no-audit --no-fund --loglevel=error
.DEFAULT_GOAL := help

help: ## Say what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: .venv/run web/dist/index.html ## Start everything (EACH=1: one process for each service) and print where it is ready
	@exec .venv/bin/cloister up $(if $(EACH),--each)

run-keycloak: .venv/run web/dist/index.html ## The same with a Keycloak that has the sample company's people (needs a JDK and Maven)
	@exec .venv/bin/cloister up --keycloak

web: web/dist/index.html ## Build the page that the gateway serves at /

test: .venv/test web/dist/index.html ## Run the whole test suite on real servers
	.venv/bin/python -m pytest $(ARGS)

test-kube: .venv/test ## Run the Kubernetes tests alone, on a real control plane (built once, then cached)
	CLOISTER_REQUIRE_REAL=1 .venv/bin/python -m pytest tests/kube $(ARGS)

lint: .venv/test web/dist/index.html ## Check style and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/deptry services shared client infra
	.venv/bin/deptry bench tests examples --ignore DEP002,DEP004
	.venv/bin/python -m services.gateway.http.openapi > web/openapi.json
	cd web && export PATH="$(CURDIR)/.venv/bin:$$PATH" && npm run -s check && npm -s test

format: .venv/test ## Put the code into the house's form
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench: .venv/test ## Measure what is claimed, and print it as tables
	.venv/bin/python -m bench

sbom: .venv/test ## Write what Cloister is made of, as CycloneDX: sbom/python.cdx.json and sbom/page.cdx.json
	@mkdir -p sbom
	$(UV) export --quiet --frozen --no-dev --all-extras --preview-features sbom-export --format cyclonedx1.5 \
		--output-file sbom/python.cdx.json >/dev/null
	cd web && PATH=$(CURDIR)/.venv/bin:$$PATH npm sbom --package-lock-only --sbom-format cyclonedx >$(CURDIR)/sbom/page.cdx.json

docs: .venv/test ## Regenerate docs/asyncapi.yaml, docs/events.md, docs/http.md, docs/settings.md, docs/operators.md and tests/contracts.json
	.venv/bin/python -m tests.documentation
	.venv/bin/python -m tests.kube.values
	.venv/bin/python -m infra.generated

terminal: .venv/run ## Record docs/images/terminal.svg from a real run
	.venv/bin/python -m tests.documentation.terminal

# Without the page everything else still runs, and / says how to build it.
web/dist/index.html: $(WEB) .venv/web
	@cd web && export PATH="$(CURDIR)/.venv/bin:$$PATH" && echo "Building the page (web/dist), up to a minute ..." \
	  && npm ci $(NPM) >/dev/null && npm run -s build -- --logLevel warn \
	  || echo "The page is not built: npm could not install or build it (see above). Build it later with: make web"

screenshots: .venv/test web/dist/index.html ## Take the pictures of the page in docs/images anew
	.venv/bin/python -m tests.web.screenshots

# Lighthouse is 176 MB, so it is not among the packages of the page.
lighthouse: .venv/test .venv/web web/dist/index.html ## Measure each view with Lighthouse (VIEWS="ask answer": those); fails below 95 of 100
	@cd tests/web/lighthouse && PATH="$(CURDIR)/.venv/bin:$$PATH" npm ci $(NPM)
	PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/python -m tests.web.lighthouse $(VIEWS)

clean: ## Remove the environment and the local state
	rm -rf .venv var web/dist web/node_modules

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check uv

.venv/run: $(UV) uv.lock pyproject.toml client/pyproject.toml
	@echo "Installing Cloister into .venv, up to a minute ..."
	@$(UV) sync --frozen --inexact --compile-bytecode --no-dev --quiet
	@touch $@

# Node comes as a wheel, locked like everything else.
.venv/web: $(UV) uv.lock pyproject.toml
	@$(UV) sync --frozen --inexact --only-group web --quiet && touch $@ || echo "Node could not be installed."

.venv/test: $(UV) uv.lock pyproject.toml client/pyproject.toml
	@$(UV) sync --frozen --inexact --compile-bytecode --quiet --group api
	@touch $@ .venv/run

.PHONY: help run run-keycloak web screenshots test test-kube lint format bench docs sbom terminal lighthouse clean
