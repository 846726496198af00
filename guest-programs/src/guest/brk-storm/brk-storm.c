/*
 * brk-storm: half the threads grow the heap and shrink it again, one at a time
 * as a malloc does it; the others fault in pages of the part of the heap that
 * stays, and give them back. All are in one VMA, whose end moves all the time.
 *
 *   brk-storm [-q] [THREADS [PAGES [ROUNDS]]]	PAGES: of one thread
 */
#define WORKLOAD "brk-storm"
#include "workload.h"

static struct size sizes[] = { { "THREADS", 4, MAX_THREADS }, { "PAGES", 16, 1 << 16 }, { "ROUNDS", 64, 1 << 20 } };
#define threads	sizes[0].value
#define pages	sizes[1].value
#define rounds	sizes[2].value

static struct mutex lock;
static char *base, *top;

static void set_break(char *to)
{
	expect("break", 0, (unsigned long)sys_brk(to), (unsigned long)to);
}

static void touch_and_check(char *memory, long round, long thread)
{
	for (long i = 0; i < pages; i++) {
		expect("fresh word of page", i, *last_word(memory, i), 0);
		*first_word(memory, i) = stamp(round, thread, i);
	}
	for (long i = 0; i < pages; i++)
		expect("first word of page", i, *first_word(memory, i), stamp(round, thread, i));
}

static void grow_and_shrink(long self)
{
	for (long round = 0; round < rounds; round++) {
		mutex_lock(&lock);
		set_break(top + pages * workload.page);
		touch_and_check(top, round, self);
		set_break(top);
		mutex_unlock(&lock);
	}
}

static void touch_what_stays(long self)
{
	char *part = base + self * pages * workload.page;

	for (long round = 0; round < rounds; round++) {
		touch_and_check(part, round, self);
		must("madvise", sys_madvise(part, pages * workload.page, MADV_DONTNEED));
	}
}

static int run(void *number)
{
	long self = (long)number;

	start_together();
	if (self % 2 == 0)
		grow_and_shrink(self);
	else
		touch_what_stays(self);
	return 0;
}

int main(int argc, char **argv)
{
	read_sizes(argc, argv, sizes, ARRAY_SIZE(sizes));
	base = sys_brk(NULL);
	base += -(unsigned long)base & (workload.page - 1);
	top = base + threads * pages * workload.page;
	set_break(top);
	run_threads(threads, run);
	print("brk-storm threads=%ld pages=%ld rounds=%ld", threads, threads * pages * rounds, rounds);
	return finish_with("breaks", (threads + 1) / 2 * rounds * 2);
}
