/*
 * mix: many programs at a time, drawn at random from a list, for as long as it
 * is told: what a machine that runs for days goes through.
 *
 * Each line of the list is one program and what is known of it, separated by a
 * blank: the exit status, a file with what it prints or "-" where that does not
 * count, the program's file and its arguments.
 *
 * A worker is a process with a directory of its own, w0, w1..., in which it runs
 * one program after another. The first that ends or prints otherwise than the
 * list says ends them all: the status is 1, and what it printed is shown.
 *
 *   mix [-q] SECONDS WORKERS SEED LIST
 */
#define WORKLOAD "mix"
#include "workload.h"
#include "text.h"

#define MAX_PROGRAMS	256
#define MAX_WORDS	16
#define MAX_PRINTED	(1 << 16)

/* A line of the list, in words. */
struct program {
	int status;
	const char *expected;
	char *words[MAX_WORDS];	/* ends with NULL */
};

static struct program programs[MAX_PROGRAMS];
static int count;

/* Shared by all workers. */
static struct shared {
	unsigned long ran;
	int failed;
} *shared;

static char printed[MAX_PRINTED], expected[MAX_PRINTED];

/* Cuts the next word out of a line; NULL at its end. */
static char *next_word(char **at)
{
	char *begin = *at;

	while (*begin == ' ')
		begin++;
	if (*begin == 0 || *begin == '\n')
		return NULL;
	*at = begin;
	while (**at && **at != ' ' && **at != '\n')
		++*at;
	if (**at == ' ')
		*(*at)++ = 0;
	return begin;
}

static void read_list(const char *path)
{
	char *line = text;

	read_text(path);
	while (*line) {
		char *end = line, *word;
		struct program *program = &programs[count];

		while (*end && *end != '\n')
			end++;
		if (*end)
			*end++ = 0;
		word = next_word(&line);
		if (word) {
			int words = 0;

			program->status = (int)parse_long(word);
			program->expected = next_word(&line);
			while (words < MAX_WORDS - 1 && (word = next_word(&line)))
				program->words[words++] = word;
			if (words == 0 || ++count == MAX_PROGRAMS) {
				print("mix: %s: line %d cannot be read\n", path, count + 1);
				exit_process(2);
			}
		}
		line = end;
	}
	if (count == 0) {
		print("mix: %s: no program in it\n", path);
		exit_process(2);
	}
}

static long contents(int fd, char *to)
{
	long length = 0, got;

	while (length < MAX_PRINTED && (got = sys_pread(fd, to + length, MAX_PRINTED - length, length)) > 0)
		length += got;
	return length;
}

static long contents_of(const char *path, char *to)
{
	int fd = (int)must(path, sys_open(path, O_RDONLY, 0));
	long length = contents(fd, to);

	sys_close(fd);
	return length;
}

/* Runs a program with its output in a file; its status. */
static int run(struct program *program, int out)
{
	static char *none[] = { NULL };
	int child = (int)must("fork", fork_process());

	if (child == 0) {
		/* Of its own, so that what it sends to its group stays with it. */
		SC2(__NR_setpgid, 0, 0);
		sys_dup3(out, 1, 0);
		sys_close(out);
		sys_execve(program->words[0], program->words, none);
		exit_process(99);
	}
	return wait_status(child);
}

static void tell(const char *worker, struct program *program, int status, long length)
{
	if (__atomic_exchange_n(&shared->failed, 1, __ATOMIC_SEQ_CST))
		return;
	print("mix: in %s:", worker);
	for (int i = 0; program->words[i]; i++)
		print(" %s", program->words[i]);
	print(": ended with %d, not %d, and printed%s\n", status, program->status,
	      strcmp(program->expected, "-") ? " (not as expected)" : "");
	sys_write(1, printed, length);
}

/* Has the kernel's own threads do in a second what they do in an hour. Who may not, or has none, does without. */
static void hurry(void)
{
	static const char *const settings[][2] = {
		{ "/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs", "20" },
		{ "/sys/kernel/mm/transparent_hugepage/khugepaged/alloc_sleep_millisecs", "20" },
		{ "/sys/kernel/mm/ksm/sleep_millisecs", "20" },
		{ "/sys/kernel/mm/ksm/pages_to_scan", "1000" },
		{ "/sys/kernel/debug/sched/numa_balancing/scan_period_min_ms", "10" },
		{ "/sys/kernel/debug/sched/numa_balancing/scan_delay_ms", "1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		int fd = (int)sys_open(settings[i][0], O_WRONLY, 0);

		if (!is_error(fd)) {
			sys_write(fd, settings[i][1], strlen(settings[i][1]));
			sys_close(fd);
		}
	}
}

static int work(int number, unsigned long random, uint64_t end)
{
	char directory[16] = { 'w', '0' + number / 10, '0' + number % 10 };
	int out;

	must(directory, SC3(__NR_mkdirat, AT_FDCWD, directory, 0700));
	must("chdir", SC1(__NR_chdir, directory));
	out = (int)must("memfd_create", SC2(__NR_memfd_create, "printed", 1));
	while (now_ns() < end && !__atomic_load_n(&shared->failed, __ATOMIC_RELAXED)) {
		struct program *program = &programs[next_random(&random) % count];
		int wrong, status;
		long length;

		must("ftruncate", sys_ftruncate(out, 0));
		must("lseek", SC3(__NR_lseek, out, 0, 0));
		status = run(program, out);
		length = contents(out, printed);
		wrong = status != program->status;
		if (!wrong && strcmp(program->expected, "-"))
			wrong = contents_of(program->expected, expected) != length || memcmp(printed, expected, length);
		if (wrong) {
			tell(directory, program, status, length);
			return 1;
		}
		__atomic_fetch_add(&shared->ran, 1, __ATOMIC_RELAXED);
	}
	return 0;
}

int main(int argc, char **argv)
{
	int quiet = argc > 1 && strcmp(argv[1], "-q") == 0, workers, failed = 0;
	static int children[100];
	uint64_t end;

	argc -= quiet;
	argv += quiet;
	workers = argc == 5 ? (int)parse_long(argv[2]) : 0;
	if (argc != 5 || parse_long(argv[1]) < 1 || workers < 1 || workers > 100 || parse_long(argv[3]) < 0) {
		print("usage: mix [-q] SECONDS WORKERS SEED LIST\nWORKERS: 1 to 100\n");
		return 2;
	}
	workload.page = page_size();
	read_list(argv[4]);
	shared = (struct shared *)must("mmap", sys_mmap(NULL, workload.page, PROT_READ | PROT_WRITE,
							MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	if (is_faultline())
		hurry();
	end = now_ns() + parse_long(argv[1]) * 1000000000UL;
	for (int i = 0; i < workers; i++) {
		children[i] = (int)must("fork", fork_process());
		if (children[i] == 0)
			exit_process(work(i, (unsigned long)parse_long(argv[3]) * 1000003 + i * 7919 + 1, end));
	}
	for (int i = 0; i < workers; i++)
		failed |= wait_status(children[i]);
	print("mix workers=%d programs=%d", workers, count);
	if (!quiet)
		print(" ran=%lu", shared->ran);
	print("\n");
	return failed ? 1 : 0;
}
