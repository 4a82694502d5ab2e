#!/bin/bash
# Whether two builds of the program give the same answers: runs every scenario of the tree with both and compares bytes.
# Usage: tests/walls/same_bytes.sh OLD NEW [FOLDER ...]   (programs; folders of scenarios, by default all of the tree)
#
# Each scenario runs with two seeds, on one thread and on two, in a short window where the file allows one; text, JSON and CSV count, so
# do messages and the exit status. Prints the scenarios that differ, then "N the same, N differ". Exit status 1 when any differs.
set -u
cd "$(dirname "$0")/../.."
old=$(realpath "$1") new=$(realpath "$2")
shift 2
[ $# -gt 0 ] || set -- scenarios docs/examples tests/oracle
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
short=(--set run.warmup=1s --set run.window=4s --reps 2 --progress never --color never)

answer() { # answer PROGRAM FILE SEED JOBS OPTIONS: all that it says, in one stream
  local program=$1 file=$2 seed=$3 jobs=$4
  shift 4
  rm -f "$work/answer."*
  timeout 120 "$program" run "$file" --seed "$seed" --jobs "$jobs" "$@" --export "$work/answer.json" --export "$work/answer.csv" 2>&1
  echo "exit status $?"
  cat "$work/answer.json" "$work/answer.csv" 2>/dev/null
}

same=0 differ=0
while read -r file; do
  years=()
  grep -q '"years"' "$file" && years=(--set run.years=20)
  for seed in 1 2; do
    for jobs in 1 2; do
      answer "$old" "$file" $seed $jobs "${short[@]}" ${years[@]+"${years[@]}"} > "$work/old"
      answer "$new" "$file" $seed $jobs "${short[@]}" ${years[@]+"${years[@]}"} > "$work/new"
      if cmp -s "$work/old" "$work/new"; then
        same=$((same + 1))
      else
        differ=$((differ + 1))
        echo "$file, seed $seed, $jobs threads:"
        diff "$work/old" "$work/new" | head -4 | cut -c1-160 | sed 's/^/  /'
      fi
    done
  done
done < <(grep -lE '^ *"(aguanta|extends)"|\{ *"(aguanta|extends)"' -r "$@" --include='*.json' | grep -v '\.expected\.json$' | sort)
echo "$same the same, $differ differ"
[ $differ = 0 ]
