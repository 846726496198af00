/*
 * ksm: pages of the same contents that share one frame.
 *
 *   ksm errors	MADV_MERGEABLE, MADV_UNMERGEABLE, PR_SET_MEMORY_MERGE: what they take
 *   ksm merge	what is merged, and what stores, fork, mremap and advice do with it
 *   ksm threads	threads store to pages that are merged all the while
 *
 * The last two need the right to write to /sys/kernel/mm/ksm, whose settings
 * they put back.
 */
#include "text.h"

#ifndef PR_SET_MEMORY_MERGE
#define PR_SET_MEMORY_MERGE	67
#define PR_GET_MEMORY_MERGE	68
#endif
#define RW			(PROT_READ | PROT_WRITE)
#define SETTINGS		"/sys/kernel/mm/ksm/"
#define PATIENCE_MS		20000

static size_t page;

static void say(const char *what, long result)
{
	print("%s: %s\n", what, is_error(result) ? error_name(result) : "done");
}

static long pages_of(const void *address, const char *label)
{
	const char *found = smaps_line(address, label);

	return found ? parse_long(found) * 1024 / (long)page : -1;
}

static int is_mergeable(const void *address)
{
	for (const char *at = smaps_line(address, "VmFlags:"); at && *at && *at != '\n'; at++)
		if (at[0] == 'm' && at[1] == 'g')
			return 1;
	return 0;
}

static long merge_all(long arg2, long arg4)
{
	return SC5(__NR_prctl, PR_SET_MEMORY_MERGE, arg2, 0, arg4, 0);
}

static long merges_all(void)
{
	return SC5(__NR_prctl, PR_GET_MEMORY_MERGE, 0, 0, 0, 0);
}

static void errors(void)
{
	char *p = map_anonymous(4 * page, RW), *shared, *file;
	char *const again[] = { "ksm", "inherited", NULL };
	int fd, pid;

	say("mergeable", sys_madvise(p, page, MADV_MERGEABLE));
	print("%d %d\n", is_mergeable(p), is_mergeable(p + page));
	say("again", sys_madvise(p, page, MADV_MERGEABLE));
	say("not aligned", sys_madvise(p + 1, page, MADV_MERGEABLE));
	say("nothing", sys_madvise(p, 0, MADV_MERGEABLE));
	sys_munmap(p + 2 * page, page);
	say("with a hole", sys_madvise(p, 4 * page, MADV_MERGEABLE));
	print("%d %d\n", is_mergeable(p + page), is_mergeable(p + 3 * page));
	say("unmergeable", sys_madvise(p, 2 * page, MADV_UNMERGEABLE));
	print("%d %d\n", is_mergeable(p), is_mergeable(p + 3 * page));
	shared = (char *)sys_mmap(NULL, page, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	say("shared", sys_madvise(shared, page, MADV_MERGEABLE));
	print("%d\n", is_mergeable(shared));
	fd = (int)sys_open("ksm.tmp", O_RDWR | O_CREAT | O_TRUNC, 0600);
	sys_ftruncate(fd, (long)page);
	file = (char *)sys_mmap(NULL, page, RW, MAP_PRIVATE, fd, 0);
	say("private, of a file", sys_madvise(file, page, MADV_MERGEABLE));
	print("%d\n", is_mergeable(file));
	sys_close(fd);
	sys_unlink("ksm.tmp");

	print("all: %ld\n", merges_all());
	say("asking with an argument", SC5(__NR_prctl, PR_GET_MEMORY_MERGE, 1, 0, 0, 0));
	say("a fourth argument", merge_all(1, 1));
	say("all", merge_all(1, 0));
	print("all: %ld\n", merges_all());
	print("%d %d\n", is_mergeable(p), is_mergeable(shared));
	print("a new one: %d\n", is_mergeable(map_anonymous(page, PROT_READ)));
	print("the stack: %d\n", is_mergeable(&fd));
	pid = (int)fork_process();
	if (pid == 0) {
		print("a child: %ld\n", merges_all());
		sys_execve("/proc/self/exe", again, rt_envp);
		exit_process(1);
	}
	print("status %d\n", wait_status(pid));
	say("none", merge_all(0, 0));
	print("all: %ld, %d\n", merges_all(), is_mergeable(p));
	say("none again", merge_all(0, 0));
}

static void write_setting(const char *path, const char *value)
{
	int fd = (int)sys_open(path, O_WRONLY, 0);
	long got = is_error(fd) ? fd : sys_write(fd, value, strlen(value));

	if (is_error(got))
		die(path, got);
	sys_close(fd);
}

static char old_run[16], old_zero[16];

static void keep(char *old, const char *path)
{
	read_text(path);
	for (size_t i = 0; i < 15 && text[i] && text[i] != '\n'; i++)
		old[i] = text[i];
}

static void begin(void)
{
	keep(old_run, SETTINGS "run");
	keep(old_zero, SETTINGS "use_zero_pages");
	write_setting(SETTINGS "run", "1");
}

static void end(void)
{
	write_setting(SETTINGS "run", old_run);
	write_setting(SETTINGS "use_zero_pages", old_zero);
}

static char mark(char kind, size_t at)
{
	return (char)(kind + at / 64 * 7);
}

static void fill(char *p, size_t count, char kind)
{
	for (size_t i = 0; i < count; i++)
		for (size_t at = 0; at < page; at += 64)
			p[i * page + at] = mark(kind, at);
}

static int intact(const char *p, size_t from, size_t to, char kind)
{
	for (size_t i = from; i < to; i++)
		for (size_t at = 0; at < page; at += 64)
			if (p[i * page + at] != mark(kind, at))
				return 0;
	return 1;
}

static char *mergeable(size_t count, char kind)
{
	char *p = map_anonymous((count + 2) * page, PROT_NONE) + page;

	sys_mprotect(p, count * page, RW);
	fill(p, count, kind);
	if (is_error(sys_madvise(p, count * page, MADV_MERGEABLE)))
		die("MADV_MERGEABLE", -EINVAL);
	return p;
}

/* Waits until so many pages are as a label of smaps has it. */
static long await(const void *p, const char *label, long count)
{
	long now = pages_of(p, label);

	for (int waited = 0; now != count && waited < PATIENCE_MS; waited += 10) {
		sleep_ms(10);
		now = pages_of(p, label);
	}
	return now;
}

static uint64_t frame(const void *p)
{
	uint64_t entry = 0;
	int fd = (int)sys_open("/proc/self/pagemap", O_RDONLY, 0);

	sys_pread(fd, &entry, 8, (long)((unsigned long)p / page * 8));
	sys_close(fd);
	return entry & ((1ULL << 55) - 1);
}

static long merging(void)
{
	read_text("/proc/self/ksm_merging_pages");
	return parse_long(text);
}

static void merge(void)
{
	char *p = mergeable(8, 3), *q = mergeable(4, 5), *moved, *zeroes;
	int pid;

	begin();
	print("merged %ld and %ld\n", await(p, "KSM:", 8), await(q, "KSM:", 4));
	print("one frame: %d, another: %d\n", frame(p) == frame(p + 7 * page), frame(p) != frame(q));
	print("resident %ld, merging %ld\n", pages_of(p, "Rss:"), merging());
	print("intact: %d %d\n", intact(p, 0, 8, 3), intact(q, 0, 4, 5));
	p[0] = 100;
	print("after a store %ld, %d %d\n", pages_of(p, "KSM:"), p[0], intact(p, 1, 8, 3));
	pid = (int)fork_process();
	if (pid == 0) {
		print("in a child %ld\n", pages_of(p, "KSM:"));
		p[page] = 101;
		print("after its store %ld, %d %d\n", pages_of(p, "KSM:"), p[page], intact(p, 2, 8, 3));
		exit_process(0);
	}
	wait_status(pid);
	print("the parent's: %d\n", intact(p, 1, 8, 3));
	say("read-only", sys_mprotect(p + 2 * page, page, PROT_READ));
	say("and back", sys_mprotect(p + 2 * page, page, RW));
	p[2 * page] = 102;
	print("%d %d %d\n", p[2 * page], intact(p, 1, 2, 3), intact(p, 3, 8, 3));
	moved = map_anonymous(4 * page, PROT_NONE);
	say("move", sys_mremap(p + 4 * page, 4 * page, 4 * page, MREMAP_MAYMOVE | MREMAP_FIXED, moved));
	print("%d %d\n", intact(p, 3, 4, 3), intact(moved, 0, 4, 3));
	print("merged again %ld\n", await(moved, "KSM:", 4));
	say("unmergeable", sys_madvise(q, 4 * page, MADV_UNMERGEABLE));
	print("%ld, %d, one frame: %d\n", pages_of(q, "KSM:"), intact(q, 0, 4, 5), frame(q) == frame(q + page));
	write_setting(SETTINGS "use_zero_pages", "1");
	zeroes = mergeable(3, 0);
	memset(zeroes, 0, 3 * page);
	print("zeroes: resident %ld\n", await(zeroes, "Rss:", 0));
	zeroes[page] = 1;
	print("%d %d %d, resident %ld\n", zeroes[0], zeroes[page], zeroes[2 * page], pages_of(zeroes, "Rss:"));
	write_setting(SETTINGS "run", "2");
	print("all given back: %ld, resident %ld\n", pages_of(moved, "KSM:"), pages_of(zeroes, "Rss:"));
	print("intact: %d %d, merging %ld\n", intact(moved, 0, 4, 3), zeroes[page] == 1 && !zeroes[0], merging());
	end();
}

#define THREADS	3
#define PAGES	6
#define ROUNDS	24

static char *places[THREADS];

/* All threads store the same, so that their pages are merged, but each now and then something of its own. */
static int work(void *arg)
{
	long id = (long)arg;
	char *p = places[id];
	int torn = 0;

	for (int round = 0; round < ROUNDS; round++) {
		char kind = (char)(round / 6);

		fill(p, PAGES, kind);
		sleep_ms(round % 6 == 5 ? 60 : 1);
		torn += !intact(p, 0, PAGES, kind);
		p[round % PAGES * page + 1] = (char)(id + 1);
		sleep_ms(1);
		torn += p[round % PAGES * page + 1] != (char)(id + 1);
		torn += p[(round + 1) % PAGES * page + 1] != 0;
		p[round % PAGES * page + 1] = 0;
	}
	return torn;
}

static void threads(void)
{
	struct thread all[THREADS];
	char *quiet = mergeable(4, 9);

	begin();
	for (long i = 0; i < THREADS; i++) {
		places[i] = mergeable(PAGES, 0);
		thread_start(&all[i], work, (void *)i);
	}
	for (int i = 0; i < THREADS; i++)
		print("thread %d: %d torn\n", i, thread_join(&all[i]));
	print("beside them %ld, %d\n", await(quiet, "KSM:", 4), intact(quiet, 0, 4, 9));
	end();
}

int main(int argc, char **argv)
{
	page = page_size();
	if (argc == 2 && strcmp(argv[1], "errors") == 0)
		errors();
	else if (argc == 2 && strcmp(argv[1], "merge") == 0)
		merge();
	else if (argc == 2 && strcmp(argv[1], "threads") == 0)
		threads();
	else if (argc == 2 && strcmp(argv[1], "inherited") == 0)
		print("what it runs: %ld, %d\n", merges_all(), is_mergeable(map_anonymous(page, RW)));
	else
		return 2;
	return 0;
}
