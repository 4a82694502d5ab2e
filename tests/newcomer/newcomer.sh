#!/bin/sh
# Plays a newcomer who has built the tree: a template, each Compose file, manifest and log of tests/import, then run, check, plot and
# report; prints what it typed, what it was told, and what came of it. tests/newcomer/expected is what it has to say.
#
#   AGUANTA_BIN=build/aguanta tests/newcomer/newcomer.sh        AGUANTA_LONG=1: also runs every imported scenario
tree=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
program=${AGUANTA_BIN:-build/aguanta}
case $program in /*) ;; *) program=$tree/$program ;; esac
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT && cp -R "$tree/tests/import/." "$work" && cd "$work" || exit 1
export COLUMNS=80 NO_COLOR=1

aguanta() {
  echo "\$ aguanta $*"
  "$program" "$@" < /dev/null 2>&1
  code=$?
  [ $code = 0 ] || echo "exit $code"
}
# An import is looked at in full elsewhere (suite import): here, that it holds as a scenario and that it answers.
import() {
  name=$1
  shift
  aguanta import "$@" --quiet -o "$name.yaml"
  aguanta validate "$name.yaml"
  [ -z "$AGUANTA_LONG" ] || "$program" run "$name.yaml" --reps 2 --set run.window=10s --quiet > /dev/null 2> errors || [ $? -ge 98 ] ||
    { echo "does not run: $name" && cat errors; }
}
made() { for file; do [ -s "$file" ] && echo "made $file: $(head -c 9 "$file" | tr -d '\n')"; done; }
short="--reps 2 --set run.window=5s --set run.windows=1 --progress never"

aguanta init
aguanta validate compose.yaml
# shellcheck disable=SC2086
aguanta run compose.yaml $short --set run.years=5 --export answer.json
import shop compose shop/compose.yaml
import celery compose celery/docker-compose.yml
import swarm compose swarm/stack.yml
import rails compose rails/compose.yaml rails/compose.production.yaml
import plain compose plain/docker-compose.yaml
import wordpress compose wordpress/compose.yml
import k8s-shop k8s k8s-shop/shop.yaml
import k8s-kubectl k8s k8s-kubectl/all.json
import k8s-plain k8s k8s-plain/deployment.yaml
import k8s-go k8s k8s-go/base.yaml k8s-go/services.yaml
import log-nginx log logs/access.log
import log-traefik log logs/traefik.log
import log-caddy log logs/caddy.log
# shellcheck disable=SC2086
aguanta run plain.yaml $short
# shellcheck disable=SC2086
aguanta check plain.yaml $short
aguanta plot answer.json --kind latency -o latency.svg
aguanta report answer.json -o answer.html
aguanta report answer.json -o answer.md
made answer.json latency.svg answer.html answer.md
