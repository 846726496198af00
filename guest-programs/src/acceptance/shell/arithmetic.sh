# shells: bash zsh busybox
a=17 b=5
echo $((a + b)) $((a - b)) $((a * b)) $((a / b)) $((a % b)) $((a << 2)) $((a & b)) $((a ^ b)) $((a > b ? 1 : 0))
echo $((0x10 + 1)) $((-7 / 2)) $((1 << 40))
i=0; while [ $i -lt 2000 ]; do i=$((i + 1)); done; echo $i
