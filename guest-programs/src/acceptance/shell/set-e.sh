# shells: bash zsh busybox
set -e
false || echo tolerated
if ! true; then echo no; fi
(set -e; false; echo never) || echo "inner failed"
false
echo never
