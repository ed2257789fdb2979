#!/usr/bin/env bash
# compose.sh up | down   The services of services.sh, by docker-compose.yml: what SERVICES=compose takes.
set -euo pipefail
cd "$(dirname "$0")/../.."

services=(kafka timescaledb redis mosquitto)
secret() { docker compose exec -T timescaledb cat "/secrets/$1"; }

case ${1:-} in
  up)
    docker compose up --detach --wait "${services[@]}" >&2
    echo "export THERMALIQ_KAFKA=127.0.0.1:9092"
    echo "export THERMALIQ_DATABASE_URL=$(secret database_owner_url | sed 's/@timescaledb:/@127.0.0.1:/')"
    echo "export THERMALIQ_REDIS_URL=$(secret redis_url | sed 's/@redis:/@127.0.0.1:/')"
    echo "export THERMALIQ_MQTT_URL=mqtt://127.0.0.1:1883"
    ;;
  down) docker compose stop "${services[@]}" >&2 ;;
  *) echo "usage: compose.sh up | down" >&2; exit 2 ;;
esac
