#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR source=lifecycle.sh
source "$(dirname "$0")/lifecycle.sh" mosquitto 21883

launch() {
  cat >"$state/mosquitto.conf" <<CONF
listener $(port) 127.0.0.1
allow_anonymous true
# as root it would become a user who may not read this checkout
user $(id -un)
persistence true
persistence_location $state/
# no limit: a subscriber that was killed finds all that came meanwhile
max_queued_messages 0
log_dest stdout
log_timestamp_format %Y-%m-%dT%H:%M:%S
CONF
  spawn mosquitto -c "$state/mosquitto.conf"
}
ready() { taken "$(port)"; }
url() { echo "export THERMALIQ_MQTT_URL=mqtt://127.0.0.1:$(port)"; }

serve "$@"
