#!/bin/bash
# Include direction and formatting are errors; lengths are advice.
set -u
cd "$(dirname "$0")/.."
status=0

# Layers from the bottom; a file may include its own layer and those below.
rank() {
  case $1 in
  sim/describe/*) echo 0 ;; sim/engine/*) echo 1 ;; sim/stats/*) echo 2 ;; models/*) echo 3 ;;
  sim/scenario/*) echo 4 ;; sim/measure/* | sim/study/*) echo 5 ;; sim/questions/*) echo 6 ;;
  sim/report/*) echo 7 ;; sim/cli/*) echo 8 ;; tests/*) echo 9 ;;
  *) echo -1 ;;
  esac
}
mapfile -t files < <(git ls-files '*.c' '*.h')
for f in "${files[@]}"; do
  mine=$(rank "$f")
  while IFS=: read -r line included; do
    theirs=$(rank "$included")
    bad=
    [ "$theirs" -gt "$mine" ] && bad="a layer above"
    case $f:$included in
    sim/report/*:sim/measure/results.h | sim/report/*:sim/questions/*_results.h) ;;
    sim/report/*:sim/measure/* | sim/report/*:sim/study/* | sim/report/*:sim/questions/*) bad="more than an answer" ;;
    sim/engine/*:sim/stats/* | sim/engine/*:sim/describe/*) bad="something that the engine must not know" ;;
    esac
    [ -n "$bad" ] && { echo "$f:$line: includes $included: $bad"; status=1; }
  done < <(grep -n '^#include "' "$f" | sed 's/^\([0-9]*\):#include "\([^"]*\)".*/\1:\2/')
done

# Only one file may take memory from the system, only one may know cJSON, only one GSL, only the network how long a way takes, and the orchestrators are named by their registry only.
for f in "${files[@]}"; do
  case $f in models/network/* | tests/*) ;; *) grep -n 'between_nodes' "$f" | sed "s#^\([0-9]*\):.*#$f:\1: reads the way between nodes past network.h#" | grep . && status=1 ;; esac
  case $f in sim/engine/allocate.c | tests/*) ;; *)
    grep -nE '(^|[^_[:alnum:]])(malloc|calloc|realloc|reallocarray|aligned_alloc|posix_memalign|strdup|strndup|v?asprintf|open_memstream|mmap)\(' "$f" |
      sed "s#^\([0-9]*\):.*#$f:\1: takes memory without allocate.h#" | grep . && status=1 ;;
  esac
  case $f in sim/stats/cdf.c | tests/*) ;; *) grep -q '<gsl/' "$f" && { echo "$f: includes GSL"; status=1; } ;; esac
  case $f in sim/scenario/json.c | tests/*) ;; *) grep -q 'cjson/cJSON.h' "$f" && { echo "$f: includes cJSON"; status=1; } ;; esac
done

if command -v clang-format >/dev/null 2>&1; then
  clang-format --dry-run -Werror "${files[@]}" 2>&1 | grep -E 'error|warning' | sed 's/\[-Wclang.*//' | head -20
  [ "${PIPESTATUS[0]}" = 0 ] || { echo "clang-format: run make format"; status=1; }
else
  echo "clang-format is not installed: formatting not checked"
fi

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
