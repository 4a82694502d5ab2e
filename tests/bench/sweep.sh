#!/bin/bash
# The promise of sweeps: 200 points of the Compose scenario, each with intervals, under 60 s on two cores. Then what is not
# simulation: the same sweep with everything stored (reading and checking 200 scenarios, reading 200 points, writing the answer).
# On a machine with other work, look at the CPU time: half of it is what two free cores need.
#
#     tests/bench/sweep.sh build/aguanta       exit 0 when it is under 60 s and both answers are the same bytes
set -eu
program=${1:-build/aguanta}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
TIMEFORMAT='%R %U %S'
of() { sed "s/.*\"$1\": \([0-9.]*\).*/\1/" "$folder/$2.json"; }
sweep() { # sweep NAME: exit codes 98 and 99 are verdicts
  "$program" sweep scenarios/platform/compose.json --vary services.backend.replicas=1,2,3,4 --vary 'traffic.fans.rate=50/s..275/s:10' \
    --vary platform.nodes.server.speed=0.4,0.5,0.6,0.8,1 --set run.window=2m --set run.warmup=30s --reps 10 --jobs 2 --quiet \
    --store "$folder/store" --export "$folder/$1.csv" --timing "$folder/$1.json" 2>"$folder/$1.err" || [ $? -ge 98 ]
}
{ time sweep run; } 2>"$folder/first"
{ time sweep stored; } 2>"$folder/second"
cmp "$folder/run.csv" "$folder/stored.csv"
awk -v n="$(of requests run)" -v events="$(of events run)" 'NR == FNR { wall = $1; cpu = $2 + $3; next } {
  printf "%-50s %7.1f s   CPU %7.1f s, on two free cores %.1f s\n", "200 points of Compose, 2 min x 10, 2 threads", wall, cpu, cpu / 2
  printf "%-50s %7.3g requests in the windows, %.3g events\n", "  simulated", n, events
  printf "%-50s %7.2f s   CPU %7.2f s, %.1f ms a point\n", "the same with all points stored", $1, $2 + $3, ($2 + $3) / 200 * 1000
  exit wall >= 60 }' "$folder/first" "$folder/second"
