# shells: bash zsh busybox
fact() { [ "$1" -le 1 ] && echo 1 || echo $(($1 * $(fact $(($1 - 1))))); }
fact 8
greet() { local who=$1; shift; echo "hello $who, $# more: $*"; return 3; }
greet world a b c
echo "status $?"
