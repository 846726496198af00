# shells: bash zsh busybox
x=1
(x=2; cd /; echo "in $x")
echo "out $x"
y=$(x=3; echo "cmd $x"; exit 5); echo "$y $?"
{ x=6; }; echo "group $x"
(exit 3) || echo "or $?"
