# lib.sh: what the scripts of this folder share. Read with `.`; they run in the root of the repository that is checked.
#
# The files that are checked are untrusted. So the program gets a minimal environment (no secret of the job can get into its output),
# --root set to the checkout (it reads no file outside, not even through links), and only files that declare themselves scenarios and are no links.
set -eu
: "${AGUANTA:=aguanta}" "${AGUANTA_OUT:=aguanta-out}" "${AGUANTA_CACHE:=}" "${AGUANTA_FILES:=}" "${AGUANTA_OPTIONS:=}"
umask 022
root=$(git rev-parse --show-toplevel)
cd "$root"
case $AGUANTA in */*) AGUANTA=$(cd "$(dirname "$AGUANTA")" && pwd)/$(basename "$AGUANTA") ;; *) AGUANTA=$(command -v "$AGUANTA") ;; esac
mkdir -p "$AGUANTA_OUT"

program() {
  env -i PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C.UTF-8 ${TMPDIR:+"TMPDIR=$TMPDIR"} ${NO_COLOR:+"NO_COLOR=$NO_COLOR"} \
    ${step_summary:+"GITHUB_STEP_SUMMARY=$step_summary"} "$AGUANTA" "$@"
}

# Answers are kept by what was asked and by the program that answered.
if [ -n "$AGUANTA_CACHE" ]; then
  AGUANTA_CACHE=$AGUANTA_CACHE/$(printf '%s' "$AGUANTA_OPTIONS" | cat "$AGUANTA" - | sha256sum | cut -c1-16)
  mkdir -p "$AGUANTA_CACHE"
fi

names_us() { grep -qE '("aguanta"[[:space:]]*:|^aguanta[[:space:]]*:)' "$1"; }

# Files that this commit has: no links, no names that git would quote.
tracked() { # tracked TREE PATTERN...
  if [ "$1" = . ]; then shift; git ls-files -s -- "$@"; else tree=$1; shift; git ls-tree -r "$tree" -- "$@" | sed 's/^\([0-9]*\) blob /\1 /'; fi |
    awk -F'\t' '$1 ~ /^100/ && $2 !~ /^"/ { print $2 }'
}

# What other scenarios extend is no scenario of its own.
extended() {
  while read -r f; do
    sed -n 's/^[^#]*"\{0,1\}extends"\{0,1\}[[:space:]]*:[[:space:]]*"\{0,1\}\([^",}]*\).*/\1/p' "$f" | while read -r parent; do
      realpath -m -s --relative-to=. "$(dirname "$f")/$parent"
    done
  done
}

# The scenarios: what $AGUANTA_FILES names (patterns of git), or all that say what they are.
scenarios() {
  all=$(mktemp) parents=$(mktemp)
  if [ -n "$AGUANTA_FILES" ]; then
    set -f
    # shellcheck disable=SC2086
    tracked . $AGUANTA_FILES
    set +f
  else
    tracked . '*.json' '*.jsonc' '*.yaml' '*.yml'
  fi | while read -r f; do
    if names_us "$f"; then echo "$f"; elif [ -n "$AGUANTA_FILES" ]; then echo "aguanta: $f does not say that it is a scenario: left out" >&2; fi
  done > "$all"
  [ -n "$AGUANTA_FILES" ] || extended < "$all" | sort -u > "$parents"
  grep -vxF -f "$parents" "$all" || true
  rm -f "$all" "$parents"
}

# The hash of all that a scenario says; empty when it is not valid.
hash_of() { program validate --hash --root "$root" -- "$1" 2>/dev/null | cut -c1-16 || true; }

# The worse of two exit codes, as the program orders them.
worse() { for code in 2 3 143 130 1 4 99 98 0; do [ "$code" != "$1" ] && [ "$code" != "$2" ] || { echo "$code"; return; }; done; echo 1; }

word_of() { case $1 in 0) echo PASS ;; 98) echo UNDECIDED ;; 99) echo FAIL ;; 3) echo "NOT VALID" ;; *) echo ERROR ;; esac; }
