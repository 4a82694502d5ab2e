#!/bin/bash
# Runs every scenario of scenarios/ideas and draws what shows its effect: plots/ideas.sh PROGRAM FOLDER.
set -u
program=$1 folder=$2
mkdir -p "$folder"
answer() { # name, then arguments of "run"; a claim that fails is an answer
  name=$1; shift
  "$program" run "$@" --color never --progress never --export "$folder/$name.json" >"$folder/$name.txt" || [ $? -ge 98 ] || exit 1
}
picture() { # name, then arguments of "plot"
  name=$1; shift
  for format in png svg; do "$program" plot "$@" -o "$folder/$name.$format" || exit 1; done
}
run() { # kind, scenario, then what else the picture needs
  kind=$1 idea=$2; shift 2
  answer "$idea" "scenarios/ideas/$idea.json"
  picture "$idea" "$folder/$idea.json" --kind "$kind" "$@"
  echo "$idea: $(tail -n 1 "$folder/$idea.txt")"
}
vary() { # name, then arguments of "sweep", --, arguments of "plot"
  name=$1 points=(); shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do points+=("$1"); shift; done
  [ $# -gt 0 ] && shift
  "$program" sweep "${points[@]}" -q --progress never --reps 48 --store "$folder/$name.store" --export "$folder/$name.ndjson" >"$folder/$name.txt" ||
    [ $? -ge 98 ] || exit 1
  picture "$name" "$folder/$name.ndjson" --kind sweep "$@"
  echo "$name: swept"
}
variant() { # idea, name of the variant, then arguments of "run"
  idea=$1 name=$2; shift 2
  answer "$idea-$name" "scenarios/ideas/$idea.json" --set "name=$name" "$@"
}
value() { # result, what stands behind the value of the claim wanted
  awk -v wanted="$2" 'index($0, wanted) { print $2 ($3 ~ /^(s|ms|min)$/ ? " " $3 : ""); exit }' "$folder/$1.txt"
}
vary pool-size scenarios/ideas/pool-size.json --vary services.app.pools.postgres.max=1,2,3,4,8,12,20
vary hot-row scenarios/ideas/hot-row.json --vary keys.counter.of=1,2,4,8,16
vary sqlite-postgresql scenarios/studies/sqlite-postgresql.json -- --endpoint write-sqlite --endpoint write-postgresql
vary growing-table scenarios/studies/growing-table.json
for idea in cache-restart replica-lag memory-leak pods-and-connections pods-and-pooler readiness; do run timeline $idea; done
for idea in balancers parallel-batches fan-out; do run latency $idea; done
answer shards scenarios/ideas/shards.json --set name=zipf
variant shards alike --set keys.tenants.zipf=0
picture shards "$folder"/shards{,-alike}.json --kind latency --endpoint page
run latency cpu-limit --endpoint limited_api --endpoint free_api
answer statistics-cache scenarios/ideas/statistics-cache.json # what it shows is the median: a title from its claims
picture statistics-cache "$folder/statistics-cache.json" --kind latency --title \
  "$(value statistics-cache hit_rate) find what is kept, so p50 is $(value statistics-cache p50); who finds nothing waits as long as ever"

answer event-loop-blocking scenarios/ideas/event-loop-blocking.json --set name=loop
variant event-loop-blocking workers --set endpoints.login.steps.1.on=workers
picture event-loop-blocking "$folder"/event-loop-blocking{,-workers}.json --kind latency --endpoint page
for idea in report-inline report-queue; do answer $idea scenarios/ideas/$idea.json; done
picture reports "$folder"/report-{inline,queue}.json --kind latency --endpoint page
# A tenth of the time between two rebuilds, so that they are more than one request in a hundred.
for cure in none coalesce lock early '{"cure":"stale","stale":"10s"}'; do
  name=$(sed 's/.*cure":"\([a-z]*\).*/\1/' <<<"$cure")
  variant stampede "$name" --set "endpoints.page.steps.0.stampede=$cure" --set services.redis.cache.ttl=6s --set run.window=20min
done
picture stampede "$folder"/stampede-{none,coalesce,lock,early,stale}.json --kind latency --endpoint page
ls "$folder"/*.png
