# shellcheck shell=bash
# What the four services have in common. A service's file sources this as `lifecycle.sh NAME FIRST_PORT`, defines
#   launch  (writes its configuration and calls `spawn`),  ready  (asks the server itself),  url
# and ends with `serve "$@"`.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checkout=$(cd "$here/../.." && pwd -P)
cache=${XDG_CACHE_HOME:-/var/tmp}/thermaliq-services # programs only, shared by all checkouts; data never is
name=$1 first_port=$2
state=$checkout/.services/$name
log=$state/server.log
fresh=$cache/$name.$$ # programs are made here and moved into place when whole
trap 'rm -rf "$fresh"' EXIT
stop_signal() { echo TERM; }
mkdir -p "$state" "$cache"
PATH=$PATH:/usr/sbin:/sbin # where Debian keeps daemons, and chroot

say() { printf '%s: %s\n' "$name" "$*" >&2; }

# Ours is a live process whose working directory lies in this checkout's state: a pid alone may have been given to another.
pid() { cat "$state/pid" 2>/dev/null; }
alive() { [[ "$(readlink "/proc/$(pid)/cwd" 2>/dev/null)/" == "$state"/* ]]; }

taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

port() { cat "$state/port"; }
choose_port() { # SERVICES_KAFKA_PORT and the like decide; else the last one, else the next that is free
  local wanted=SERVICES_${name^^}_PORT candidate
  if [ -n "${!wanted:-}" ]; then
    ! taken "${!wanted}" || { say "port ${!wanted} ($wanted) is in use by something else"; return 1; }
    echo "${!wanted}" >"$state/port"
    return
  fi
  candidate=$(port 2>/dev/null || echo "$first_port")
  while taken "$candidate" || taken $((candidate + 1)); do candidate=$((candidate + 10)); done
  echo "$candidate" >"$state/port"
}

spawn() ( # detached: in a session of its own, and holding none of the caller's files
  cd "$state"
  setsid "$@" </dev/null >>"$log" 2>&1 3>&- 4>&- 9>&- &
  echo $! >"$state/pid"
)

wait_for() { # SECONDS COMMAND…
  local deadline=$((SECONDS + $1))
  until "${@:2}"; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.1
  done
}

started() { ! alive || ready; } # also done when it died
dead() { ! alive; }

up() {
  if ! alive; then
    choose_port
    launch
  fi
  if ! wait_for 90 started || ! alive; then
    say "did not start; the end of $log:"
    tail -n 20 "$log" >&2
    return 1
  fi
  say "pid $(pid), port $(port)"
}

down() {
  alive || return 0
  kill -s "$(stop_signal)" "$(pid)"
  wait_for 30 dead || { say "does not stop, killing it"; kill -KILL "$(pid)"; }
}

serve() {
  case ${1:-} in
    up) up ;;
    down) down ;;
    url) url ;;
    *) echo "usage: ${0##*/} up | down | url" >&2; exit 2 ;;
  esac
}
