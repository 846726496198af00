# shells: bash zsh busybox
for w in apple banana 42 x9 ''; do
    case $w in
        a*) echo "$w: a" ;;
        *[0-9]) echo "$w: digit" ;;
        '') echo empty ;;
        *) echo "$w: other" ;;
    esac
done
