#!/bin/bash
# The circles of includes inside a folder: modules (X.c and X.h) that include each other, directly or on a way through others.
# Usage: tests/walls/circle.sh [FOLDER]. Prints each circle of more than one module, the largest first, as its size and its modules.
set -u
cd "$(dirname "$0")/../.."
folder=${1:-models}
git ls-files "$folder/*.c" "$folder/*.h" | while read -r f; do
  from=${f%.[ch]}
  echo "$from"
  sed -n 's/^#include "\('"$folder"'\/[^"]*\)\.h".*/\1/p' "$f" | while read -r to; do echo "$from $to"; done
done | awk '
# Strongly connected components (Kosaraju and Sharir 1981): an order of finishing, then a walk against the arrows.
{ seen[$1] = 1; if (NF == 2 && $1 != $2 && !(($1, $2) in arrow)) { arrow[$1, $2] = 1; out[$1] = out[$1] " " $2; back[$2] = back[$2] " " $1; seen[$2] = 1 } }
function finish(at, k, next_, count, to) {
  visited[at] = 1; count = split(out[at], to, " ")
  for (k = 1; k <= count; k++) if (!(to[k] in visited)) finish(to[k])
  order[++finished] = at
}
function gather(at, k, count, to) {
  taken[at] = 1; size++; names = names " " at; count = split(back[at], to, " ")
  for (k = 1; k <= count; k++) if (!(to[k] in taken)) gather(to[k])
}
END {
  for (m in seen) if (!(m in visited)) finish(m)
  for (i = finished; i >= 1; i--) if (!(order[i] in taken)) { size = 0; names = ""; gather(order[i]); if (size > 1) print size names }
}' | sort -rn
