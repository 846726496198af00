# shells: bash zsh busybox
trap 'echo got usr1' USR1
trap 'echo bye' EXIT
kill -USR1 $$
echo after
(trap 'echo sub term; exit 9' TERM; busybox sleep 5 & kill -TERM $(exec busybox sh -c 'echo $PPID'); wait) ; echo "sub $?"
exit 4
