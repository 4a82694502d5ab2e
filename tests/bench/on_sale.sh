#!/bin/bash
# The promise of ticket sales: a million fans with retries and a waiting room on the Kubernetes scenario, one replication under 10 s on
# one core. CPU time decides, so that other work on the machine does not.
#
#     tests/bench/on_sale.sh build/aguanta       exit 0 when it is under 10 s and the million came
set -eu
program=${1:-build/aguanta}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
TIMEFORMAT='%R %U %S'
of() { sed "s/.*\"$1\": \([0-9.]*\).*/\1/" "$folder/timing.json"; }
sale() { # one replication decides no claim: 98 is its verdict
  "$program" run scenarios/platform/on-sale-million.json --reps 1 --jobs 1 --quiet --timing "$folder/timing.json" >"$folder/out" 2>&1 ||
    [ $? -eq 98 ]
}
{ time sale; } 2>"$folder/time"
awk -v n="$(of requests)" -v events="$(of events)" '{
  printf "%-50s %7.1f s   CPU %7.1f s\n", "a million fans, 1 replication, 1 thread", $1, $2 + $3
  printf "%-50s %7.3g requests in the window, %.3g events, %.0f ns each\n", "  simulated", n, events, ($2 + $3) / events * 1e9
  exit $2 + $3 >= 10 || n < 3e6 }' "$folder/time"
