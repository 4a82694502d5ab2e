#!/bin/sh
# sweep.sh shard I N STUDY: the I-th of N parts of a sweep; its points are kept in AGUANTA_OUT/sweep, a folder to cache: points that are there
# and have not changed are not run again.
# sweep.sh merge STUDY STORE...: the answer of all shards, AGUANTA_OUT/NAME.csv.
. "$(dirname "$0")/lib.sh"
what=$1
shift
study() { # the study is a file of this commit, and no link
  [ -n "$(tracked . "$1")" ] && [ ! -L "$1" ] || { echo "sweep.sh: $1 is no file of this commit" >&2; exit 2; }
  grep -q '"aguanta_study"' "$1" || { echo "sweep.sh: $1 does not say that it is a study" >&2; exit 3; }
}
set -f
case $what in
  shard)
    case "$1$2" in *[!0-9]*) echo "sweep.sh shard I N STUDY" >&2; exit 2 ;; esac
    study "$3"
    code=0
    # shellcheck disable=SC2086
    program sweep --root "$root" $AGUANTA_OPTIONS --progress never --shard "$1/$2" --store "$AGUANTA_OUT/sweep" -- "$3" || code=$?
    # A verdict is that of the merged answer, not of a shard.
    case $code in 0 | 98 | 99) exit 0 ;; *) exit "$code" ;; esac
    ;;
  merge)
    name=$(basename "$1") file=$1
    study "$1"
    # shellcheck disable=SC2086
    program merge --root "$root" $AGUANTA_OPTIONS --export "$AGUANTA_OUT/${name%.*}.csv" -- "$@"
    ;;
  *) echo "sweep.sh: $what?" >&2; exit 2 ;;
esac
