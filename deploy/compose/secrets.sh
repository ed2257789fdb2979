#!/bin/sh
# Writes a random secret wherever one is absent, each readable by the user alone that needs it; runs once, as root.
set -eu
umask 077
cd /secrets

random() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
keep() { # FILE UID: standard input into FILE, unless it is there
  if [ ! -s "$1" ]; then
    cat >"$1.new"
    chown "$2:$2" "$1.new"
    mv "$1.new" "$1"
  fi
}

postgres=70 redis=999 grafana=472 thermaliq=1000
random | keep database_owner_password $postgres
random | keep database_writer_password 0
random | keep database_reader_password $grafana
random | keep grafana_admin_password $grafana
printf 'requirepass %s\n' "$(random)" | keep redis.conf $redis
database=timescaledb:5432/thermaliq
echo "postgresql://thermaliq:$(cat database_owner_password)@$database" | keep database_owner_url $thermaliq
echo "postgresql://thermaliq_app:$(cat database_writer_password)@$database" | keep database_url $thermaliq
echo "redis://:$(cut -d' ' -f2 redis.conf)@redis:6379/0" | keep redis_url $thermaliq
chmod 0711 . # a service reaches its own file and lists none

if [ ! -s api_keys.toml ]; then
  key=tiq_$(random)
  keep api_keys.toml $thermaliq <<KEY
[[key]]
id = "first"
name = "made by compose"
sha256 = "$(printf %s "$key" | sha256sum | cut -d' ' -f1)"
role = "admin"
assets = ["*"]
KEY
  echo "API key, shown once: $key"
  echo "Grafana: user admin, password: $(cat grafana_admin_password)"
fi
