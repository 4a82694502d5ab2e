#!/bin/sh
# check.sh: the verdict of each scenario of the repository that this is started in: JUnit, annotations, a summary. The exit code is the
# program's. A scenario that was answered before and has not changed is not run again.
#
#   AGUANTA          the program                                    (aguanta)
#   AGUANTA_FILES    patterns of the scenarios, as git takes them    (all files that say that they are scenarios and are no parents)
#   AGUANTA_OUT      where junit/*.xml and verdicts.txt go           (aguanta-out)
#   AGUANTA_CACHE    where answers are kept between runs             (nowhere)
#   AGUANTA_OPTIONS  options of the run, such as "--reps 4"
. "$(dirname "$0")/lib.sh"
junit=$AGUANTA_OUT/junit verdicts=$AGUANTA_OUT/verdicts.txt
rm -rf "$junit" && mkdir -p "$junit"
: > "$verdicts"
step_summary=${GITHUB_STEP_SUMMARY:-}

run() { # run FILE XML
  set -f
  # shellcheck disable=SC2086
  if [ "${GITHUB_ACTIONS:-}" = true ]; then
    program check --root "$root" $AGUANTA_OPTIONS --progress never --export "$2" --export - --format github ${step_summary:+--step-summary} -- "$1"
  else
    program check --root "$root" $AGUANTA_OPTIONS --progress never --export "$2" -- "$1"
  fi
}

worst=0
list=$(mktemp)
scenarios > "$list"
while read -r f <&3; do
  xml=$junit/$(echo "$f" | tr / _).xml hash=$(hash_of "$f") code=0 how=
  kept=${AGUANTA_CACHE:+${hash:+$AGUANTA_CACHE/$hash}}
  if [ -n "$kept" ] && [ -e "$kept.code" ]; then
    code=$(cat "$kept.code") how=", unchanged"
    cp "$kept.xml" "$xml"
  else
    run "$f" "$xml" || code=$?
    case $code in 0 | 98 | 99) [ -z "$kept" ] || { cp "$xml" "$kept.xml" && echo "$code" > "$kept.code"; } ;; esac
  fi
  echo "$(word_of "$code")$how  $f" >> "$verdicts"
  worst=$(worse "$worst" "$code")
done 3< "$list"
[ -s "$list" ] || echo "aguanta: no file says that it is a scenario" >&2
rm -f "$list"
[ "${GITHUB_ACTIONS:-}" = true ] || cat "$verdicts"
exit "$worst"
