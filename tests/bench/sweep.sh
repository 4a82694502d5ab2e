#!/bin/sh
# The promise of sweeps: 200 points of the Compose scenario, each with intervals, under 60 s on two cores. Then what is not
# simulation: the same sweep with everything stored (reading and checking 200 scenarios, reading 200 points, writing the answer).
#
#     tests/bench/sweep.sh build/aguanta       exit 0 when it is under 60 s and both answers are the same bytes
set -eu
program=${1:-build/aguanta}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
seconds() { sed 's/.*"seconds": \([0-9.]*\).*/\1/' "$1"; }
requests() { sed 's/.*"requests": \([0-9]*\).*/\1/' "$1"; }
sweep() { # sweep NAME: exit codes 98 and 99 are verdicts
  "$program" sweep scenarios/platform/compose.json --vary services.backend.replicas=1,2,3,4 --vary 'traffic.fans.rate=50/s..500/s:10' \
    --vary platform.nodes.server.speed=0.4,0.5,0.6,0.8,1 --set run.window=2m --reps 10 --jobs 2 --quiet \
    --store "$folder/store" --export "$folder/$1.csv" --timing "$folder/$1.json" || [ $? -ge 98 ]
}
now() { date +%s.%N; }
started=$(now)
sweep run
middle=$(now)
sweep stored
ended=$(now)
cmp "$folder/run.csv" "$folder/stored.csv"
awk -v a="$started" -v b="$middle" -v c="$ended" -v inside="$(seconds "$folder/run.json")" -v n="$(requests "$folder/run.json")" 'BEGIN {
  printf "%-52s %8.1f s\n", "200 points of Compose, 2 min x 10, 2 threads", b - a
  printf "%-52s %8.1f s   %.3g requests/s\n", "  of it running points", inside, n / inside
  printf "%-52s %8.2f s   %.1f ms a point\n", "the same with all points stored", c - b, (c - b) / 200 * 1000
  exit b - a >= 60 }'
