# Sends what is new in the files of a folder whenever it is asked, by a line. $1: the folder.
cd "$1" || exit
known=' '
while IFS= read -r _; do
  sizes=$(wc -c -- * 2>/dev/null)
  while read -r size name; do
    [ -f "$name" ] || continue
    case $known in *" $name:$size "*) continue ;; esac
    old=${known#*" $name:"}
    if [ "$old" = "$known" ]; then old=0; else old=${old%% *} known="${known%" $name:"*} ${known#*" $name:$old "}"; fi
    if [ "$size" -lt "$old" ]; then printf 'anew %s 0\n' "$name"; old=0; fi
    printf 'more %s %s\n' "$name" "$((size - old))"
    tail -c "+$((old + 1))" -- "$name" | head -c "$((size - old))"
    known="$known$name:$size "
  done <<END
$sizes
END
  printf 'done\n'
done
