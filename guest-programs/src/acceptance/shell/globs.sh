# shells: bash busybox
busybox touch a1 a2 b1 .hidden
echo a* ?1 [ab]2 none*
busybox mkdir d; busybox touch d/x; echo */
