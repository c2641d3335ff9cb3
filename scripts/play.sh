#!/bin/sh
# Leaves a server and two data folders ready in ./play, and says what to type.
set -eu
cd "$(dirname "$0")/.."
programs=$(swift build -c release --show-bin-path)
# The server of an earlier play, where it still is that.
if [ -s play/pid ] && grep -q play/server "/proc/$(cat play/pid)/cmdline" 2>/dev/null; then
  kill "$(cat play/pid)"
fi
rm -rf play
mkdir -p play
"$programs/kaai-server" --data play/server init >/dev/null
"$programs/kaai-server" --data play/server import - --as sample >/dev/null
for person in Anke Bram; do
  "$programs/kaai-server" --data play/server user add "$person" --role editor --spaces '*' \
    >/dev/null
done
"$programs/kaai-server" --data play/server serve --listen 127.0.0.1:0 >play/address 2>play/log &
echo $! >play/pid
while ! [ -s play/address ]; do
  kill -0 "$(cat play/pid)" || { cat play/log >&2; exit 1; }
  sleep 0.1
done
address=$(sed 's/.* //' play/address)
for person in Anke Bram; do
  code=$("$programs/kaai-server" --data play/server device code "$person" 2>/dev/null)
  "$programs/kaai" enrol "$address" "$code" --name "laptop of $person" --data "play/$person" \
    >/dev/null
  "$programs/kaai" sync --data "play/$person" >/dev/null
done
cat <<END

A server runs at $address (stop it with: kill $(cat play/pid)).
Two laptops are enrolled, one folder each. Try:

  alias anke='$programs/kaai --data $PWD/play/Anke'
  alias bram='$programs/kaai --data $PWD/play/Bram'

  anke list hub
  anke edit WINTERCIRCUS freeAreaM2=400
  bram edit WINTERCIRCUS freeAreaM2=250
  anke sync; bram sync; anke sync
  anke conflicts
  anke resolve "\$(anke conflicts --json | sed 's/.*"id":"\([^"]*\)".*/\1/')" --pick 1
  anke sync; bram sync; bram show WINTERCIRCUS
END
