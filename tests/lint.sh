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

# A header that has the guard of another is silently left out.
grep -hoE '^#ifndef [A-Z0-9_]+_H$' "${files[@]}" | sort | uniq -d | sed 's/^#ifndef \(.*\)/\1: guards two headers/' | grep . && status=1

# What only one place may do, line by line: name an orchestrator outside its folder and the registry; take memory from the system; know
# cJSON, libyaml or GSL; know how long a way between nodes takes; read what a scenario states of a service.
awk '
function complain(what) { print FILENAME ":" FNR ": " what; bad = 1 }
FNR == 1 {
  tests = FILENAME ~ /^tests\//
  platform = tests || FILENAME ~ /^models\/platform\/(orchestrator\/|platform\.c$)/
  network = tests || FILENAME ~ /^models\/network\//
  stated = FILENAME ~ /^models\// && FILENAME !~ /^models\/(core\/world\.h|platform\/lifecycle\.c)$/
  memory = tests || FILENAME == "sim/engine/allocate.c"
  gsl = tests || FILENAME ~ /^sim\/stats\/(cdf|regression)\.c$/
}
!platform && (/#include "models\/platform\/orchestrator\// || /(^|[^_[:alnum:]])orchestrator_[a-z]/) { complain("names an orchestrator outside the registry") }
!network && /between_nodes/ { complain("reads the way between nodes past network.h") }
stated && /stated/ {
  code = $0
  gsub(/"[^"]*"/, "", code)
  if (code ~ /(->|\.)stated([^_[:alnum:]]|$)/) complain("reads a service past service_config and container_config")
}
!memory && /(^|[^_[:alnum:]])(malloc|calloc|realloc|reallocarray|aligned_alloc|posix_memalign|strdup|strndup|v?asprintf|open_memstream|mmap)\(/ { complain("takes memory without allocate.h") }
!gsl && /<gsl\// { complain("includes GSL") }
!tests && FILENAME != "sim/json/json.c" && /cjson\/cJSON\.h/ { complain("includes cJSON") }
!tests && FILENAME != "sim/json/yaml.c" && /<yaml\.h>/ { complain("includes libyaml") }
END { exit bad }' "${files[@]}" || status=1

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
awk '
function advise(line, what) { print "advice: " line what }
FNR == 1 { if (lines > 400) advise(file, " has " lines " lines"); file = FILENAME; start = 0; skip = file ~ /^tests\/|^sim\/engine\/ziggurat\.c$/ }
{ lines = skip ? 0 : FNR }
skip { next }
/^[A-Za-z_].*\) *\{ *$/ { start = FNR }
/^}/ { if (start && FNR - start > 60) advise(file ":" start, ": function of " FNR - start + 1 " lines"); start = 0 }
END { if (lines > 400) advise(file, " has " lines " lines") }' "${files[@]}"
# Messages may quote what others wrote: names of files, options, texts of a scenario.
for f in sim/cli/*.c; do
  grep -n -A1 'fprintf(stderr,' "$f" | grep '"aguanta' | sed "s#^\([0-9]*\).*#advice: $f:\1: a message without safe_print#"
done
[ $status = 0 ] && echo "lint: clean"
exit $status
