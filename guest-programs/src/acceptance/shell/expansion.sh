# shells: bash busybox
v=path/to/file.tar.gz
echo "${v##*/} ${v%%.*} ${v%.gz} ${#v} ${unset:-default} ${v:+set}"
set -- "a b" c 'd  e'
for x in "$@"; do echo "<$x>"; done
IFS=:; for x in $(echo 1:2:3); do echo "$x"; done
