#!/bin/bash
# Runs the tests, lets the runner print its lines, and ends with one line `N passed, N failed`.
# Arguments go to `swift test`. Fails when a test fails, when the runner crashes, and when no test ran.
set -uo pipefail

scratch=${KAAI_SCRATCH:-.build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

swift test --scratch-path "$scratch" --xunit-output "$work/results.xml" "$@" 2>&1 |
  tee "$work/log"
status=${PIPESTATUS[0]}

python3 scripts/count-tests.py "$status" "$work/log" "$work"/results*.xml
