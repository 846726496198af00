# shells: bash busybox
busybox sleep 30 & p=$!
kill -TERM $p; wait $p; echo "term $?"
busybox sleep 30 & p=$!
kill -KILL $p; wait $p; echo "kill $?"
busybox sh -c 'kill -SEGV $$'; echo "segv $?"
