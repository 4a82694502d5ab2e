#!/bin/sh
# Writes tests/import/expected anew, from the table of tests/sim/import/test_import.c: look at what has changed before it is committed.
cd "$(dirname "$0")/../.." || exit 1
sed -n 's/^    {"\([a-z0-9-]*\)", {\("[a-z0-9]*", "tests.*"\)}},$/\1 \2/p' tests/sim/import/test_import.c | tr -d '",' |
  while read -r name words; do
    # shellcheck disable=SC2086
    build/aguanta import $words > "tests/import/expected/$name.yaml" 2> "tests/import/expected/$name.account" || echo "$name: $?"
  done
