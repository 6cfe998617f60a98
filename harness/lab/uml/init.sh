#!/bin/sh
# The first process of a lab kernel. It needs nothing but a shell and mount, whatever else the machine lacks: the rest
# is done by guest.js. When that ends, for whatever reason, the kernel goes off.
mount -t proc proc /proc
"$RSPLAB_JOB/node" "$RSPLAB_JOB/guest.js" "$RSPLAB_JOB/job.json"
echo "rsplab-guest-exit $?"
echo o > /proc/sysrq-trigger
sleep 60
