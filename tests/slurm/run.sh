#!/bin/sh
# A real Slurm on loopback, alone for this test: munged, slurmctld and slurmd in a private directory. The job that
# `sweep --emit slurm` prints runs as an array of 4 shards, of which one is killed; merge tells what is missing; only that shard
# is submitted again; the merged answer must be that of one run, byte for byte.
#
#     tests/slurm/run.sh build/aguanta      exit 0: as it should be; 77: skipped, with the reason; 1: not as it should be
#
# Installs slurm-wlm and munge through apt-get where they are missing and that is possible.
set -u
program=$(realpath "${1:-build/aguanta}")
scenario=$(realpath "$(dirname "$0")/../cli/small.json")

skip() { echo "slurm: skipped: $1"; exit 77; }
fail() { echo "slurm: FAILED: $1"; show_logs; exit 1; }
show_logs() { for f in "$D"/*.log "$D"/*.err; do [ -s "$f" ] && { echo "--- $f"; tail -15 "$f"; }; done; }

have_slurm() {
  PATH=$PATH:/usr/sbin:/sbin
  for tool in munged slurmctld slurmd sbatch squeue sinfo; do command -v $tool >/dev/null 2>&1 || return 1; done
}
install_slurm() {
  command -v apt-get >/dev/null 2>&1 || return 1
  sudo=
  [ "$(id -u)" = 0 ] || sudo="sudo -n"
  export DEBIAN_FRONTEND=noninteractive
  $sudo apt-get install -y --no-install-recommends slurm-wlm munge >/dev/null 2>&1 ||
    { $sudo apt-get update && $sudo apt-get install -y --no-install-recommends slurm-wlm munge; } >/dev/null 2>&1
}
have_slurm || install_slurm || skip "slurm-wlm and munge are not there and cannot be installed"
have_slurm || skip "slurm-wlm does not bring all of munged, slurmctld, slurmd, sbatch, squeue"
[ "$(id -u)" = 0 ] || skip "slurmd must be started by root"

D=$(mktemp -d /tmp/aguanta-slurm-XXXXXX)
munged_pid= slurmctld_pid= slurmd_pid=
stop_all() {
  for pid in $slurmd_pid $slurmctld_pid $munged_pid; do kill "$pid" 2>/dev/null; done
  wait
  rm -rf "$D"
}
trap stop_all EXIT
trap 'exit 1' INT TERM

host=$(hostname -s)
port=$((20000 + $$ % 20000))
chmod 755 "$D"
mkdir -p "$D/munge" "$D/state" "$D/spool"
chmod 700 "$D/munge"
dd if=/dev/urandom of="$D/munge/key" bs=1024 count=1 2>/dev/null
chmod 400 "$D/munge/key"
cat >"$D/slurm.conf" <<CONF
ClusterName=aguanta
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$D/munge.socket
CredType=cred/munge
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmctldPidFile=$D/slurmctld.pid
SlurmdPidFile=$D/slurmd.pid
SlurmctldLogFile=$D/slurmctld.log
SlurmdLogFile=$D/slurmd.log
StateSaveLocation=$D/state
SlurmdSpoolDir=$D/spool
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
MpiDefault=none
MailProg=/bin/true
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF="$D/slurm.conf"

munged --foreground --force --key-file="$D/munge/key" --socket="$D/munge.socket" --pid-file="$D/munge/pid" \
  --log-file="$D/munge/log" --seed-file="$D/munge/seed" >"$D/munged.err" 2>&1 &
munged_pid=$!
for _ in $(seq 50); do [ -S "$D/munge.socket" ] && break; sleep 0.1; done
[ -S "$D/munge.socket" ] || { cat "$D/munge/log" "$D/munged.err"; skip "munged does not start here"; }
slurmctld -D -f "$SLURM_CONF" >"$D/slurmctld.err" 2>&1 &
slurmctld_pid=$!
slurmd -D -f "$SLURM_CONF" -N "$host" >"$D/slurmd.err" 2>&1 &
slurmd_pid=$!
for _ in $(seq 60); do sinfo -h -o %T 2>/dev/null | grep -q idle && break; sleep 0.5; done
sinfo -h -o %T 2>/dev/null | grep -q idle || { show_logs; skip "no node of this Slurm becomes idle here"; }
echo "slurm: $(sbatch --version) is up"

# --- the test ------------------------------------------------------------------------------------------------------------------------

mkdir "$D/work"
cd "$D/work" || exit 1
# The program with a bad day: the first time that shard 3 is run it is killed on the way.
cat >"$D/aguanta" <<SCRIPT
#!/bin/sh
case " \$* " in
*" --shard 3/4 "*)
  if mkdir "$D/killed" 2>/dev/null; then
    "$program" "\$@" &
    for _ in \$(seq 100); do [ "\$(ls it.sweep/*.point 2>/dev/null | wc -l)" -ge 1 ] && break; sleep 0.02; done
    kill -9 \$!
    wait \$!
    exit 137
  fi ;;
esac
exec "$program" "\$@"
SCRIPT
chmod 755 "$D/aguanta"
set -- --vary services.web.replicas=1,2,3,4 --vary 'traffic.users.rate=50/s..200/s:6' --set run.window=30m --reps 8
"$program" sweep "$scenario" "$@" --store it.sweep --emit slurm --shards 4 --export merged.csv >job.sh || fail "--emit ends with $?"
AGUANTA="$D/aguanta"
export AGUANTA

run_array() { # run_array OPTIONS: submits and waits until all tasks have left the queue
  sbatch "$@" job.sh || fail "sbatch refuses the job"
  for _ in $(seq 300); do [ -z "$(squeue -h)" ] && return; sleep 0.5; done
  squeue
  fail "the array does not end"
}
run_array
[ -d "$D/killed" ] || fail "shard 3 was not killed, so nothing is shown"
sh job.sh merge >/dev/null 2>"$D/work/merge.err"
code=$?
cat "$D/work/merge.err"
[ $code = 4 ] || fail "merge with a missing shard ends with $code"
[ ! -e merged.csv ] || fail "merge wrote an answer that is not complete"
numbers=$(sed -n 's/^  point \([0-9]*\) .*/\1/p' merge.err)
[ -n "$numbers" ] || fail "merge names no missing point"
for n in $numbers; do [ $((n % 4)) = 2 ] || fail "point $n is missing, but not of shard 3"; done
run_array --array=3
sh job.sh merge >/dev/null 2>merge.err
code=$?
case $code in 0 | 98 | 99) ;; *) cat merge.err; fail "the second merge ends with $code" ;; esac
"$program" sweep "$scenario" "$@" --store single.sweep --export single.csv -q
[ "$code" = $? ] || fail "merge and a single run end differently"
cmp merged.csv single.csv || fail "the merged answer is not that of a single run"
echo "slurm: 4 shards, one killed and submitted again: $(wc -l <merged.csv) rows, the same bytes as one run"
