/*
 * dirty-file: the test of VM_FAULT_COMPLETED, 2022. One thread stores to the
 * pages of a file that is mapped shared, from the first to the last, another
 * maps and unmaps memory. With more dirty pages than the limit the first waits
 * for the disk; where it holds mmap_lock meanwhile, the second is as slow.
 *
 *   dirty-file [-q] [PAGES [LIMIT]]	PAGES: of the file; LIMIT: pages that may be dirty, the system's unless told
 */
#define WORKLOAD "dirty-file"
#include "workload-file.h"

#define RATIO	"/proc/sys/vm/dirty_ratio"
#define BYTES	"/proc/sys/vm/dirty_bytes"

static struct size sizes[] = { { "PAGES", 512, 1 << 20 }, { "LIMIT", 0, 1 << 20 } };
#define pages	sizes[0].value
#define limit	sizes[1].value

static char *memory;
static int over;
static unsigned long maps;

static long read_setting(const char *name)
{
	char text[32];
	int fd = (int)must("open", sys_open(name, O_RDONLY, 0));
	long length = must("read", sys_read(fd, text, sizeof(text) - 1));

	sys_close(fd);
	while (length > 0 && text[length - 1] == '\n')
		length--;
	text[length] = 0;
	return parse_long(text);
}

static void write_setting(const char *name, long value)
{
	char text[32], *at = text + sizeof(text);
	int fd = (int)must("open", sys_open(name, O_WRONLY, 0));

	do
		*--at = '0' + value % 10;
	while ((value /= 10) != 0);
	must("write", sys_write(fd, at, text + sizeof(text) - at));
	sys_close(fd);
}

static int run(void *number)
{
	start_together();
	if (number == NULL) {
		for (long i = 0; i < pages; i++)
			*first_word(memory, i) = stamp(1, 0, i);
		__atomic_store_n(&over, 1, __ATOMIC_RELAXED);
		return 0;
	}
	do {
		unmap_pages(map_pages(1, PROT_READ | PROT_WRITE), 1);
		maps++;
	} while (!__atomic_load_n(&over, __ATOMIC_RELAXED));
	return 0;
}

static void check_file(int file)
{
	unsigned long word;

	for (long i = 0; i < pages; i++) {
		expect("last word of page", i, *last_word(memory, i), content(i));
		must("pread", sys_pread(file, &word, sizeof(word), i * workload.page));
		expect("word of the file at page", i, word, stamp(1, 0, i));
	}
}

int main(int argc, char **argv)
{
	long ratio = 0, bytes = 0;
	int file;

	read_sizes(argc, argv, sizes, ARRAY_SIZE(sizes));
	file = make_file(0, pages);
	must("fsync", SC1(__NR_fsync, file));
	memory = map_file(file, pages, PROT_READ | PROT_WRITE, MAP_SHARED);
	if (limit > 0) {
		ratio = read_setting(RATIO);
		bytes = read_setting(BYTES);
		write_setting(BYTES, limit * workload.page);
	}
	run_threads(2, run);
	if (ratio > 0)
		write_setting(RATIO, ratio);
	if (bytes > 0)
		write_setting(BYTES, bytes);
	check_file(file);
	print("dirty-file threads=2 pages=%ld limit=%ld", pages, limit);
	if (!workload.quiet) {
		print_measured();
		print(" dirtied_per_s=%lu maps=%lu maps_per_s=%lu", per_second(pages), maps, per_second(maps));
	}
	print("\n");
	return 0;
}
