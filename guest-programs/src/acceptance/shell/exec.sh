# shells: bash zsh busybox
echo before
(exec busybox echo replaced)
exec busybox sh -c 'echo "last $0 $1"; exit 12' zero one
echo never
