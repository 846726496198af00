# shells: bash zsh
printf '%s|%5d|%-5s|%05.2f|%x\n' s 42 ab 3.14159 255
echo 'a,b,c' | { IFS=, read -r x y z; echo "$z$y$x"; }
printf -v v '%03d' 7; echo "$v"
