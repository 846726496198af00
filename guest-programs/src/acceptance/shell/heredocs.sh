# shells: bash zsh busybox
name=value
busybox cat <<END
expanded $name $((6 * 7)) $(echo sub)
END
busybox cat <<'END'
literal $name
END
busybox cat <<-END
	tabs gone
	END
while read -r line; do echo "[$line]"; done <<END
a
b c
END
