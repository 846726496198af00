# shells: bash zsh busybox
set -- -a -b value -c rest
while getopts ab:c o; do echo "$o ${OPTARG:-}"; done
shift $((OPTIND - 1)); echo "left $*"
