# shells: bash zsh busybox
(busybox sleep 0.2; exit 7) &
p=$!
wait $p
echo "waited $?"
for n in 1 2 3; do (exit $n) & pids="$pids $!"; done
sum=0
for p in $(echo $pids); do wait $p; sum=$((sum + $?)); done
echo "sum $sum"
