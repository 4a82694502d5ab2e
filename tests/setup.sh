#!/bin/sh
# Installs what is missing to build, test and draw: Debian packages, through apt-get, with sudo when not root.
# On a terminal it asks first; without one, and where $CI is set, it goes on. `tests/setup.sh build` wants what compiling takes alone,
# `tests/setup.sh browser` also wants a Chromium, `tests/setup.sh lint` also wants clang-format and clang, `tests/setup.sh clang` clang.
set -eu
: "${CLANG:=clang}"
missing=
need() { # need PACKAGE: the test after it failed
  missing="$missing $1"
}
command -v gcc >/dev/null 2>&1 || command -v cc >/dev/null 2>&1 || need gcc
[ -e /usr/include/stdio.h ] || need libc6-dev
[ -e /usr/include/cjson/cJSON.h ] || [ -e /usr/local/include/cjson/cJSON.h ] || need libcjson-dev
[ -e /usr/include/yaml.h ] || [ -e /usr/local/include/yaml.h ] || need libyaml-dev
[ -e /usr/include/gsl/gsl_cdf.h ] || [ -e /usr/local/include/gsl/gsl_cdf.h ] || need libgsl-dev
if [ "${1:-}" != build ]; then
  [ -e /usr/include/CUnit/CUnit.h ] || [ -e /usr/local/include/CUnit/CUnit.h ] || need libcunit1-dev
  python3 -c 'import jsonschema' 2>/dev/null || need python3-jsonschema
  command -v gnuplot >/dev/null 2>&1 || need gnuplot-nox
fi
[ "${1:-}" != lint ] || command -v clang-format >/dev/null 2>&1 || need clang-format
[ "${1:-}" != browser ] || command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || need chromium
case "${1:-}" in lint | clang) command -v "${CLANG##* }" >/dev/null 2>&1 || need clang ;; esac
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo "aguanta needs, under Debian's names:$missing" >&2
  echo "(a C compiler, cJSON, libyaml, GSL, CUnit, Python with jsonschema, and gnuplot). Install them with your system's packages and try again." >&2
  exit 1
fi
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
if [ -t 0 ] && [ -t 2 ] && [ -z "${CI:-}" ]; then
  printf 'aguanta needs these packages:%s\nInstall them now (%sapt-get install)? [Y/n] ' "$missing" "${sudo:+$sudo }" >&2
  read -r answer || answer=n
  case $answer in [Nn]*) echo "not installed:$missing" >&2; exit 1 ;; esac
fi
echo "installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
$sudo apt-get install -y --no-install-recommends $missing >/dev/null 2>&1 ||
  { $sudo apt-get update >/dev/null && $sudo apt-get install -y --no-install-recommends $missing >/dev/null; }
