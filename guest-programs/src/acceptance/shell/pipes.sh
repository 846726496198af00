# shells: bash zsh busybox
busybox seq 1 200 | while read -r n; do [ $((n % 50)) = 0 ] && echo "n $n"; done
echo one two three | { read -r a b c; echo "$c $b $a"; }
busybox seq 1 1000 | busybox sort -r -n | busybox head -n 2 | busybox tr '\n' ' '
echo
false | true; echo "pipe $?"
