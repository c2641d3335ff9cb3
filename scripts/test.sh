#!/bin/bash
# Runs the tests, lets the runner print its lines, and ends with one line `N passed, N failed`.
# Arguments go to `swift test`. Fails when a test fails, when the runner crashes, and when no test ran.
set -uo pipefail

scratch=${KAAI_SCRATCH:-.build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One target after the other: tests of a server that waits would starve beside those that compute.
swift build --build-tests --scratch-path "$scratch" || {
  echo "The tests do not build."
  echo "0 passed, 1 failed"
  exit 1
}
if [ $# -gt 0 ]; then
  swift test --skip-build --scratch-path "$scratch" --xunit-output "$work/results.xml" "$@" 2>&1 |
    tee "$work/log"
  status=${PIPESTATUS[0]}
else
  status=0
  for folder in Tests/*Tests; do
    target=$(basename "$folder")
    # What hangs ends: no target takes longer than this on two cores.
    timeout 1500 swift test --skip-build --scratch-path "$scratch" \
      --xunit-output "$work/results-$target.xml" --filter "^$target\\." 2>&1 |
      tee "$work/log-$target"
    ending=${PIPESTATUS[0]}
    [ "$ending" -eq 0 ] || status=$ending
    cat "$work/log-$target" >>"$work/log"
  done
fi

python3 scripts/count-tests.py "$status" "$work/log" "$work"/results*.xml
