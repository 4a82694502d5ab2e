#!/bin/sh
# static.sh [FOLDER]: build/aguanta-static, which needs no library of the machine that it runs on. FOLDER has cJSON.c and cJSON.h, for machines
# without a static cJSON; a library that has no static form otherwise is named, and nothing is built.
set -eu
cd "$(dirname "$0")/.."
cjson=${1:-} libs="-lcjson -lyaml -lgsl -lgslcblas -lm" headers=
: "${CC:=gcc}"
have() { [ "$($CC -print-file-name="lib$1.a")" != "lib$1.a" ]; }
missing=
for l in yaml gsl gslcblas m c; do have $l || missing="$missing lib$l.a"; done
if [ -n "$cjson" ]; then
  [ -e "$cjson/cJSON.c" ] || { echo "make static: no cJSON.c in $cjson" >&2; exit 1; }
  mkdir -p build/static/cjson/cjson
  cp "$cjson/cJSON.h" build/static/cjson/cjson/
  $CC -O2 -c -o build/static/cJSON.o "$cjson/cJSON.c"
  libs="build/static/cJSON.o ${libs#-lcjson }" headers="-isystem build/static/cjson"
elif ! have cjson; then
  missing="$missing libcjson.a (Debian has none: make static CJSON=FOLDER, of cJSON's sources)"
fi
[ -z "$missing" ] || { echo "make static: these libraries have no static form here:$missing" >&2; exit 1; }
make -s -j"$(nproc)" --no-print-directory B=build/static CC="$CC $headers" LDFLAGS="-static -pthread" LDLIBS="$libs" build/static/aguanta
cp build/static/aguanta build/aguanta-static
echo build/aguanta-static
