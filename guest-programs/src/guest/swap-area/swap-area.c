/*
 * swap-area: swapon and swapoff: what they refuse, in which order, and what may
 * not be done to a file while it is a swap area. Needs the right to do so.
 *
 *   swap-area
 */
#include "rt.h"

#define SLOTS	16
#define PREFER	0x8000
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

static const char name[] = "swap-area.tmp";
static size_t page;
static int file;

static const char *name_of(long error)
{
	switch (-error) {
	case EBUSY:
		return "EBUSY";
	case EISDIR:
		return "EISDIR";
	case ETXTBSY:
		return "ETXTBSY";
	}
	return error_name(error);
}

static void show(const char *what, long result)
{
	print("%s: %s\n", what, is_error(result) ? name_of(result) : "done");
}

static long swap_on(const char *path, long flags)
{
	return SC2(__NR_swapon, path, flags);
}

static long swap_off(const char *path)
{
	return SC1(__NR_swapoff, path);
}

/* The header that mkswap writes: version, last page, bad pages behind 1024 bytes, a word at the end. */
static void write_header(unsigned version, unsigned last, unsigned bad, const char *word)
{
	unsigned numbers[3] = { version, last, bad };

	sys_pwrite(file, numbers, sizeof(numbers), 1024);
	sys_pwrite(file, word, 10, page - 10);
}

static void refused_headers(void)
{
	show("no header", swap_on(name, 0));
	write_header(1, SLOTS - 1, 0, "SWAPSPACE1");
	show("the old kind", swap_on(name, 0));
	write_header(2, SLOTS - 1, 0, "SWAPSPACE2");
	show("version 2", swap_on(name, 0));
	write_header(1, 0, 0, "SWAPSPACE2");
	show("empty", swap_on(name, 0));
	write_header(1, SLOTS, 0, "SWAPSPACE2");
	show("longer than the file", swap_on(name, 0));
	write_header(1, SLOTS - 1, 1, "SWAPSPACE2");
	show("a bad page in a file", swap_on(name, 0));
}

/* What /proc/swaps says of the file, from its type on. */
static void show_line(const char *when)
{
	char text[2048];
	int fd = (int)sys_open("/proc/swaps", O_RDONLY, 0);
	long got = sys_read(fd, text, sizeof(text) - 1);
	char *at = text;

	sys_close(fd);
	text[got > 0 ? got : 0] = 0;
	for (; *at; at++)
		if (memcmp(at, name, sizeof(name) - 1) == 0)
			break;
	if (!*at) {
		print("%s: no line\n", when);
		return;
	}
	while (*at && *at != ' ')
		at++;
	while (*at == ' ')
		at++;
	for (char *end = at; *end; end++)
		if (*end == '\n')
			*end = 0;
	print("%s: %s\n", when, at);
}

static void in_use(void)
{
	char byte = 1;
	long memory;

	show("on again", swap_on(name, 0));
	show("pwrite", sys_pwrite(file, &byte, 1, 5000));
	show("ftruncate to less", sys_ftruncate(file, page));
	show("unlink", sys_unlink(name));
	memory = sys_mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	show("shared writable mapping", memory);
	memory = sys_mmap(NULL, page, PROT_READ, MAP_SHARED, file, 0);
	show("shared readable mapping", is_error(memory) ? memory : 0);
}

/* Some pages go out, and come back with swapoff. */
static void out_and_back(void)
{
	unsigned char present[4];
	char *memory = map_anonymous(4 * page, PROT_READ | PROT_WRITE);
	long sum = 0;

	for (int i = 0; i < 4; i++)
		memory[i * page] = i + 1;
	show("MADV_PAGEOUT", sys_madvise(memory, 4 * page, MADV_PAGEOUT));
	print("the third: %d\n", memory[2 * page]);
	show("off", swap_off(name));
	sys_mincore(memory, 4 * page, present);
	print("in core: %d%d%d%d\n", present[0] & 1, present[1] & 1, present[2] & 1, present[3] & 1);
	for (int i = 0; i < 4; i++)
		sum = sum * 10 + memory[i * page];
	print("read back: %ld\n", sum);
}

static void unprivileged(void)
{
	int pid = (int)fork_process();

	if (pid == 0) {
		SC3(__NR_setresuid, 1000, 1000, 1000);
		show("unprivileged, on", swap_on(name, 0));
		show("unprivileged, unknown flag", swap_on(name, 0x100000));
		show("unprivileged, off", swap_off(name));
		exit_process(0);
	}
	wait_status(pid);
}

int main(int argc, char **argv)
{
	page = page_size();
	file = (int)sys_open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (is_error(file))
		die(name, file);
	sys_ftruncate(file, SLOTS * page);
	write_header(1, SLOTS - 1, 0, "SWAPSPACE2");
	show("with holes", swap_on(name, 0));
	for (int i = 0; i < SLOTS; i++)
		sys_pwrite(file, "", 1, (i + 1) * page - 1);

	show("unknown flag", swap_on(name, 0x100000));
	show("unknown flag, no file", swap_on("swap-area.none", 0x100000));
	show("no file", swap_on("swap-area.none", 0));
	show("no pointer", swap_on((char *)8, 0));
	show("empty name", swap_on("", 0));
	show("a directory", swap_on(".", 0));
	show("a device of characters", swap_on("/dev/null", 0));
	refused_headers();
	write_header(1, SLOTS - 1, 0, "SWAPSPACE2");
	show("off before", swap_off(name));
	show("off, no file", swap_off("swap-area.none"));
	show("off, a directory", swap_off("."));
	unprivileged();
	show("on", swap_on(name, PREFER | 7));
	in_use();
	out_and_back();
	show_line("off");
	show("off again", swap_off(name));
	show("pwrite", sys_pwrite(file, &page, 1, 5000));
	show("unlink", sys_unlink(name));
	return 0;
}
