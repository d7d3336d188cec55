#!/usr/bin/env bash
# The main job on a million persons, beside what everybody would otherwise pick for its first step alone: gpg --decrypt of
# the same three files. Seconds, processor seconds, peak memory, and the ratio, in one run on one machine.
#
#   benches/million.sh [PERSONS]        default 1000000; about 1 GB in out/bench, which is kept for the next time
set -euo pipefail
cd "$(dirname "$0")/.."
persons=${1:-1000000}
hcmsync=$PWD/target/release/hcmsync
data=out/bench/$persons

if [ ! -f "$data/pipeline.toml" ]; then
    rm -rf "$data"
    /usr/bin/time -f "sample: %e s" "$hcmsync" sample --persons "$persons" --seed 1 --out "$data" --encrypt
fi
rm -rf "$data/out"                       # a first run: nothing to compare with
messages=("$data"/*.pgp)
cat "${messages[@]}" > /dev/null         # both find the files in memory

measure() {                              # measure NAME COMMAND...: what it prints goes nowhere, what it took to NAME
    local name=$1; shift
    /usr/bin/time -o "$data/$name.time" -f '%e %U %S %M' "$@" > /dev/null 2> "$data/$name.err" \
        || { cat "$data/$name.err" >&2; exit 1; }
}

measure hcmsync "$hcmsync" run "$data/pipeline.toml"

GNUPGHOME=$(mktemp -d); export GNUPGHOME
trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT
quiet=(--batch --quiet --yes --pinentry-mode loopback --passphrase-file "$data/keys/passphrase")
gpg "${quiet[@]}" --import "$data"/keys/*.asc
measure gpg bash -c 'set -e; for message in "${@:2}"; do gpg '"${quiet[*]}"' --trust-model always --decrypt "$message"; done' _ _ "${messages[@]}"

read -r our_wall our_user our_sys our_kib < "$data/hcmsync.time"
read -r gpg_wall gpg_user gpg_sys gpg_kib < "$data/gpg.time"
awk -v p="$persons" -v c="$(nproc)" -v b="$(cat "${messages[@]}" | wc -c)" \
    -v ow="$our_wall" -v ou="$our_user" -v os="$our_sys" -v ok="$our_kib" \
    -v gw="$gpg_wall" -v gu="$gpg_user" -v gs="$gpg_sys" -v gk="$gpg_kib" 'BEGIN {
    printf "%d persons, %.0f MB encrypted, %d cores\n", p, b / 1e6, c
    printf "%-24s %8s %8s %10s\n", "", "seconds", "cpu s", "peak MiB"
    printf "%-24s %8.1f %8.1f %10.0f\n", "hcmsync run, all of it", ow, ou + os, ok / 1024
    printf "%-24s %8.1f %8.1f %10.0f\n", "gpg --decrypt, no more", gw, gu + gs, gk / 1024
    printf "ratio %.2f in time, %.2f in cpu\n", ow / gw, (ou + os) / (gu + gs)
}'
