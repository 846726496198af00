/*
 * What the oracles of all architectures share: a program that executes test cases on the processor it runs on.
 *
 * An oracle only executes. Cases come from standard input, results go to standard output; what is tried and what the
 * outcome means is decided by the other side, faultline.core.conformance.Oracle, which knows this protocol.
 *
 *   greeting    one line each: "faultline-oracle 1 ARCHITECTURE", the names of the state's words, the processor;
 *               or "faultline-oracle unfit: REASON" where the machine is none to compare with
 *   batch       u32 bytes that follow, u32 number of cases; then the cases. The answer has the same frame.
 *   case        u32 bytes of code, u32 number of runs, the state's words, the code, the runs
 *   result      u32 0, u32 number of runs, the state's words, the runs: what memory holds that it did not hold before
 *   run         u64 address, u32 bytes, u32 0, the bytes
 *
 * Code and bytes are padded to a multiple of 8; numbers are in the processor's own byte order.
 *
 * Every case finds the same memory: two pages of code that can be read and executed, filled with what traps; two pages
 * of data that can be read and written, and one behind them that can only be read, all three filled with the pattern
 * below. Behind these nothing is mapped. A case is begun by returning into it from a signal handler and ended by the
 * signal it raises, whose handler reads the next case and returns into that. A case that raises none is ended by a
 * timer.
 *
 * An architecture's file includes this one and defines what is declared under "the architecture's". Where it defines
 * CODE_IN_PLACE before, code is written where it is executed, which may be written only then: emulators look for changed
 * code there alone. Else it is written through a second mapping, which is faster.
 *
 * An oracle's one argument, if it has one, says which processor this is: under an emulator it cannot know all of it.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE 4096UL
#define CODE_PAGE 0x10000000UL
#define CODE_BYTES (2 * PAGE)
#define CODE (CODE_PAGE + 0x800)
#define DATA 0x20000000UL
#define WRITABLE_BYTES (2 * PAGE)
#define DATA_BYTES (3 * PAGE)
#define LONGEST_CODE 0x800
#define BATCH_BYTES (16UL << 20)

/* A tick of a timer that counts the program's own time; a case that sees two of them is ended. */
#define TICK_MICROSECONDS 20000

/* Unchanged bytes between two changed ones that do not begin a new run. */
#define GAP 8

/* --- The architecture's ------------------------------------------------------------------------------------------ */

/* Its name, and the names of its state's words, separated by spaces. */
static const char *const architecture;
static const char *const word_names;

/* Writes a line that says which processor this is. */
static void processor(char *line, size_t size);

/* Why the machine is none to compare with, NULL if it is one. */
static const char *unfit(void);

/* Fills code memory with what traps. */
static void fill_code(uint8_t *code, size_t bytes);

/* Gives the interrupted context a state. */
static void load_state(ucontext_t *context, const uint64_t *words);

/* Reads a state, and how the case of so many bytes of code ended, from the context that a signal interrupted. */
static void store_state(ucontext_t *context, const siginfo_t *info, size_t code, uint64_t *words);

/* The handler to install: on_signal, or what it needs before it is C. */
static void entry(int signal, siginfo_t *info, void *context);

/* --- State ------------------------------------------------------------------------------------------------------- */

struct frame { uint32_t code, runs; };
struct run { uint64_t at; uint32_t bytes, zero; };

static uint8_t *code_pages;          /* the code pages where they can be written */
static uint8_t pattern[DATA_BYTES];
static uint8_t expected[WRITABLE_BYTES]; /* what memory holds if the case changes nothing */
static size_t words;                 /* of a state */

static uint8_t *input, *output;
static size_t in_at, out_at;
static uint32_t cases_left;
static size_t code_bytes, last_code_bytes;
static int running;
static unsigned long started, seen_by_tick;

/* Signals that only time can end. */
#define IS_TICK(signal) ((signal) == SIGVTALRM)

static void fail(const char *what)
{
	static const char prefix[] = "oracle: ";
	ssize_t ignored = write(2, prefix, sizeof prefix - 1) + write(2, what, strlen(what)) + write(2, "\n", 1);

	(void)ignored;
	_exit(1);
}

static int read_all(void *to, size_t bytes)
{
	for (size_t got = 0; got < bytes;) {
		ssize_t n = read(0, (char *)to + got, bytes - got);
		if (n <= 0)
			return 0;
		got += n;
	}
	return 1;
}

static void write_all(const void *from, size_t bytes)
{
	for (size_t put = 0; put < bytes;) {
		ssize_t n = write(1, (const char *)from + put, bytes - put);
		if (n <= 0)
			_exit(0);
		put += n;
	}
}

static size_t padded(size_t bytes) { return (bytes + 7) & ~7UL; }

static void put(const void *from, size_t bytes)
{
	if (out_at + bytes > BATCH_BYTES)
		fail("a batch's results are too long");
	memcpy(output + out_at, from, bytes);
	out_at += bytes;
}

static void take(void *to, size_t bytes)
{
	memcpy(to, input + in_at, bytes);
	in_at += bytes;
}

/* Reads the next batch; at the end of input the oracle ends. */
static void next_batch(void)
{
	uint32_t bytes;

	if (!read_all(&bytes, sizeof bytes))
		_exit(0);
	/* Behind the number of cases all is aligned. */
	if (bytes < 4 || bytes > BATCH_BYTES - 4 || !read_all(input + 4, bytes))
		fail("a batch is cut off or too long");
	in_at = 4;
	take(&cases_left, 4);
	out_at = 4;
	put(&cases_left, 4);
}

static void send_batch(void)
{
	uint32_t bytes = out_at - 4;

	memcpy(output, &bytes, 4);
	write_all(output, out_at);
}

/* Between these two code can be written. */
static void open_code(void)
{
#ifdef CODE_IN_PLACE
	if (mprotect(code_pages, CODE_BYTES, PROT_READ | PROT_WRITE) != 0)
		fail("code cannot be written");
#endif
}

static void close_code(size_t bytes)
{
#ifdef CODE_IN_PLACE
	if (mprotect(code_pages, CODE_BYTES, PROT_READ | PROT_EXEC) != 0)
		fail("code cannot be executed");
#endif
	__builtin___clear_cache((char *)CODE, (char *)CODE + bytes);
}

/* --- A case ------------------------------------------------------------------------------------------------------ */

static void write_run(const uint8_t *data, size_t from, size_t to)
{
	struct run run = { DATA + from, to - from, 0 };

	put(&run, sizeof run);
	put(data + from, to - from);
	memset(output + out_at, 0, padded(out_at) - out_at);
	out_at = padded(out_at);
}

/* Writes the runs of memory that changed and makes all as it was. */
static uint32_t write_changes(void)
{
	uint8_t *data = (uint8_t *)DATA;
	uint32_t runs = 0;
	size_t from = WRITABLE_BYTES, to = 0;

	if (memcmp(data, expected, WRITABLE_BYTES) == 0)
		return 0;
	for (size_t i = 0; i < WRITABLE_BYTES; i++) {
		if (data[i] == expected[i])
			continue;
		if (from < WRITABLE_BYTES && i - to > GAP) {
			write_run(data, from, to);
			runs++;
			from = WRITABLE_BYTES;
		}
		from = from < WRITABLE_BYTES ? from : i;
		to = i + 1;
	}
	write_run(data, from, to);
	return runs + 1;
}

/*
 * Whether a signal is the end that every case of words comes to, rather than an exception of its own: it has run into
 * what fills code memory, or gone where nothing can be executed, or between two instructions.
 */
static inline int is_word_completed(uint64_t pc, const siginfo_t *info, size_t code)
{
	if (pc - CODE < code)
		return 0;
	switch (info->si_signo) {
	case SIGTRAP:
		return pc - CODE_PAGE < CODE_BYTES;
	case SIGSEGV:
	case SIGBUS:
		return 1;
	default:
		return 0;
	}
}

static void end_case(ucontext_t *context, const siginfo_t *info)
{
	struct frame frame = { 0, 0 };
	size_t at = out_at;

	running = 0;
	if (out_at + sizeof frame + words * 8 > BATCH_BYTES)
		fail("a batch's results are too long");
	out_at += sizeof frame;
	store_state(context, info, code_bytes, (uint64_t *)(output + out_at));
	out_at += words * 8;
	frame.runs = write_changes();
	memcpy(output + at, &frame, sizeof frame);
	memcpy((void *)DATA, pattern, WRITABLE_BYTES);
	memcpy(expected, pattern, WRITABLE_BYTES);
	last_code_bytes = code_bytes;
}

/* Replaces the last case's code, unless it is the same: emulators then know it already. */
static void write_code(const uint8_t *code)
{
	uint8_t *at = code_pages + (CODE - CODE_PAGE);

	if (code_bytes == last_code_bytes && memcmp((const void *)CODE, code, code_bytes) == 0)
		return;
	open_code();
	if (last_code_bytes > code_bytes)
		fill_code(at + code_bytes, last_code_bytes - code_bytes);
	memcpy(at, code, code_bytes);
	close_code(last_code_bytes > code_bytes ? last_code_bytes : code_bytes);
}

static void begin_case(ucontext_t *context)
{
	struct frame frame;
	const uint64_t *state;
	struct run run;

	take(&frame, sizeof frame);
	state = (const uint64_t *)(input + in_at);
	in_at += words * 8;
	code_bytes = frame.code;
	if (code_bytes > LONGEST_CODE)
		fail("code is too long");
	write_code(input + in_at);
	in_at += padded(code_bytes);
	for (uint32_t i = 0; i < frame.runs; i++) {
		take(&run, sizeof run);
		size_t from = run.at - DATA;
		if (from < WRITABLE_BYTES && run.bytes <= WRITABLE_BYTES - from) {
			memcpy((void *)run.at, input + in_at, run.bytes);
			memcpy(expected + from, input + in_at, run.bytes);
		} else {
			fail("a run lies outside of memory that can be written");
		}
		in_at += padded(run.bytes);
	}
	started++;
	running = 1;
	load_state(context, state);
}

/* Ends the case that runs, if one does, and begins the next. */
__attribute__((used)) static void on_signal(int signal, siginfo_t *info, void *context)
{
	if (IS_TICK(signal)) {
		int again = running && seen_by_tick == started;
		seen_by_tick = started;
		if (!again)
			return;
	}
	if (running) {
		end_case(context, info);
		if (--cases_left == 0)
			send_batch();
	}
	while (cases_left == 0)
		next_batch();
	begin_case(context);
}

/* --- The program ------------------------------------------------------------------------------------------------- */

static void map_memory(void)
{
	int fd = memfd_create("code", 0);

	if (fd < 0 || ftruncate(fd, CODE_BYTES) != 0)
		fail("no memory for code");
	code_pages = mmap((void *)CODE_PAGE, CODE_BYTES, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);
	if (code_pages != (void *)CODE_PAGE)
		fail("memory cannot be mapped where cases want it");
#ifndef CODE_IN_PLACE
	code_pages = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
#endif
	if (code_pages == MAP_FAILED
	    || mmap((void *)DATA, DATA_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
	            -1, 0) != (void *)DATA)
		fail("memory cannot be mapped where cases want it");
	open_code();
	fill_code(code_pages, CODE_BYTES);
	close_code(LONGEST_CODE);
	for (size_t i = 0; i < DATA_BYTES; i++)
		pattern[i] = (i * 167 + 13) ^ (i >> 8);
	memcpy((void *)DATA, pattern, DATA_BYTES);
	memcpy(expected, pattern, WRITABLE_BYTES);
	if (mprotect((void *)(DATA + WRITABLE_BYTES), PAGE, PROT_READ) != 0)
		fail("memory cannot be protected");
	input = mmap(NULL, BATCH_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	output = mmap(NULL, BATCH_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (input == MAP_FAILED || output == MAP_FAILED)
		fail("no memory for batches");
}

static void install_handlers(void)
{
	static uint8_t stack[1 << 18];
	static const int signals[] = { SIGTRAP, SIGSEGV, SIGILL, SIGFPE, SIGBUS, SIGSYS, SIGVTALRM, SIGUSR1 };
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
	struct sigaction action = { .sa_flags = SA_SIGINFO | SA_ONSTACK };

	sigaltstack(&alternate, NULL);
	action.sa_sigaction = entry;
	sigfillset(&action.sa_mask);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		sigaction(signals[i], &action, NULL);
}

static void greet(const char *given)
{
	char line[256];

	processor(line, sizeof line);
	printf("faultline-oracle 1 %s\n%s\n%s\n", architecture, word_names, given ? given : line);
	fflush(stdout);
	words = 1;
	for (const char *c = word_names; *c; c++)
		words += *c == ' ';
}

int main(int arguments, char **argument)
{
	struct itimerval tick = { { 0, TICK_MICROSECONDS }, { 0, TICK_MICROSECONDS } };
	const char *why = unfit();

	if (why) {
		printf("faultline-oracle unfit: %s\n", why);
		return 0;
	}
	map_memory();
	greet(arguments > 1 ? argument[1] : NULL);
	install_handlers();
	setitimer(ITIMER_VIRTUAL, &tick, NULL);
	raise(SIGUSR1);
	return 0;
}
