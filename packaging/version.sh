#!/bin/sh
# version.sh [DATE]: the version, or its date, from the one place that has them.
set -eu
sed -n "s/^#define AGUANTA_${1:-VERSION} *\"\(.*\)\".*/\1/p" "$(dirname "$0")/../sim/study/version.h"
