# shells: zsh
a=(c b a); print -l ${(o)a}
typeset -A m; m=(k1 v1 k2 v2); print ${(ok)m}
print ${(U)a[1]} ${(j:-:)a}
for ((i = 0; i < 3; i++)) print -n "$i "; print
repeat 2 print again
