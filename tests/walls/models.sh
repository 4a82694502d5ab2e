#!/bin/bash
# The walls inside models/, as docs/architecture.md draws them: prints each include that goes through one, and each circle that is none of
# the core. Exit status 1 when there is any.
#
# The core names no part. Members of a core family (an orchestrator, a balancer) and audits are leaves that nothing includes; they may
# look into parts. Parts stand on floors: a part may name its own floor and those below. The largest circle of modules that include each
# other is the core's, and has at most CIRCLE_MOST modules.
set -u
cd "$(dirname "$0")/../.."
CIRCLE_MOST=25
core='^models/(core|request|machine|service|service/balancer|platform|platform/orchestrator|network)/[^/]*$'
leaf='^models/(.*/audit_[a-z]*|service/balancer/balancer_[a-z]*|platform/orchestrator/[a-z]*)\.c$'
status=0

through=$(git ls-files 'models/*.c' 'models/*.h' | xargs grep -n '^#include "models/' |
  awk -F'[:"]' -v core="$core" -v leaf="$leaf" -v line="$(grep -m1 '^models: ' docs/architecture.md)" '
function room(path) { return match(path, /^models\/[a-z]*/) ? substr(path, 8, RLENGTH - 7) : "" }
BEGIN {
  sub(/^models: /, "", line)
  floors = split(line, floor, " -> ")
  for (i = 1; i <= floors; i++) {
    n = split(floor[i], name, ", ")
    for (k = 1; k <= n; k++) rank[name[k]] = floors - i + 1
  }
}
{
  from = $1; to = $4
  if (to ~ core || from ~ leaf) next
  if (from ~ core) print from ":" $2 ": includes " to ": the core names no part"
  else if (!(room(from) in rank) || !(room(to) in rank)) print from ":" $2 ": includes " to ": a room without a floor in docs/architecture.md"
  else if (rank[room(to)] > rank[room(from)]) print from ":" $2 ": includes " to ": on a floor above"
}')
[ -z "$through" ] || { echo "$through"; status=1; }

# The members of each circle: of the core, or of parts.
tests/walls/circle.sh models | awk -v core="$core" -v most=$CIRCLE_MOST '
{
  inside = 0
  for (i = 2; i <= NF; i++) inside += ($i ".c") ~ core
  if ($1 > most) { print "a circle of " $1 " modules in models/; " most " are allowed: " $0; bad = 1 }
  else if (inside && inside < NF - 1) { print "parts in a circle with the core: " $0; bad = 1 }
}
END { exit bad }' || status=1
exit $status
