#!/bin/sh
# Asks the process of this container whether it lives: the service on its own port, the others on the metrics port.
set -u
ask() { curl --fail --silent --show-error --max-time 4 --output /dev/null "http://127.0.0.1:$1/api/v1/health"; }

ask "${THERMALIQ_HTTP_PORT:-8000}" 2>/dev/null
answer=$?
[ $answer -ne 7 ] && exit $answer # 7: nobody listens there, as with work and connect
ask "${THERMALIQ_METRICS_PORT:-8001}"
