#!/bin/sh
# Tells and checks the story of several laptops and a server, with the release programs.
set -eu
cd "$(dirname "$0")/.."
exec python3 scripts/demo.py --programs "$(swift build -c release --show-bin-path)"
