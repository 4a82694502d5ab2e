#!/bin/sh
# install.sh install|uninstall PROGRAM DESTDIR PREFIX: what `make install` puts where, and `make uninstall` takes away again.
#
#   bin/aguanta                       the program
#   share/man/man1                    aguanta(1) and aguanta-COMMAND(1)
#   $BASHDIR, $ZSHDIR, $FISHDIR       completion
#   share/aguanta                     templates, price lists, presets, scripts for CI
#   share/doc/aguanta                 README.md, the pages with their pictures, the scenarios that they show
set -eu
umask 022
what=$1 program=$2 prefix=$4 to=$3$4
: "${BASHDIR:=$to/share/bash-completion/completions}" "${ZSHDIR:=$to/share/zsh/site-functions}" "${FISHDIR:=$to/share/fish/vendor_completions.d}"
man=$to/share/man/man1 data=$to/share/aguanta doc=$to/share/doc/aguanta

# Paths in the manual are those of the sources until here.
page() { # page NAME [COMMAND]
  "$program" manual ${2:+"$2"} |
    sed -e "s#scenarios/prices/#$prefix/share/aguanta/prices/#g" -e "s#models/service/presets/#$prefix/share/aguanta/presets/#g" \
      -e "s#\([^A-Za-z0-9_./]\|^\)docs/#\1$prefix/share/doc/aguanta/docs/#g" > "$man/$1.1"
}

put() {
  install -d "$to/bin" "$man" "$BASHDIR" "$ZSHDIR" "$FISHDIR" "$data/templates" "$data/prices" "$data/presets" "$doc"
  install -m 755 "$program" "$to/bin/aguanta"
  page aguanta
  for c in $("$program" help | sed -n 's/^  \([a-z][a-z]*\)  *.*/\1/p'); do [ "$c" = help ] || page "aguanta-$c" "$c"; done
  "$program" completion bash > "$BASHDIR/aguanta"
  "$program" completion zsh > "$ZSHDIR/_aguanta"
  "$program" completion fish > "$FISHDIR/aguanta.fish"
  install -m 644 scenarios/templates/*.yaml "$data/templates"
  install -m 644 scenarios/prices/*.json "$data/prices"
  install -m 644 models/service/presets/*.json "$data/presets"
  install -d "$data/ci"
  install -m 755 ci/*.sh "$data/ci"
  chmod 644 "$data/ci/lib.sh" # the others read it
  install -m 644 ci/gitlab.yml "$data/ci"
  for f in README.md LICENSE CHANGELOG.md SECURITY.md; do [ ! -e $f ] || install -m 644 $f "$doc"; done
  find docs scenarios -type f ! -name '.*' ! -path '*.sweep/*' -exec cp --parents -t "$doc" {} +
  find "$doc" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
}

# What is gone afterwards is ours alone: folders that others use stay where they are not empty.
remove() {
  rm -f "$to/bin/aguanta" "$man"/aguanta.1 "$man"/aguanta-*.1 "$BASHDIR/aguanta" "$ZSHDIR/_aguanta" "$FISHDIR/aguanta.fish"
  rm -rf "$data" "$doc"
  for d in "$to/bin" "$man" "$BASHDIR" "$ZSHDIR" "$FISHDIR" "$to/share/doc"; do
    while [ "$d" != "$to" ] && [ "$d" != / ] && rmdir "$d" 2>/dev/null; do d=$(dirname "$d"); done
  done
}

case $what in
  install) put ;;
  uninstall) remove ;;
  *) echo "install.sh: $what?" >&2; exit 2 ;;
esac
