#!/usr/bin/env bash
# Makes .venv hold exactly what requirements.lock says, and this checkout editable in it.
# Idempotent: the stamp is the hash of everything the result depends on.
set -euo pipefail
cd "$(dirname "$0")/../.."

python=${PYTHON:-python3}
say() { printf '%s\n' "$*" >&2; }

mkdir -p .venv
exec 9>.venv/.lock # two makes at once: the second one waits, then finds the stamp
flock 9

stamp=$(sha256sum requirements.lock pyproject.toml deploy/local/install.sh | sha256sum)
[ "$(cat .venv/.stamp 2>/dev/null)" != "$stamp" ] || exit 0

make_venv() { "$python" -m venv .venv >&2; }

if [ ! -x .venv/bin/pip ]; then
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    { say "install: $python is older than 3.11; set PYTHON=…"; exit 1; }
  # Debian ships python3 without ensurepip
  make_venv || { deploy/local/packages.sh python3-venv && make_venv; }
fi
say "installing the locked dependencies into .venv"
.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock >&2
.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . >&2
printf '%s' "$stamp" > .venv/.stamp
