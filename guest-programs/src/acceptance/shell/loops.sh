# shells: bash zsh busybox
for i in 1 2 3; do
    j=0
    while [ $j -lt $i ]; do
        j=$((j + 1))
        [ $j = 2 ] && continue
        echo "$i $j"
    done
done
until [ "$i" -ge 6 ]; do i=$((i + 1)); done
echo "until $i"
