# shells: bash zsh busybox
echo one > f; echo two >> f; busybox cat < f
{ echo out; echo err >&2; } > o 2> e; busybox cat e o
exec 3> g; echo three >&3; exec 3>&-; busybox cat g
busybox ls nothing 2> /dev/null || echo "no $?"
echo x 2>&1 > /dev/null | busybox wc -l
