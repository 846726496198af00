/*
 * text.h: reads what /proc and /sys say, line by line.
 */
#ifndef GUEST_TEXT_H
#define GUEST_TEXT_H

#include "rt.h"

static char text[1 << 17];

/* A file as a string, in text. */
static inline void read_text(const char *path)
{
	int fd = (int)sys_open(path, O_RDONLY, 0);
	size_t length = 0;
	long got;

	if (is_error(fd))
		die(path, fd);
	while (length < sizeof(text) - 1 && (got = sys_read(fd, text + length, sizeof(text) - 1 - length)) > 0)
		length += got;
	text[length] = 0;
	sys_close(fd);
}

/* A hexadecimal number, which is passed by; 0 where there is none. */
static inline unsigned long hex(const char **at)
{
	unsigned long value = 0;

	for (;; ++*at) {
		char c = **at;

		if (c >= '0' && c <= '9')
			value = value * 16 + (c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value * 16 + (c - 'a' + 10);
		else
			return value;
	}
}

/* The line behind the one a place is in, or NULL. */
static inline const char *next_line(const char *at)
{
	while (*at && *at != '\n')
		at++;
	return *at ? at + 1 : NULL;
}

/* The line of smaps that begins with a label, of the mapping of an address: what is behind the label, or NULL. */
static inline const char *smaps_line(const void *address, const char *label)
{
	size_t length = strlen(label);
	int inside = 0;

	read_text("/proc/self/smaps");
	for (const char *at = text; at && *at; at = next_line(at)) {
		const char *end = at;
		unsigned long first = hex(&end), last;

		if (end != at && *end == '-') {
			end++;
			last = hex(&end);
			inside = (unsigned long)address >= first && (unsigned long)address < last;
		} else if (inside && memcmp(at, label, length) == 0) {
			for (end = at + length; *end == ' '; end++)
				;
			return end;
		}
	}
	return NULL;
}

#endif
