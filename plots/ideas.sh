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

# Releases, and capacity that follows the load: with and without what the finding is about.
for idea in canary pre-stop surge; do answer $idea scenarios/ideas/$idea.json; done
picture canary "$folder/canary.json" --kind timeline --endpoint rolling --endpoint canary --title \
  "3% of errors for 15 min: $(value canary all_at_once.hit) requests fail as a rolling update, $(value canary little_by_little.hit) as a canary"
picture pre-stop "$folder/pre-stop.json" --kind timeline --endpoint plain --endpoint hooked --title \
  "A roll-out loses $(value pre-stop without.lost_in_updates) requests without a preStop hook, none with 5 s"
picture surge "$folder/surge.json" --kind timeline --endpoint more --endpoint less --title \
  "A roll-out at 80% of capacity: p95 is $(value surge more.latency) with a pod more; $(value surge less.latency) with a pod less"
answer scale-in scenarios/ideas/scale-in.json
picture scale-in "$folder/scale-in.json" --kind timeline --endpoint interrupting --endpoint draining --title \
  "Two of four pods are taken away: $(value scale-in without.lost_in_updates) requests are lost without a grace period; none with 30 s"
against() { # picture, its title, then results
  name=$1 title=$2 results=(); shift 2
  for result; do results+=("$folder/$result.json"); done
  picture "$name" "${results[@]}" --kind timeline --title "$title"
}
variant hpa-memory 95-percent
variant hpa-memory 72-percent --set services.api.memory.base=386547057B
against hpa-memory "Memory at 95% of the request, target 80%: from 5 pods to 20; at 72% it stays at 5" hpa-memory-{95,72}-percent
variant pre-scaling scheduled
variant pre-scaling unscheduled --set services.api.autoscale.schedule=null
against pre-scaling "Twelve pods before the sale: nothing fails; left to the autoscaler, $(value pre-scaling-unscheduled error_rate) of 5 min" \
  pre-scaling-{unscheduled,scheduled}
variant slow-start slow-start
variant slow-start at-once --set services.api.balance.slow_start=0s
against slow-start "Cold pods, p95 of their first minute: $(value slow-start-at-once p95) at once; $(value slow-start-slow-start p95) with a slow start" \
  slow-start-{at-once,slow-start}
variant node-spike one-node
variant node-spike two-nodes --set platform.nodes.worker.count=2
against node-spike "A spike: $(value node-spike-one-node error_rate) fail until a machine has joined; $(value node-spike-two-nodes error_rate) with a second one from the start" \
  node-spike-{one-node,two-nodes}
variant spot drained
variant spot without-handler --set platform.nodes.worker.spot.handled=false
against spot "Spot machines: $(value spot-without-handler error_rate) is lost without a handler; nothing when the node is drained" \
  spot-{without-handler,drained}
variant hand-added-worker with-replica
variant hand-added-worker empty --set 'triggers.worker={"nodes":"vps","utilization":"80%","for":"5min","by":"person","takes":"5min","add_nodes":"vps","up_to":3}'
against hand-added-worker "$(value hand-added-worker-with-replica '"waiting"') fail until a replica is on the second VPS; if none goes there, it stays so" \
  hand-added-worker-{empty,with-replica}
ls "$folder"/*.png
