#!/bin/sh
# Scans the code and what it stands on; every finding fails the build. Needs the network: advisories change daily.
set -eu
/opt/tools/bin/bandit --quiet --recursive --severity-level medium calc connectors schemas streams thermaliq
/opt/tools/bin/pip-audit --disable-pip --require-hashes --requirement deploy/image.lock
