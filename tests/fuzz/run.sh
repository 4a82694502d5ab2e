#!/bin/bash
# run.sh TARGET SECONDS: replays the target's corpus, then fuzzes for so long. What it finds new is kept in build/fuzz/corpus/TARGET
# for the next time; what fails stays as build/fuzz/TARGET-*: mend the cause and add it to tests/fuzz/corpus/TARGET.
set -u
# shellcheck disable=SC2086
cd "$(dirname "$0")/../.."
target=$1 seconds=$2 work=build/fuzz/corpus/$1 log=build/fuzz/$1.log
mkdir -p "$work"
case $target in # what the tree has already
scenario | run) seeds="scenarios/ideas scenarios/releases scenarios/theory tests/oracle tests/cli/bad tests/reader" ;;
study) seeds="scenarios/studies tests/cli/bad_study" ;;
table) seeds="scenarios/traffic tests/cli/bad/tables tests/cli/bad/parts" ;;
yaml) seeds="scenarios/templates tests/import/expected" ;;
compose) seeds="tests/import/shop tests/import/celery tests/import/swarm tests/import/rails tests/import/plain tests/import/wordpress" ;;
k8s) seeds="tests/import/k8s-shop tests/import/k8s-plain tests/import/k8s-go tests/import/k8s-kubectl" ;;
log) seeds="tests/import/logs" ;;
measured) seeds="tests/calibrate" ;;
page) seeds="docs/documents" ;;
*) seeds= ;;
esac

# Keys and words of the language, for the mutations: from the program's own tables.
build/aguanta schema json | grep -o '"[A-Za-z_][A-Za-z0-9_-]*"' | sort -u | sed 's/"\(.*\)"/"\1"/' > build/fuzz/words.dict
cat tests/fuzz/claims.dict >> build/fuzz/words.dict
case $target in yaml | compose | k8s | log | measured | page) cat tests/fuzz/foreign.dict >> build/fuzz/words.dict ;; esac

for_long=-max_total_time=$seconds
[ "$seconds" = 0 ] && for_long=-runs=0
ASAN_OPTIONS=${ASAN_OPTIONS:-allocator_may_return_null=1} build/fuzz/fuzz-"$target" "$work" tests/fuzz/corpus/"$target" $seeds "$for_long" \
  -dict=build/fuzz/words.dict -timeout=20 -rss_limit_mb=2500 -max_len=20000 -artifact_prefix=build/fuzz/"$target"- -print_final_stats=1 \
  > "$log" 2>&1
status=$?
executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
if [ $status != 0 ]; then
  echo "fuzz $target: FAILED, see $log" >&2
  grep -E -m 12 'ERROR|runtime error|Assertion|broken invariant|^ +#[0-9] .* in |Test unit written' "$log" >&2
  exit 1
fi
echo "fuzz $target: ${executions:-0} executions, nothing found"
