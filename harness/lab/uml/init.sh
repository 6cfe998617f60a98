#!/bin/sh
# The first process of a lab kernel. It needs nothing but a shell and mount, whatever else the machine lacks: the rest
# is done by guest.js. When that ends, or the console does because the host's process is gone, the kernel goes off.
mount -t proc proc /proc
off() { echo o > /proc/sysrq-trigger; sleep 60; }
# cat, because Node.js does not notice the end of a console.
{ cat; off; } | {
  "$RSPLAB_JOB/node" "$RSPLAB_JOB/guest.js" "$RSPLAB_JOB/job.json"
  echo "rsplab-guest-exit $?"
  off
}
