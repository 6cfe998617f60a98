# Says what a host is and has: a word and what follows it, line by line. Changes nothing that stays.
# $1: root, sudo or user; then pairs of addresses, own and other.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
say() { printf '%s\n' "$*"; }
say uid "$(id -u)"
say kernel "$(uname -sr)"
say machine "$(uname -m)"
say libc "$(getconf GNU_LIBC_VERSION 2>/dev/null)"
[ -r /etc/os-release ] && . /etc/os-release
say system "$ID $ID_LIKE"
for program in rspregistrar rspserver calcappclient setsid mktemp mkfifo gzip ip tc dumpcap ping sudo; do
  command -v "$program" >/dev/null && say has "$program"
done
for library in /usr/lib/librsplib.so.* /usr/lib/*/librsplib.so.* /usr/lib64/librsplib.so.* /usr/local/lib*/librsplib.so.*; do
  [ -e "$library" ] && say rsplib "${library##*librsplib.so.}"
done
if [ -e /proc/net/sctp ]; then say sctp loaded
elif [ -n "$(find "/lib/modules/$(uname -r)" -name 'sctp.ko*' 2>/dev/null)" ]; then say sctp module
fi
# The clock's own word, where somebody keeps it.
if command -v chronyc >/dev/null; then say time "$(chronyc -n tracking 2>/dev/null | sed -n 's/^System time *: //p')"
elif command -v timedatectl >/dev/null; then say time "$(timedatectl show -p NTPSynchronized 2>/dev/null)"
fi
right=$1
shift
as_root() { if [ "$right" = sudo ]; then sudo -n "$@"; else "$@"; fi; }
if [ "$right" != user ] && as_root true >/dev/null 2>&1; then
  say may be-root
  stage=rsplab$$
  if as_root ip link add "$stage" type ifb 2>/dev/null; then
    as_root tc qdisc add dev "$stage" clsact 2>/dev/null &&
      as_root tc filter add dev "$stage" egress protocol ip pref 1 flower ip_proto sctp action drop 2>/dev/null &&
      say may filter
    as_root tc qdisc add dev "$stage" root netem delay 1ms 2>/dev/null && say may impair
    as_root ip link del "$stage"
  fi
fi
while [ $# -gt 1 ]; do
  { answer=$(ping -n -c 7 -i 0.25 -W 3 -I "$1" "$2" 2>/dev/null); say "ping $1 $2" $(say "$answer" | sed -n 's/.*time=\([0-9.]*\) ms.*/\1/p'); } &
  shift 2
done
wait
