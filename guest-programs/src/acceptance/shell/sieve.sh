# shells: bash zsh busybox
n=2; count=0
while [ $n -lt 300 ]; do
    d=2; prime=1
    while [ $((d * d)) -le $n ]; do
        if [ $((n % d)) = 0 ]; then prime=0; break; fi
        d=$((d + 1))
    done
    [ $prime = 1 ] && { count=$((count + 1)); last=$n; }
    n=$((n + 1))
done
echo "$count primes, the last $last"
