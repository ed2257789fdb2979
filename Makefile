install: ## .venv with the locked dependencies and thermaliq on its bin/
	@deploy/local/install.sh

lock: install ## write requirements.lock anew from pyproject.toml
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes --no-emit-index-url \
		--custom-compile-command 'make lock' pyproject.toml --output-file requirements.lock

.PHONY: install lock
