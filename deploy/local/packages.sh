#!/usr/bin/env bash
# packages.sh NAME…  installs the Debian packages that are missing, and starts none of their daemons.
set -euo pipefail

missing=()
for name in "$@"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
done
[ ${#missing[@]} -gt 0 ] || exit 0
[ "$(id -u)" = 0 ] || { echo "missing Debian packages; as root: apt-get install ${missing[*]}" >&2; exit 1; }

policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  printf '#!/bin/sh\nexit 101\n' >$policy # "action forbidden", to every package that would start its daemon
  chmod +x $policy
  trap 'rm -f $policy' EXIT
fi

apt() { DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2; }
install() { apt install -y --no-install-recommends "${missing[@]}"; }
echo "installing Debian packages: ${missing[*]}" >&2
install 2>/dev/null || { apt update && install; } # the package lists may be absent or older than the mirror
