#!/usr/bin/dash
# The first process of a lab kernel on somebody's host: it makes networks of tunnels whose other ends are in other hosts'
# lab kernels, and then is to rsplab what the host's own shell would be, a supervisor on the console. When that ends, the
# kernel goes off. $RSPLAB_HOST is a folder of the host's, as it has it, and $RSPLAB_NAME the kernel's own within.
/bin/busybox mount -t proc proc /proc
# What is there already stays as it is, such as the shell.
/bin/busybox --install -s /bin 2>/dev/null
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TMPDIR="/host/$RSPLAB_NAME"
off() { echo o > /proc/sysrq-trigger; sleep 60; }
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /tmp
# Kernel messages would tear the lines on the console.
echo 1 > /proc/sys/kernel/printk
stty raw -echo
mount -t hostfs -o "$RSPLAB_HOST" hostfs /host
modprobe --all $(cat /modules)
ip link set lo up
said=$(ip -batch "$TMPDIR/network" 2>&1) || { echo "failed $(echo "$said" | tr '\n' ' ')"; off; }
# A console jams when more comes than 4096 bytes at once: what comes is the number of a file that has the order.
take() {
  while IFS= read -r number; do
    IFS= read -r line < "$TMPDIR/orders/$number"
    printf '%s\n' "$line"
  done
}
text=$(cat "$TMPDIR/supervisor")
take | { sh -c "$text" "$text" $(cat "$TMPDIR/terms"); off; }
