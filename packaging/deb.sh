#!/bin/sh
# deb.sh PROGRAM FOLDER: a Debian package of the program that was built, as FOLDER/aguanta_VERSION_ARCHITECTURE.deb, and lintian's opinion of
# it where that is installed. What it depends on is read from the program.
set -eu
umask 022
cd "$(dirname "$0")/.."
program=$1 to=$2
version=$(packaging/version.sh) date=$(packaging/version.sh DATE) arch=$(dpkg --print-architecture)
# Whoever gives the package to others says who answers for it: DEB_MAINTAINER="NAME <ADDRESS>".
maintainer=${DEB_MAINTAINER:-The authors of aguanta <aguanta@example.org>}
SOURCE_DATE_EPOCH=$(date -u -d "$date" +%s)
export SOURCE_DATE_EPOCH
work=$to/root root=$to/root/tree doc=$to/root/tree/usr/share/doc/aguanta
rm -rf "$work"
mkdir -p "$root/DEBIAN" "$work/debian"

strip --remove-section=.comment --remove-section=.note "$program" -o "$work/aguanta"
ZSHDIR=$root/usr/share/zsh/vendor-completions packaging/install.sh install "$program" "$root" /usr
install -m 755 "$work/aguanta" "$root/usr/bin/aguanta"
find "$root/usr/share/man" -name '*.1' -exec gzip -n -9 {} +

# What Debian has instead of LICENSE and CHANGELOG.md.
rm "$doc/LICENSE" "$doc/CHANGELOG.md"
gzip -n -9 < CHANGELOG.md > "$doc/changelog.gz"
printf 'aguanta (%s-1) unstable; urgency=medium\n\n  * Version %s; what changed is in changelog.gz.\n\n -- %s  %s\n' "$version" "$version" \
  "$maintainer" "$(LC_ALL=C date -u -d "$date" '+%a, %d %b %Y %H:%M:%S +0000')" | gzip -n -9 > "$doc/changelog.Debian.gz"
cat > "$doc/copyright" <<END
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: aguanta

Files: *
Copyright: ${date%%-*} The authors of aguanta
License: GPL-3+
 This program is free software: you can redistribute it and/or modify it under the terms of the GNU General Public License as published by
 the Free Software Foundation, either version 3 of the License, or (at your option) any later version.
 .
 It is distributed in the hope that it will be useful, but WITHOUT ANY WARRANTY; without even the implied warranty of MERCHANTABILITY or
 FITNESS FOR A PARTICULAR PURPOSE.
 .
 On Debian systems the whole licence is in /usr/share/common-licenses/GPL-3.
END

# It is no upload to Debian, so it closes no bug there.
mkdir -p "$root/usr/share/lintian/overrides"
echo 'aguanta: initial-upload-closes-no-bugs' > "$root/usr/share/lintian/overrides/aguanta"

# dpkg-shlibdeps reads the package's control file.
printf 'Source: aguanta\n\nPackage: aguanta\nArchitecture: any\n' > "$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O tree/usr/bin/aguanta 2>/dev/null | sed 's/^shlibs:Depends=//')
cat > "$root/DEBIAN/control" <<END
Package: aguanta
Version: $version-1
Architecture: $arch
Maintainer: $maintainer
Installed-Size: $(du -k -s --apparent-size "$root/usr" | cut -f1)
Depends: $depends
Recommends: gnuplot-nox | gnuplot
Section: science
Priority: optional
Description: simulator of scaling scenarios of web systems
 Does it hold, what does it cost, when must we move? One file says who uses
 a web system, through which software, on which machines, what breaks, what
 things cost, and what must hold. aguanta simulates it request by request and
 prints latency percentiles, the bottleneck, uptime, recovery times and the
 monthly bill, each with its 95% interval, and a verdict per requirement.
END
(cd "$root" && find usr -type f | LC_ALL=C sort | xargs md5sum > DEBIAN/md5sums)
find "$root" -type d -exec chmod 755 {} +
dpkg-deb --root-owner-group -Zxz --build "$root" "$to/aguanta_$version-1_$arch.deb" >/dev/null
rm -rf "$work"
echo "$to/aguanta_$version-1_$arch.deb"
if command -v lintian >/dev/null 2>&1; then
  LC_ALL=C lintian --allow-root --fail-on error,warning --profile debian "$to/aguanta_$version-1_$arch.deb"
  echo "lintian: clean"
else
  echo "lintian is not installed: the package was not judged"
fi
