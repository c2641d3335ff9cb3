#!/bin/bash
# Runs the tests, lets the runner print its lines, and ends with one line `N passed, N failed`.
# Arguments go to `swift test`. Fails when a test fails, when the runner crashes, and when no test ran.
#
# Without arguments two streams run beside each other: the tests that start servers and programs and
# wait for them, and, with less right to the processors, those that compute. Each stream runs one
# target after another.
set -uo pipefail

scratch=${KAAI_SCRATCH:-.build}
work=$(mktemp -d)
computing=
finish() {
  [ -z "$computing" ] || kill -- "-$computing" 2>/dev/null
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# Runs one target, and keeps its lines, its results and how it ended.
run() {
  local target=$1
  # What hangs ends: no target takes longer than this on two cores.
  NO_COLOR=1 timeout 1500 "$bundle" --testing-library swift-testing --filter "^$target\\." \
    --xunit-output "$work/results-$target.xml" >"$work/log-$target" 2>&1
  echo $? >"$work/status-$target"
}

tell() {
  echo "== $1"
  cat "$work/log-$1"
}

swift build --build-tests --scratch-path "$scratch" || {
  echo "The tests do not build."
  echo "0 passed, 1 failed"
  exit 1
}

status=0
if [ $# -gt 0 ]; then
  swift test --skip-build --scratch-path "$scratch" --xunit-output "$work/results.xml" "$@" 2>&1 |
    tee "$work/log"
  status=${PIPESTATUS[0]}
else
  bundle=$(swift build --build-tests --scratch-path "$scratch" --show-bin-path)/kaaiPackageTests.xctest
  waiting=(EndToEndTests ServerAppTests)
  others=()
  for folder in Tests/*Tests; do
    target=$(basename "$folder")
    [[ " ${waiting[*]} " == *" $target "* ]] || others+=("$target")
  done
  set -m
  (
    renice -n 15 -p "$BASHPID" >/dev/null 2>&1
    for target in "${others[@]}"; do run "$target"; done
  ) &
  computing=$!
  set +m
  for target in "${waiting[@]}"; do
    run "$target"
    tell "$target"
  done
  wait "$computing"
  computing=
  for target in "${others[@]}"; do tell "$target"; done

  for target in "${waiting[@]}" "${others[@]}"; do
    ending=$(cat "$work/status-$target")
    [ "$ending" -eq 0 ] || status=$ending
    cat "$work/log-$target" >>"$work/log"
  done
fi

python3 scripts/count-tests.py "$status" "$work/log" "$work"/results*.xml
