# Everything that runs on a remote host hangs on this. It gets its orders line by line and ends what it started, heals
# what was impaired and removes its folder when its orders end, when nothing has come for some seconds, when its time is
# over, or when it is killed itself: a second process, in a session of its own, watches the first, and the first it.
#
# sh -c "$script" "$script" LABEL PATIENCE DEADLINE (seconds); or, for the second,
# … watch FOLDER PARENT PATIENCE DEADLINE
#
# POSIX, and what dash, busybox and coreutils have. Seconds are counted by sleeping: clocks may be set.
umask 077
# Logging in without a terminal, an ordinary user often lacks these.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

heal() { [ -f "$1" ] && sh "$1" >/dev/null 2>&1; rm -f "$1"; }

# Groups first. Who left its group still has the mark that it was started with.
clean() {
  for file in "$folder"/heal/*; do heal "$file"; done
  for file in "$folder"/run/*; do [ -f "$file" ] && read -r pid < "$file" && kill -KILL "-$pid" 2>/dev/null; done
  for _ in 1 2 3; do
    # Fails for processes that end meanwhile, whatever it found.
    marked=$(grep -l "RSPLAB_HOLD=$folder" /proc/[0-9]*/environ 2>/dev/null)
    [ -n "$marked" ] || break
    for file in $marked; do pid=${file#/proc/}; kill -KILL "${pid%/environ}" 2>/dev/null; done
  done
  rm -rf "$folder"
}

# The state of a process and its parent: what comes before may hold blanks.
stat_of() {
  { read -r stat < "/proc/$1/stat"; } 2>/dev/null || return 1
  set -- ${stat##*) }
  state=$1 parent=$2
}

if [ "$1" = watch ]; then
  folder=$2 first=$3 patience=$4 deadline=$5
  trap '' HUP INT QUIT TERM PIPE
  quiet=0 before=''
  while sleep 1; do
    [ -d "$folder" ] || exit 0
    stat_of "$$"; [ "$parent" = "$first" ] || break
    deadline=$((deadline - 1)); [ "$deadline" -gt 0 ] || break
    read -r beat < "$folder/beat"
    if [ "$beat" = "$before" ]; then quiet=$((quiet + 1)); else quiet=0 before=$beat; fi
    [ "$quiet" -lt "$patience" ] || break
  done
  stat_of "$$"; [ "$parent" = "$first" ] && kill -KILL "$first"
  clean
  exit 0
fi

say() { printf '%s\n' "$*"; }

# Words in a session of their own, with a file for errors and one for output; their end is told as it comes.
start() (
  id=$1 log=$2 output=$3
  shift 3
  cd "$folder/logs" || exit
  (export "RSPLAB_HOLD=$folder"; exec setsid "$@" </dev/null >>"$output" 2>>"$log") &
  echo "$!" > "$folder/run/$id"
  say started "$id" "$!"
  wait "$!"
  code=$?
  rm -f "$folder/run/$id"
  say ended "$id" "$code"
)

# One text as lines that are short enough to stay whole among those of others; a short one without starting anything.
tell() {
  text=$2
  if [ ${#text} -gt 1000 ]; then
    text=$(printf '%s' "$text" | tr '\n' '\001')
    # Not by `read`, which takes a pipe byte by byte.
    while [ ${#text} -gt 900 ]; do
      rest=${text#$piece}
      say part "$1" "${text%"$rest"}"
      text=$rest
    done
    say part "$1" "$text"
    return
  fi
  line=''
  while :; do
    case $text in
      *"$nl"*) line=$line${text%%"$nl"*}$mark text=${text#*"$nl"} ;;
      *) say part "$1" "$line$text"; return ;;
    esac
  done
}

# Beside the beat, which would be missed while it lasts.
perform() {
  id=$1
  shift
  told=$("$@" 2>&1 </dev/null)
  code=$?
  tell "$id" "$told"
  say did "$id" "$code"
}

folder=$(mktemp -d "${TMPDIR:-/tmp}/rsplab-$1-XXXXXX") || exit
# Not ignored, or all that is started would ignore them, too.
trap : HUP INT QUIT TERM PIPE
mkdir "$folder/logs" "$folder/heal" "$folder/run"
echo 0 > "$folder/beat"
setsid sh -c "$0" "$0" watch "$folder" "$$" "$2" "$3" </dev/null >/dev/null 2>&1 &
watch=$!
nl='
' mark=$(printf '\001') piece=$(printf '%900s' '' | tr ' ' '?')
say ready "$folder" "$$" "$watch"
while IFS= read -r line; do
  stat_of "$watch" && [ "$state" != Z ] || break
  case $line in
    beat\ *)
      echo "${line#beat }" > "$folder/beat"
      say "$line" "$(date +%s.%N)"
      continue ;;
    heal\ *)
      line=${line#heal }
      printf 'nl="\n"\n%s\n' "${line#* }" > "$folder/heal/${line%% *}"
      continue ;;
  esac
  eval "set -- $line"
  verb=$1 id=$2
  shift 2
  case $verb in
    start) start "$id" "$@" & ;;
    signal)
      # Its group may not be there yet.
      if read -r pid < "$folder/run/$2" && { kill "-$1" "-$pid" || kill "-$1" "$pid"; }; then say did "$id" 0
      else say did "$id" 1; fi ;;
    do) perform "$id" "$@" & ;;
    lift) { heal "$folder/heal/$1"; say did "$id" 0; } & ;;
    forget) rm -f "$folder/heal/$1"; say did "$id" 0 ;;
  esac
done
clean
exec 2>/dev/null
kill -KILL "$watch"
wait
