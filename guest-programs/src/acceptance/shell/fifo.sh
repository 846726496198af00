# shells: bash busybox
busybox mkfifo p
busybox seq 1 5 > p &
while read -r n; do echo "got $n"; done < p
wait
echo done
