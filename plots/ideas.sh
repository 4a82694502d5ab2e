#!/bin/bash
# Runs every scenario of scenarios/ideas and draws what shows its effect: plots/ideas.sh PROGRAM FOLDER.
set -u
program=$1 folder=$2
mkdir -p "$folder"
run() { # kind, scenarios...
  kind=$1; shift
  for name; do
    "$program" run "scenarios/ideas/$name.json" -q --export "$folder/$name.json" >"$folder/$name.txt" || [ $? -ge 98 ] || exit 1
    "$program" plot "$folder/$name.json" --kind "$kind" -o "$folder/$name.png" || exit 1
    echo "$name: $(tail -n 1 "$folder/$name.txt")"
  done
}
vary() { # scenario, endpoint or -, then what varies
  name=$1 endpoint=$2; shift 2
  "$program" sweep "$@" -q --reps 48 --store "$folder/$name.store" --export "$folder/$name.ndjson" >"$folder/$name.txt" || [ $? -ge 98 ] || exit 1
  [ "$endpoint" = - ] && set -- || set -- --endpoint "$endpoint"
  "$program" plot "$folder/$name.ndjson" --kind sweep "$@" -o "$folder/$name.png" || exit 1
  echo "$name: swept"
}
vary pool-size - scenarios/ideas/pool-size.json --vary services.app.pools.postgres.max=1,2,3,4,8,12,20
vary hot-row - scenarios/ideas/hot-row.json --vary keys.counter.of=1,2,4,8,16
vary sqlite-postgresql - scenarios/studies/sqlite-postgresql.json
run timeline cache-restart replica-lag memory-leak pods-and-connections pods-and-pooler
run latency cpu-limit balancers report-inline report-queue event-loop-blocking growing-table parallel-batches statistics-cache \
  fan-out shards stampede
ls "$folder"/*.png
