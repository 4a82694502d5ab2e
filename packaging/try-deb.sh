#!/bin/sh
# try-deb.sh PACKAGE [SUITE]: installs the package into a Debian that was just made, runs it there as nobody, removes it, and looks for what
# is left. Needs mmdebstrap and root; a machine that has not is told so, with exit status 77.
set -eu
suite=${2:-stable}
[ "$(id -u)" = 0 ] && command -v mmdebstrap >/dev/null 2>&1 || { echo "no root or no mmdebstrap here: the package was not tried in a chroot"; exit 77; }
room=$(mktemp -d /tmp/aguanta-chroot-XXXXXX)
trap 'rm -rf --one-file-system "$room"' EXIT
mmdebstrap --quiet --variant=apt --skip=cleanup/apt --include=ca-certificates "$suite" "$room/debian" || { echo "mmdebstrap cannot make a Debian here"; exit 77; }
cp "$1" "$room/debian/aguanta.deb"
cp /etc/resolv.conf "$room/debian/etc/resolv.conf"
inside() { chroot "$room/debian" env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME=/tmp LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"; }
inside sh -c 'find / -xdev -path /proc -prune -o -path /sys -prune -o -print | sort > /before'
inside apt-get install -y --no-install-recommends /aguanta.deb >/dev/null
inside su -s /bin/sh nobody -c 'cd /tmp && aguanta --version && aguanta init -o shop.yaml && aguanta run shop.yaml --reps 2 --set run.window=1min -q; [ $? -ge 98 ] || [ $? = 0 ]'
inside su -s /bin/sh nobody -c 'aguanta validate /usr/share/doc/aguanta/scenarios/platform/compose.json && test -r /usr/share/doc/aguanta/docs/results.md -a -r /usr/share/man/man1/aguanta.1.gz'
inside rm -f /tmp/shop.yaml
inside apt-get purge -y aguanta >/dev/null
left=$(inside sh -c 'find / -xdev -path /proc -prune -o -path /sys -prune -o -name "*aguanta*" -print | grep -v -e "^/aguanta.deb$" -e /var/log -e /var/cache' || true)
[ -z "$left" ] || { echo "left behind: $left"; exit 1; }
echo "installed, run and removed in a new Debian $suite"
