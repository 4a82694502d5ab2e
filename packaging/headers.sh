#!/bin/sh
# headers.sh FOLDER: links to the headers of the libraries that the program uses, without those of this machine's C library.
set -eu
mkdir -p "$1"
for h in cjson yaml.h gsl; do
  for from in /usr/include /usr/local/include; do [ ! -e "$from/$h" ] || ln -sfn "$from/$h" "$1/$h"; done
  [ -e "$1/$h" ] || { echo "headers.sh: no $h" >&2; exit 1; }
done
