#!/bin/sh
# Writes the screens of tests/cli/screens anew, in 60, 80 and 120 columns: look at what has changed before it is committed.
cd "$(dirname "$0")/../../.." || exit 1
export NO_COLOR=1
while read -r name words; do
  for columns in 60 80 120; do
    # shellcheck disable=SC2086
    COLUMNS=$columns build/aguanta $words > build/screen.out 2> build/screen.err < /dev/null
    cat build/screen.out build/screen.err > "tests/cli/screens/$name.$columns"
  done
done < tests/cli/screens/commands
rm -f build/screen.out build/screen.err
