# Boots a lab kernel as an ordinary process. Its console is two pipes, for whoever is to talk with it.
# $1: the folder with the kernel and its image; $2, $3: a folder that it sees whole, and the name of its own within; then
# more of its command line.
files=$1 folder=$2 name=$3 own=$2/$3
shift 3
# Its memory is a file, from which it runs programs.
memory=$own
[ -w /dev/shm ] && ! grep -q ' /dev/shm .*noexec' /proc/mounts && memory=/dev/shm
TMPDIR=$memory exec "$files/linux" "initrd=$files/image" quiet con=null con0=fd:0,fd:1 "uml_dir=$own/" umid=kernel \
  "RSPLAB_HOST=$folder" "RSPLAB_NAME=$name" "$@" <"$own/in" >"$own/out"
