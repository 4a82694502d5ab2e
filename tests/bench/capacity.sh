#!/bin/sh
# How long `capacity` takes to 1% on two threads: M/M/1 at its 5 s, and the Compose scenario of the ticket platform at 4 min a
# replication. The answers are checked: M/M/1 holds up to 0.8/s. Wall-clock seconds: nothing else should run meanwhile.
set -eu
cd "$(dirname "$0")/../.."
program=${1:-build/aguanta}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

measure() { # measure NAME ARGUMENTS...
  name=$1
  shift
  "$program" capacity "$@" --jobs 2 --precision 1% --quiet --progress never --timing "$out/timing" > "$out/answer"
  printf '%-24s %6.1f s  %s\n' "$name" "$(sed 's/.*"seconds": \([0-9.]*\).*/\1/' "$out/timing")" "$(cat "$out/answer")"
}

measure "capacity: M/M/1" tests/oracle/mm1-rho80.json --vary traffic.web.rate=0.1/s..3/s --set 'claims=["mean(job.latency) < 5s"]' \
  --set run.window=20000s --set run.windows=4 --set run.replications=10
grep -q 'capacity: 0.[78][0-9]*/s \[0.79[0-9]*, 0.80[0-9]*\]' "$out/answer"
measure "capacity: compose" scenarios/platform/compose.json --vary traffic.fans.rate=50/s..2000/s --set run.window=4m --set run.years=0 \
  --set 'claims=["error_rate(all{cause=rejected}) < 0.1%", "utilization(redis.threads) < 10%", "utilization(server.cpu) < 70%", "mean(backend.latency) < 300ms", "error_rate(all{cause=timeout}) < 0.1%"]'
