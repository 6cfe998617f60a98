#!/bin/sh
# The first process of the machine in virtual time: mounts what programs expect, loads the kernel's modules, then leaves
# everything else to guest.js. When that ends the machine goes off.
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /tmp
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /run/netns /dev/shm /dev/pts
# Kernel messages would tear the lines on the console.
echo 1 > /proc/sys/kernel/printk
modprobe -a $(cat /rsplab/modules)
ip link set lo up
stty -F /dev/ttyS1 raw
export HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin RSPLAB_CACHE=/run/rsplab/cache
UV_THREADPOOL_SIZE=1 node --jitless --single-threaded --no-memory-reducer --max-semi-space-size=32 \
  /rsplab/dist/harness/lab/virtual/guest.js </dev/null
echo "rsplab-guest-exit $?"
sync
poweroff -f
