#!/usr/bin/env bash
# Fuzzes every target for so many seconds: fuzz/run.sh SECONDS [TARGET…]. What was learned stays below target/fuzz; what was
# found stands in fuzz/artifacts, and belongs into fuzz/corpus once it is mended, so that every `make test` tries it.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=$1
shift
[ $# -gt 0 ] || set -- csv expressions names openpgp pipeline

(cd fuzz && RUSTC_WRAPPER=$PWD/instrument CARGO_TARGET_DIR=../target cargo build --release --locked)
failed=()
for target; do
    mkdir -p "target/fuzz/$target" fuzz/artifacts
    echo "$target, $seconds seconds"
    ./target/release/fuzz-"$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
        -artifact_prefix="fuzz/artifacts/$target-" "target/fuzz/$target" "fuzz/corpus/$target" \
        2> "target/fuzz/$target.log" || failed+=("$target")
    grep -E '^(stat::number_of_executed_units|stat::average_exec|==.*ERROR|thread .* panicked|SUMMARY)' "target/fuzz/$target.log" || true
done
[ ${#failed[@]} = 0 ] || { echo "found something: ${failed[*]}; see fuzz/artifacts and target/fuzz/*.log"; exit 1; }
