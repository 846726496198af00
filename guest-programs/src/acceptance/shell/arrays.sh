# shells: bash
a=(one two three); a+=(four); echo "${#a[@]} ${a[1]} ${a[@]:2}"
declare -A m; m[x]=1; m[y]=2; echo "$((m[x] + m[y])) ${#m[@]}"
for i in "${!a[@]}"; do printf '%d=%s ' "$i" "${a[i]}"; done; echo
[[ abc123 =~ ^([a-z]+)([0-9]+)$ ]] && echo "${BASH_REMATCH[2]} ${BASH_REMATCH[1]}"
