#!/bin/bash
# Include direction and formatting are errors; lengths are advice.
set -u
cd "$(dirname "$0")/.."
status=0

# The layers stand in one line of docs/architecture.md: "top -> next, its neighbour -> ... -> bottom". A file may include its own folder
# and those further down; neighbours know nothing of each other.
mapfile -t files < <(git ls-files '*.c' '*.h')
refused=$(grep -n '^#include "' "${files[@]}" | awk -F'[:"]' -v line="$(grep -m1 ' -> ' docs/architecture.md)" '
function folder(path) { return match(path, path ~ /^sim\// ? "^sim/[^/]*" : "^[^/]*") ? substr(path, 1, RLENGTH) : "" }
function wrong(mine, theirs, from, to) {
  if (mine != theirs && rank[theirs] >= rank[mine]) return "not a layer below"
  if (mine == "sim/report" && theirs ~ /^sim.(questions|sweep|calibration|study|measure)$/ && to !~ /\/([a-z_]*_)?results\.h$/) return "more than an answer"
  if (to ~ /_inner\.h$/ && room(to) != room(from)) return "the inside of another room"
  if (from ~ /^sim\/report\// && form(to) != "" && form(to) != form(from)) return "a form of report that only its own folder knows"
  return ""
}
function room(path) { sub(/\/[^\/]*$/, "", path); return path }
function form(path) { return match(path, /^sim\/report\/[a-z]+\//) ? substr(path, 1, RLENGTH) : "" }
BEGIN {
  levels = split(line, level, " -> ")
  for (i = 1; i <= levels; i++) {
    n = split(level[i], name, ", ")
    for (k = 1; k <= n; k++) rank[name[k]] = levels - i
  }
}
{
  mine = folder($1); theirs = folder($4)
  if (mine == "tests" || !(theirs in rank)) next
  why = mine in rank ? wrong(mine, theirs, $1, $4) : "from a folder that docs/architecture.md does not rank"
  if (why) print $1 ":" $2 ": includes " $4 ": " why
}')
[ -z "$refused" ] || { echo "$refused"; status=1; }

# The walls inside models/.
tests/walls/models.sh || status=1

# Orchestrators are named in their folder only, and their registry is included in one place.
for f in "${files[@]}"; do
  case $f in models/platform/orchestrator/* | models/platform/platform.c | tests/*) continue ;; esac
  grep -nE '#include "models/platform/orchestrator/|(^|[^_[:alnum:]])orchestrator_[a-z]' "$f" |
    sed "s#^\([0-9]*\):.*#$f:\1: names an orchestrator outside the registry#" | grep . && status=1
done

# A header that has the guard of another is silently left out.
grep -hoE '^#ifndef [A-Z0-9_]+_H$' "${files[@]}" | sort | uniq -d | sed 's/^#ifndef \(.*\)/\1: guards two headers/' | grep . && status=1

# Only one file may take memory from the system, only one may know cJSON, only one libyaml, only one GSL, and only the network how long a way takes.
for f in "${files[@]}"; do
  case $f in models/network/* | tests/*) ;; *) grep -n 'between_nodes' "$f" | sed "s#^\([0-9]*\):.*#$f:\1: reads the way between nodes past network.h#" | grep . && status=1 ;; esac
  case $f in models/core/world.h | models/platform/lifecycle.c) ;; models/*) sed 's/"[^"]*"//g' "$f" | grep -nE '(->|\.)stated\b' | sed "s#^\([0-9]*\):.*#$f:\1: reads a service past service_config and container_config#" | grep . && status=1 ;; esac
  case $f in sim/engine/allocate.c | tests/*) ;; *)
    grep -nE '(^|[^_[:alnum:]])(malloc|calloc|realloc|reallocarray|aligned_alloc|posix_memalign|strdup|strndup|v?asprintf|open_memstream|mmap)\(' "$f" |
      sed "s#^\([0-9]*\):.*#$f:\1: takes memory without allocate.h#" | grep . && status=1 ;;
  esac
  case $f in sim/stats/cdf.c | sim/stats/regression.c | tests/*) ;; *) grep -q '<gsl/' "$f" && { echo "$f: includes GSL"; status=1; } ;; esac
  case $f in sim/json/json.c | tests/*) ;; *) grep -q 'cjson/cJSON.h' "$f" && { echo "$f: includes cJSON"; status=1; } ;; esac
  case $f in sim/json/yaml.c | tests/*) ;; *) grep -q '<yaml.h>' "$f" && { echo "$f: includes libyaml"; status=1; } ;; esac
done

if command -v clang-format >/dev/null 2>&1; then
  clang-format --dry-run -Werror "${files[@]}" 2>&1 | grep -E 'error|warning' | sed 's/\[-Wclang.*//' | head -20
  [ "${PIPESTATUS[0]}" = 0 ] || { echo "clang-format: run make format"; status=1; }
else
  echo "clang-format is not installed: formatting not checked"
fi

# Lines within 132 columns, those that clang-format leaves alone too: comments, texts that are not cut.
awk 'length($0) > 132 { gsub(/[^\x00-\x7f]/, "x"); if (length($0) > 132) { print FILENAME ":" FNR ": a line of " length($0) " columns"; bad = 1 } } END { exit bad }' \
  $(git ls-files 'sim/*.[ch]' 'models/*.[ch]') || status=1

# Advice.
for f in "${files[@]}"; do
  n=$(wc -l < "$f")
  case $f in tests/* | sim/engine/ziggurat.c) continue ;; esac
  [ "$n" -gt 400 ] && echo "advice: $f has $n lines"
  awk -v f="$f" '/^[A-Za-z_].*\) *\{ *$/ { start = NR } /^}/ { if (start && NR - start > 60) print "advice: " f ":" start ": function of " NR - start + 1 " lines"; start = 0 }' "$f"
done
# Messages may quote what others wrote: names of files, options, texts of a scenario.
for f in sim/cli/*.c; do
  grep -n -A1 'fprintf(stderr,' "$f" | grep '"aguanta' | sed "s#^\([0-9]*\).*#advice: $f:\1: a message without safe_print#"
done
[ $status = 0 ] && echo "lint: clean"
exit $status
