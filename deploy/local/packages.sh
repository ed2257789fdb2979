#!/usr/bin/env bash
# packages.sh NAME…  installs the Debian packages that are missing, without starting their daemons.
set -euo pipefail

missing=()
for name in "$@"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
done
[ ${#missing[@]} -gt 0 ] || exit 0

[ "$(id -u)" = 0 ] || { echo "missing Debian packages, run as root: apt-get install ${missing[*]}" >&2; exit 1; }
apt() { DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq -o DPkg::Lock::Timeout=300 "$@" >&2 </dev/null; }
install() { apt install -y --no-install-recommends "${missing[@]}"; }
echo "installing Debian packages: ${missing[*]}" >&2
# the machine's package lists may be absent or older than the mirror
install 2>/dev/null || { apt update && install; }
