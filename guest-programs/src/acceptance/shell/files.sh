# shells: bash busybox
busybox mkdir -p t/u; for i in 1 2 3; do echo "line $i" > t/u/$i; done
busybox cp -r t t2; busybox rm -r t; busybox find t2 -type f | busybox sort
[ -d t2/u ] && [ ! -e t ] && echo ok
busybox ln -s t2/u s; busybox cat s/2; [ -L s ] && busybox readlink s
umask 027; : > m; busybox stat -c %a m
