# shells: bash
busybox paste <(busybox seq 1 3) <(busybox seq 4 6)
while read -r l; do echo "l $l"; done < <(echo a; echo b)
coproc busybox cat; echo through >&"${COPROC[1]}"; read -r l <&"${COPROC[0]}"; echo "$l"
