#!/bin/sh
# dist.sh FOLDER: the sources of the commit as FOLDER/aguanta-VERSION.tar.gz, the same bytes wherever, whenever and by whom it is made.
# Times are that of the commit, owners and modes git's own; what is not committed is not in it.
set -eu
cd "$(dirname "$0")/.."
version=$(packaging/version.sh)
out=$1/aguanta-$version.tar.gz
git rev-parse -q --verify HEAD >/dev/null 2>&1 || { echo "make dist: needs the git repository: this is not one" >&2; exit 1; }
[ -z "$(git status --porcelain --untracked-files=no)" ] || echo "make dist: what is not committed is left out" >&2
umask 022
mkdir -p "$1"
LC_ALL=C TZ=UTC git -c tar.umask=0022 -c core.autocrlf=false archive --format=tar --prefix="aguanta-$version/" HEAD | gzip -n -9 > "$out.new"
mv "$out.new" "$out"
sha256sum "$out"
