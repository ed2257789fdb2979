#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR source=lifecycle.sh
source "$(dirname "$0")/lifecycle.sh" kafka 29292

jars=$cache/kafka-$(sha256sum "$here/kafka/pom.xml" | cut -c1-12)

fetch_jars() {
  [ ! -d "$jars" ] || return 0
  say "fetching the broker's jars"
  mvn -q -B -f "$here/kafka/pom.xml" dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$fresh" </dev/null 2>&1 |
    sed 's/\x1b\[[0-9;]*m//g' >&2 # it resets colours even where there are none
  mv -T "$fresh" "$jars"
}

configure() {
  local broker controller
  broker=127.0.0.1:$(port)
  controller=127.0.0.1:$(($(port) + 1))
  cat "$here/kafka/server.properties" - >"$state/server.properties" <<CONF
listeners=PLAINTEXT://$broker,CONTROLLER://$controller
advertised.listeners=PLAINTEXT://$broker
controller.quorum.voters=1@$controller
log.dirs=$state/data
CONF
}

format() { # the cluster's id: 16 random bytes, base64 without padding
  [ ! -e "$state/data/meta.properties" ] || return 0
  local id
  id=$(head -c 16 /dev/urandom | base64 | tr '+/' 'AB' | cut -c1-22)
  java -cp "$jars/*" kafka.tools.StorageTool format -t "$id" -c "$state/server.properties" >>"$log" 2>&1
}

launch() {
  fetch_jars
  configure
  format
  # with perf data the JVM starts by a visit to another folder, and `alive` would take it for someone else
  spawn java -XX:-UsePerfData -Xms512m -Xmx512m -cp "$jars/*" "-Dlog4j2.configurationFile=$here/kafka/log4j2.xml" \
    kafka.Kafka "$state/server.properties"
}
ready() { kcat -b "127.0.0.1:$(port)" -L -m 2 >/dev/null 2>&1; }
url() { echo "export THERMALIQ_KAFKA=127.0.0.1:$(port)"; }

serve "$@"
