#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR source=lifecycle.sh
source "$(dirname "$0")/lifecycle.sh" redis 26379

launch() { spawn redis-server --bind 127.0.0.1 --port "$(port)" --dir "$state" --save 60 1; }
ready() { [ "$(redis-cli -p "$(port)" ping 2>/dev/null)" = PONG ]; }
url() { echo "export THERMALIQ_REDIS_URL=redis://127.0.0.1:$(port)/0"; }

serve "$@"
