#!/usr/bin/env bash
# services.sh up | down   Kafka, TimescaleDB, Redis and Mosquitto on loopback, natively, for this checkout.
# `up` starts what is missing and prints the settings on standard output, everything else on standard error.
set -euo pipefail
cd "$(dirname "$0")"

services=(kafka timescaledb redis mosquitto)

each() { # all at once; fails if one does
  local service pids=() failed=0 p
  for service in "${services[@]}"; do ./"$service.sh" "$1" & pids+=($!); done
  for p in "${pids[@]}"; do wait "$p" || failed=1; done
  return $failed
}

packages() {
  local names=(redis-server mosquitto kcat mmdebstrap)
  command -v java >/dev/null || names+=(default-jre-headless)
  command -v mvn >/dev/null || names+=(maven)
  ./packages.sh "${names[@]}"
}

case ${1:-} in
  up)
    cache=${XDG_CACHE_HOME:-/var/tmp}/thermaliq-services
    mkdir -p "$cache"
    exec 9>"$cache/lock"
    flock 9 # two checkouts at once must not find the same port free
    packages
    each up >&2
    for service in "${services[@]}"; do ./"$service.sh" url; done
    ;;
  down) each down >&2 ;;
  *) echo "usage: services.sh up | down" >&2; exit 2 ;;
esac
