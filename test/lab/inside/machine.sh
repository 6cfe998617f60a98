#!/bin/sh
# The first process of a lab kernel that plays a machine of somebody's: its own addresses, clock, users, folder for
# temporary files, and a server of SSH. $RSPLAB_MACHINE is a folder with what it is to be. When the console ends, because
# whoever wanted the machine is gone, it goes off.
mount -t proc proc /proc
off() { echo o > /proc/sysrq-trigger; sleep 60; }
# Without a number of its own, what runs in the background gets nothing to read.
exec 3<&0
{ cat <&3 >/dev/null; off; } &
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /run
cp -r "$RSPLAB_MACHINE" /run/machine
. /run/machine/settings
mount -t tmpfs -o mode=1777 tmpfs /tmp
mkdir -p /run/sshd /run/home/root /run/home/lab
chown 4711 /run/home/lab
chmod 600 /run/machine/host
for file in passwd group; do mount --bind "/run/machine/$file" "/etc/$file"; done
modprobe --all --dirname "$modules" $names
now=$(date +%s.%N)
date -s "@$((${now%.*} + clock)).${now#*.}" >/dev/null
hostname "$name"
# As systemd has it: everybody may send pings.
echo '0 2147483647' > /proc/sys/net/ipv4/ping_group_range
ip link set lo up
ip -batch /run/machine/network
[ ! -s /run/machine/queues ] || tc -batch /run/machine/queues
exec /usr/sbin/sshd -D -e -f /run/machine/sshd.conf
