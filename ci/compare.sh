#!/bin/sh
# compare.sh: what a change does to the answers, against the commit AGUANTA_BASE, as a comment in Markdown: AGUANTA_OUT/comment.md.
# A scenario that says the same on both sides is not run. Variables as in check.sh; the exit code is 0 unless something could not be compared.
. "$(dirname "$0")/lib.sh"
comment=$AGUANTA_OUT/comment.md code=0 changed=0 count=0
git rev-parse -q --verify "$AGUANTA_BASE^{commit}" >/dev/null 2>&1 ||
  { echo "aguanta: the commit to compare with is not here (\"${AGUANTA_BASE:-}\"): fetch it, as with fetch-depth: 0" >&2; exit 1; }
base=$(git rev-parse "$AGUANTA_BASE^{commit}")

# The other side stands in the checkout, so that --root holds for both.
other=$(mktemp -d "$root/.aguanta-base-XXXXXX")
trap 'rm -rf "$other"' EXIT
git archive "$base" | tar -x -C "$other"
lines=$other.lines
trap 'rm -rf "$other" "$lines"' EXIT
: > "$lines"

code_span() { printf '%s' "$1" | tr '`|' "'/"; }

put_compared() { # put_compared FILE HASH HASH
  kept=${AGUANTA_CACHE:+$AGUANTA_CACHE/$2-$3.md}
  if [ -z "$kept" ] || [ ! -e "$kept" ]; then
    set -f
    # shellcheck disable=SC2086
    program compare --root "$root" $AGUANTA_OPTIONS --progress never --export - --format comment -- "$other/$1" "$1" > "$other.md" 2>"$other.err" || {
      case $? in 98 | 99) ;; *) sed 's/^/  /' "$other.err" >&2; rm -f "$other.md" "$other.err"; return 1 ;; esac; }
    cat "$other.md" >> "$lines"
    [ -z "$kept" ] || cp "$other.md" "$kept"
    rm -f "$other.md" "$other.err"
  else
    cat "$kept" >> "$lines"
  fi
  echo >> "$lines"
}

compare_one() {
  count=$((count + 1)) now=$(hash_of "$1") before=
  [ ! -f "$other/$1" ] || [ -L "$other/$1" ] || ! names_us "$other/$1" || before=$(hash_of "$other/$1")
  [ -z "$now" ] || [ "$now" != "$before" ] || return 0
  changed=$((changed + 1))
  if [ -z "$now" ]; then
    printf '`%s` is not valid: the log says why.\n\n' "$(code_span "$1")" >> "$lines"
    code=3
  elif [ -z "$before" ]; then
    printf '`%s` is new, or was not valid before.\n\n' "$(code_span "$1")" >> "$lines"
  elif ! put_compared "$1" "$before" "$now"; then
    printf '`%s` cannot be compared with what it was: the log says why.\n\n' "$(code_span "$1")" >> "$lines"
  fi
}

list=$(mktemp)
scenarios > "$list"
while read -r f <&3; do compare_one "$f"; done 3< "$list"
gone=$(cd "$other" && find . -type f \( -name '*.json' -o -name '*.jsonc' -o -name '*.yaml' -o -name '*.yml' \) | sed 's#^\./##' | LC_ALL=C sort |
  while read -r f; do [ -e "$root/$f" ] || ! names_us "$f" || printf '`%s` is gone.\n\n' "$(code_span "$f")"; done)
rm -f "$list"

{
  echo "<!-- aguanta -->"
  echo "### aguanta: $changed of $count scenarios changed"
  echo
  if [ -s "$lines" ] || [ -n "$gone" ]; then cat "$lines"; printf '%s\n' "$gone"; else echo "No scenario has changed: every answer is the same."; fi
} | head -c 60000 > "$comment"
cat "$comment"
exit "$code"
