#!/usr/bin/env bash
# TimescaleDB is not in Debian bookworm. The packages of trixie are extracted into a folder, no maintainer script of
# theirs runs, and the server runs inside that folder by chroot: the machine's own packages and libc stay as they are.
# shellcheck source-path=SCRIPTDIR source=lifecycle.sh
source "$(dirname "$0")/lifecycle.sh" timescaledb 25432

suite=trixie
version=17
programs=$cache/timescaledb-$suite-$version-1
root=$state/root
bin=/usr/lib/postgresql/$version/bin
uid=61433 # nobody's on the machine; postgres refuses to run as root
stop_signal() { echo INT; } # "fast": clients are disconnected

debian_mirror() { # the one that this machine's apt uses for its own release
  local release
  # shellcheck source=/dev/null
  release=$(source /etc/os-release && echo "$VERSION_CODENAME")
  # shellcheck disable=SC2016 # apt fills these in
  apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Identifier: Packages' |
    awk -v release="$release" '$2 == release && !found { print $1; found = 1 }'
}

trim() { # 417 MB to 128 MB; without LLVM there is no just-in-time compiler, so jit is off below
  rm -rf "$1"/usr/share/{doc,man,locale,i18n,perl,perl5} "$1"/usr/lib/*/{perl,perl-base} \
    "$1"/usr/lib/*/libLLVM* "$1"/usr/lib/*/libz3* "$1"/usr/lib/*/libperl* \
    "$1/usr/lib/postgresql/$version/lib/bitcode" "$1/usr/lib/postgresql/$version"/lib/llvmjit* \
    "$1"/var/cache/apt "$1"/var/lib/apt
}

furnish() { # what maintainer scripts would have made
  local folder
  for folder in bin sbin lib lib64; do [ -e "$1/$folder" ] || ln -s "usr/$folder" "$1/$folder"; done
  mkdir -p "$1"/{tmp,proc,dev/shm,run/postgresql}
  chmod 1777 "$1/tmp" "$1/dev/shm" "$1/run/postgresql"
  printf 'root:x:0:0::/root:/bin/sh\npostgres:x:%s:%s::/tmp:/bin/sh\n' $uid $uid >"$1/etc/passwd"
  printf 'root:x:0:\npostgres:x:%s:\n' $uid >"$1/etc/group"
}

extract() {
  [ ! -d "$programs" ] || return 0
  say "extracting $suite's postgresql-$version and timescaledb"
  mmdebstrap --quiet --mode=root --variant=extract \
    --include="postgresql-$version,postgresql-$version-timescaledb,libc-bin,dash" \
    "$suite" "$fresh" "$(debian_mirror)" </dev/null >&2
  trim "$fresh"
  furnish "$fresh"
  mv -T "$fresh" "$programs"
}

inside() { # a program of the server's; the machine's environment stays outside
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 TZ=UTC HOME=/tmp \
    chroot --userspec="$uid:$uid" --groups= "$root" "$bin/$1" "${@:2}"
}
sql() { inside psql -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$(port)" -U postgres -d postgres; }

initialise() {
  [ ! -e "$state/.initialised" ] || return 0
  rm -rf "$root"
  cp -al "$programs" "$root" 2>/dev/null || { rm -rf "$root" && cp -a "$programs" "$root"; } # links: one file system
  install -d -o $uid -g $uid -m 700 "$root/pgdata"
  inside initdb -D /pgdata -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >>"$log"
  cat "$here/postgresql.conf" >>"$root/pgdata/postgresql.conf"
  touch "$state/.initialised"
}

remains() { # backends that outlived a killed postmaster; a new one must wait for them
  local process
  for process in /proc/[0-9]*; do
    [[ "$(readlink "$process/root" 2>/dev/null)" != "$root" ]] || return 0
  done
  return 1
}
no_remains() { ! remains; }

launch() {
  [ "$(id -u)" = 0 ] || { say "needs root, for chroot"; return 1; }
  extract
  initialise
  wait_for 30 no_remains || { say "processes of an earlier server do not end"; return 1; }
  rm -f "$root/pgdata/postmaster.pid" "$root"/run/postgresql/.s.PGSQL.* # with nobody left, stale
  spawn env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 TZ=UTC \
    chroot --userspec="$uid:$uid" --groups= "$root" "$bin/postgres" -D /pgdata -p "$(port)"
}

create_role() { # what a managed PostgreSQL gives: no superuser
  sql <<'SQL'
SELECT 'CREATE ROLE thermaliq LOGIN CREATEDB CREATEROLE IN ROLE pg_monitor, pg_signal_backend, pg_checkpoint'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'thermaliq') \gexec
SELECT 'CREATE DATABASE thermaliq OWNER thermaliq'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'thermaliq') \gexec
SQL
}
ready() { inside pg_isready -q -h 127.0.0.1 -p "$(port)" && create_role; }
url() { echo "export THERMALIQ_DATABASE_URL=postgresql://thermaliq@127.0.0.1:$(port)/thermaliq"; }

serve "$@"
