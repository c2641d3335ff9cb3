#!/bin/bash
# Prints and installs the Debian packages that are missing. Does nothing where nothing is.
set -euo pipefail

# The libraries Kaai is built on.
build=(libsqlite3-dev zlib1g-dev libssl-dev libxxhash-dev)
# What the tests and the demonstration run beside it.
checks=(python3 curl sqlite3)

if ! command -v swift >/dev/null; then
  echo "Swift is missing. Install Swift 6.3 or later from https://www.swift.org/install and try again." >&2
  exit 1
fi
if ! command -v dpkg-query >/dev/null; then
  echo "This is no Debian, so nothing was checked. Kaai needs what these packages hold:" \
    "${build[*]} ${checks[*]}." >&2
  exit 0
fi

missing=()
for package in "${build[@]}" "${checks[@]}"; do
  status=$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null || true)
  [[ $status == ii* ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

echo "Missing packages: ${missing[*]}"
if ((EUID == 0)); then
  as_root=()
elif command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
  as_root=(sudo)
else
  echo "This user can install nothing. Have an admin run: apt-get install ${missing[*]}" >&2
  exit 1
fi
"${as_root[@]}" apt-get update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y --no-install-recommends "${missing[@]}"
