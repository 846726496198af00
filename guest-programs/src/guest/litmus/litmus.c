/*
 * litmus: what one thread sees of what others store. The tests are the
 * classic ones, by their names in the literature: two to four threads, each
 * with two accesses to x and y; a witness is the outcome that shows an order
 * was not kept. Where the memory model forbids it, one is a violation.
 *
 *   litmus [-q] [ITERATIONS [TEST...]]     100000 unless told; TEST is a prefix of the names
 *
 * The threads walk through arrays of cells, one test in each, and wait a
 * short while for each other at every cell, so that the accesses meet. Look
 * for the witnesses of SB and R without fences: they are allowed, and a
 * machine that never shows them is not racing.
 *
 * -q leaves out what differs from run to run. Status 1: there was a violation.
 */
#include "rt.h"

/* What no test stores as a whole: some bytes of one store and some of another. */
#define TORN	0xbadbadbadUL

/* Which two accesses of a thread may turn round: an architecture says it of each way of ordering them. */
#define STORE_STORE	1
#define STORE_LOAD	2
#define LOAD_LOAD	4
#define LOAD_STORE	8
/* Which one of two other threads may see a store while the other does not. */
#define MANY_COPIES	16
#define ANYTHING	31

#if defined(__x86_64__)
#include "x86.h"
#elif defined(__aarch64__)
#include "arm64.h"
#elif defined(__powerpc64__)
#include "ppc64.h"
#else
#error "litmus: no accesses for this architecture"
#endif

#define MAX_THREADS	4
#define CELLS		4096
#define AREA		(1 << 20)	/* for each of x and y: CELLS at 256 bytes, or fewer farther apart */
#define LINE		64
#define UNUSED		__attribute__((unused))
#define PATIENCE	300	/* polls without seeing another thread move: as long as dozens of cells take */
#define REST		256	/* cells after which one that waited in vain waits again */

/* The value 1 or 2 of any width: every byte of it. */
#define V(n)		((n) * 0x0101010101010101UL)

/* What a field of an outcome may be, as bits: a value, or torn. */
enum { ZERO = 1, ONE = 2, TWO = 4, TEAR = 8 };

typedef void (*body)(char *x, char *y, uint64_t *r);

struct test {
	const char *name;
	const char *variant;
	int bytes;		/* of an access that are looked at */
	int span;		/* all of them */
	int offset, stride;	/* of x and y, in a cell of that size */
	int forbidden;
	int fields;		/* registers, in the order of the threads, then the final x and y */
	int registers;
	unsigned char witness[4];
	int threads;
	body run[MAX_THREADS];
	unsigned char first[MAX_THREADS];	/* register of each thread */
};

#define BODY(name, statements) \
static UNUSED void name(char *x, char *y, uint64_t *r) { statements }

/*
 * Every thread in one way of storing, loading and ordering. What is behind a store comes after order_WAY(), what is
 * behind a load at the address that behind_WAY(loaded, address) gives.
 */
#define STORES(way, access, order, a, first, b, second) \
	st_##access(a, V(first)); order_##order(); st_##access(b, V(second));
#define STORE_LOADS(way, access, order, a, first, b) \
	st_##access(a, V(first)); order_##order(); r[0] = ld_##access(b);
#define LOADS(way, access, order, a, b) \
	r[0] = ld_##access(a); r[1] = ld_##access(behind_##order(r[0], b));
#define LOAD_STORES(way, access, order, a, b) \
	r[0] = ld_##access(a); st_##access(behind_##order(r[0], b), V(1));

#define BODIES(way, access, order) \
BODY(write_x_##way, st_##access(x, V(1));) \
BODY(write_y_##way, st_##access(y, V(1));) \
BODY(read_x_##way, r[0] = ld_##access(x);) \
BODY(write_xy_##way, STORES(way, access, order, x, 1, y, 1)) \
BODY(write_x1y2_##way, STORES(way, access, order, x, 1, y, 2)) \
BODY(write_x2y1_##way, STORES(way, access, order, x, 2, y, 1)) \
BODY(write_y1x2_##way, STORES(way, access, order, y, 1, x, 2)) \
BODY(read_xy_##way, LOADS(way, access, order, x, y)) \
BODY(read_yx_##way, LOADS(way, access, order, y, x)) \
BODY(write_x_read_y_##way, STORE_LOADS(way, access, order, x, 1, y)) \
BODY(write_y_read_x_##way, STORE_LOADS(way, access, order, y, 1, x)) \
BODY(write_y2_read_x_##way, STORE_LOADS(way, access, order, y, 2, x)) \
BODY(read_x_write_y_##way, LOAD_STORES(way, access, order, x, y)) \
BODY(read_y_write_x_##way, LOAD_STORES(way, access, order, y, x))

#define BODIES_X(way, access, order, permits)	BODIES(way, access, order)
ARCH_ORDERINGS(BODIES_X)

#define FORBIDDEN(relaxations, permits)	(((relaxations) & (permits)) == 0)

#define CLASSIC(way, access, order, permits) \
	{ "MP", #way, 8, 8, 0, 2 * LINE, FORBIDDEN(STORE_STORE | LOAD_LOAD, permits), 2, 2, \
	  { ONE | TEAR, ZERO | TEAR }, 2, { write_xy_##way, read_yx_##way }, { 0, 0 } }, \
	{ "SB", #way, 8, 8, 0, 2 * LINE, FORBIDDEN(STORE_LOAD, permits), 2, 2, { ZERO, ZERO }, 2, \
	  { write_x_read_y_##way, write_y_read_x_##way }, { 0, 1 } }, \
	{ "LB", #way, 8, 8, 0, 2 * LINE, FORBIDDEN(LOAD_STORE, permits), 2, 2, { ONE, ONE }, 2, \
	  { read_x_write_y_##way, read_y_write_x_##way }, { 0, 1 } }, \
	{ "IRIW", #way, 8, 8, 0, 2 * LINE, FORBIDDEN(LOAD_LOAD | MANY_COPIES, permits), 4, 4, { ONE, ZERO, ONE, ZERO }, 4, \
	  { write_x_##way, write_y_##way, read_xy_##way, read_yx_##way }, { 0, 0, 0, 2 } }, \
	{ "2+2W", #way, 8, 8, 0, 2 * LINE, FORBIDDEN(STORE_STORE, permits), 2, 0, { ONE, ONE }, 2, \
	  { write_x1y2_##way, write_y1x2_##way }, { 0, 0 } }, \
	{ "R", #way, 8, 8, 0, 2 * LINE, FORBIDDEN(STORE_STORE | STORE_LOAD, permits), 3, 1, { ZERO, ONE, TWO }, 2, \
	  { write_xy_##way, write_y2_read_x_##way }, { 0, 0 } }, \
	{ "S", #way, 8, 8, 0, 2 * LINE, FORBIDDEN(STORE_STORE | LOAD_STORE, permits), 3, 1, \
	  { ONE, TWO, ZERO | ONE | TWO | TEAR }, 2, { write_x2y1_##way, read_y_write_x_##way }, { 0, 0 } },

/* Message passing in other sizes and places, and whether one access is seen in parts. */
#define SIZED(way, access, bytes, span, offset, stride, tears) \
	{ "MP", #way, bytes, span, offset, stride, FORBIDDEN(STORE_STORE | LOAD_LOAD, PLAIN_PERMITS), 2, 2, \
	  { ONE | TEAR, ZERO | TEAR }, 2, { write_xy_##way, read_yx_##way }, { 0, 0 } }, \
	{ "tear", #way, bytes, span, offset, stride, !(tears), 1, 1, { TEAR }, 2, { write_x_##way, read_x_##way }, { 0, 0 } },

#define SIZE_BODIES(way, access, bytes, span, offset, stride, tears)	BODIES(way, access, none)
ARCH_SIZES(SIZE_BODIES)

/* Of eight bytes the one at their address. */
static inline uint64_t first_byte(uint64_t eight)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return eight >> 56;
#else
	return eight & 0xff;
#endif
}

/* A thread sees its own store before the others do, or not, when its load takes more bytes than were stored. */
#define FORWARDING(way, store, load) \
BODY(forward_x_##way, store(x, V(1)); r[0] = first_byte(load(x)); r[1] = first_byte(ld_8(y));) \
BODY(forward_y_##way, store(y, V(1)); r[0] = first_byte(load(y)); r[1] = first_byte(ld_8(x));)

FORWARDING(forward, st_8, ld_8)
FORWARDING(forward_wider, st_1, ld_8)

#define FORWARDED(way) \
	{ "SB", #way, 1, 8, 0, 2 * LINE, 0, 4, 4, { ONE, ZERO, ONE, ZERO }, 2, { forward_x_##way, forward_y_##way }, { 0, 2 } },

static const struct test tests[] = {
	ARCH_ORDERINGS(CLASSIC)
	FORWARDED(forward)
	FORWARDED(forward_wider)
	ARCH_SIZES(SIZED)
};

struct line {
	_Alignas(128) long at;
};

static char xs[AREA + 4096] __attribute__((aligned(4096)));
static char ys[AREA + 4096] __attribute__((aligned(4096)));
static uint64_t registers[CELLS][4];
static struct line progress[MAX_THREADS];
static struct turnstile gate;
static unsigned long histograms[MAX_THREADS][256];
static const struct test *test;
static long iterations = 100000;
static int quiet, failed;

static int cells(void)
{
	int fit = AREA / test->stride;

	return fit < CELLS ? fit : CELLS;
}

/* Each thread on a processor of its own as far as there are: the kernel likes to wake two that wait for each other on one. */
static void pin(int me)
{
	uint64_t allowed = 0, mine;
	long size = SC3(__NR_sched_getaffinity, 0, sizeof(allowed), &allowed);

	if (is_error(size) || allowed == 0)
		return;
	mine = allowed;
	for (int skip = me % __builtin_popcountl(allowed); skip > 0; skip--)
		mine &= mine - 1;
	mine &= -mine;
	SC3(__NR_sched_setaffinity, 0, sizeof(mine), &mine);
}

/*
 * Waits for the others to reach a cell, as long as they come nearer. Who does not is not running: one that waited in
 * vain does not wait at the next cells.
 */
static void meet(int me, long at, int *rest)
{
	__atomic_store_n(&progress[me].at, at, __ATOMIC_RELAXED);
	if (*rest > 0) {
		--*rest;
		return;
	}
	for (int i = 0; i < test->threads; i++) {
		int patience = PATIENCE;
		long is, was = 0;

		while ((is = __atomic_load_n(&progress[i].at, __ATOMIC_RELAXED)) < at) {
			if (is != was) {
				was = is;
				patience = PATIENCE;
			} else if (--patience == 0) {
				*rest = REST;
				return;
			}
			cpu_pause();
		}
	}
}

static void walk(int me, long base, uint64_t *random)
{
	int count = cells(), rest = 0, first = test->first[me];
	body run = test->run[me];

	for (int i = 0; i < count; i++) {
		uint64_t r = *random;

		r ^= r << 13;
		r ^= r >> 7;
		r ^= r << 17;
		*random = r;
		meet(me, base + i + 1, &rest);
		/* Who comes first is decided anew in each cell. */
		for (int wait = r & 31; wait > 0; wait--)
			barrier();
		run(xs + i * test->stride + test->offset, ys + i * test->stride + test->offset, registers[i] + first);
	}
}

static void clear_all(char *area)
{
	int count = cells(), stride = test->stride, words = (test->offset % 8 + test->span + 7) / 8;

	area += test->offset & -8;
	for (int i = 0; i < count; i++, area += stride)
		for (int k = 0; k < words; k++)
			((uint64_t *)area)[k] = 0;
}

/* A variable is cleared by each thread in turn: its line then is in that one's cache. */
static void clear(int me, long round)
{
	if (round % test->threads == me)
		clear_all(xs);
	if ((round + 1) % test->threads == me)
		clear_all(ys);
}

static inline unsigned int digit(uint64_t value, uint64_t ones)
{
	return value == 0 ? 0 : value == ones ? 1 : value == 2 * ones ? 2 : 3;
}

/* Counts the outcomes of a thread's share of the cells, as far as they are wanted. */
static void collect(int me, long wanted)
{
	const struct test *t = test;
	uint64_t mask = ~0UL >> (64 - 8 * t->bytes), ones = V(1) & mask;
	int fields = t->fields, in_registers = t->registers, count = cells();
	unsigned long *into = histograms[me];

	for (int i = me; i < count && i < wanted; i += t->threads) {
		unsigned int outcome = 0;

		for (int f = 0; f < in_registers; f++)
			outcome |= digit(registers[i][f] & mask, ones) << 2 * f;
		for (int f = in_registers; f < fields; f++) {
			const char *at = (f == in_registers ? xs : ys) + i * t->stride + t->offset;

			outcome |= digit(ld_8(at) & mask, ones) << 2 * f;
		}
		into[outcome]++;
	}
}

static int worker(void *arg)
{
	int me = (int)(long)arg, count = cells();
	uint64_t random = 88172645463325252 + me;
	long round = 0;

	pin(me);
	for (long done = 0; done < iterations; done += count, round++) {
		clear(me, round);
		turnstile_wait(&gate);
		walk(me, done, &random);
		turnstile_wait(&gate);
		collect(me, iterations - done);
		turnstile_wait(&gate);
	}
	return 0;
}

static void run_threads(int count, int (*run)(void *))
{
	static struct thread t[MAX_THREADS];

	gate.parties = count;
	for (int i = 0; i < count; i++)
		progress[i].at = 0;
	for (long i = 0; i < count; i++)
		thread_start(&t[i], run, (void *)i);
	for (int i = 0; i < count; i++)
		thread_join(&t[i]);
}

static int is_witness(unsigned int outcome)
{
	for (int f = 0; f < test->fields; f++)
		if (!(test->witness[f] >> (outcome >> 2 * f & 3) & 1))
			return 0;
	return 1;
}

static void print_outcome(unsigned int outcome)
{
	for (int f = 0; f < test->fields; f++)
		print("%c", "012t"[outcome >> 2 * f & 3]);
}

static void finish(const char *name, const char *variant, int forbidden, unsigned long seen, uint64_t ns)
{
	if (!quiet) {
		print(" witnesses=%lu ms=%lu", seen, (unsigned long)(ns / 1000000));
		print(" verdict=%s\n", !forbidden ? "allowed" : seen ? "VIOLATED" : "kept");
	} else {
		print("test=%s+%s verdict=%s\n", name, variant, !forbidden ? "allowed" : seen ? "VIOLATED" : "kept");
	}
	failed |= forbidden && seen;
}

static void classic(const struct test *which)
{
	unsigned long seen = 0;
	uint64_t start = now_ns(), ns;
	const char *separator = "";

	test = which;
	memset(histograms, 0, sizeof(histograms));
	run_threads(test->threads, worker);
	ns = now_ns() - start;
	for (int i = 1; i < test->threads; i++)
		for (size_t outcome = 0; outcome < ARRAY_SIZE(histograms[0]); outcome++)
			histograms[0][outcome] += histograms[i][outcome];
	if (!quiet)
		print("test=%s+%s threads=%d iterations=%ld outcomes=", test->name, test->variant, test->threads, iterations);
	for (unsigned int outcome = 0; outcome < ARRAY_SIZE(histograms[0]); outcome++) {
		if (histograms[0][outcome] == 0)
			continue;
		if (is_witness(outcome))
			seen += histograms[0][outcome];
		if (!quiet) {
			print("%s", separator);
			print_outcome(outcome);
			print("%s:%lu", is_witness(outcome) ? "*" : "", histograms[0][outcome]);
			separator = ",";
		}
	}
	finish(test->name, test->variant, test->forbidden, seen, ns);
}

/* Counters: threads add to the same bytes; an addition that another one overwrote is missing at the end. */

static const struct counter {
	const char *name;
	void (*add)(char *at);
	int bytes;
	int offset;
} counters[] = { ARCH_COUNTERS };

static const struct counter *counter;

static int count_up(void *arg)
{
	char *at = xs + counter->offset;

	pin(arg != NULL);
	turnstile_wait(&gate);
	for (long i = 0; i < iterations / 2; i++)
		counter->add(at);
	return 0;
}

static void count(const struct counter *which)
{
	uint64_t start = now_ns(), ns, mask = ~0UL >> (64 - 8 * which->bytes), sum;

	counter = which;
	memset(xs, 0, 8192);
	run_threads(2, count_up);
	ns = now_ns() - start;
	switch (which->bytes) {
	case 1: sum = ld_1(xs + which->offset); break;
	case 2: sum = ld_2(xs + which->offset); break;
	case 4: sum = ld_4(xs + which->offset); break;
	default: sum = ld_8(xs + which->offset);
	}
	if (!quiet)
		print("test=count+%s threads=2 iterations=%ld", which->name, iterations);
	finish("count", which->name, 1, (iterations / 2 * 2 - sum) & mask, ns);
}

/* Neighbours: one thread adds, another stores plainly to bytes the operation reads and writes but does not change. */

static const struct neighbour {
	const char *name;
	void (*add)(char *at);
	int offset;
	void (*store)(char *at, uint64_t value);
	uint64_t (*load)(const char *at);
	int beside;
	int bytes;
} neighbours[] = { ARCH_NEIGHBOURS };

static const struct neighbour *neighbour;
static unsigned long lost;
static int stop;

/* The value is never added to for so long that a carry would reach the neighbour. */
static int add_beside(void *arg)
{
	char *at = xs + neighbour->offset;

	turnstile_wait(&gate);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
		neighbour->add(at);
	return 0;
}

static int store_beside(void *arg)
{
	char *at = xs + neighbour->beside;
	uint64_t mask = ~0UL >> (64 - 8 * neighbour->bytes);

	turnstile_wait(&gate);
	for (long i = 1; i <= iterations; i++) {
		neighbour->store(at, i);
		if (neighbour->load(at) != (i & mask))
			lost++;
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	return 0;
}

static int store_or_add(void *arg)
{
	pin(arg != NULL);
	return arg ? store_beside(arg) : add_beside(arg);
}

static void beside(const struct neighbour *which)
{
	uint64_t start = now_ns();

	neighbour = which;
	lost = stop = 0;
	memset(xs, 0, 8192);
	run_threads(2, store_or_add);
	if (!quiet)
		print("test=beside+%s threads=2 iterations=%ld", which->name, iterations);
	finish("beside", which->name, 1, lost, now_ns() - start);
}

static int wanted(const char *name, const char *variant, int argc, char **argv)
{
	char whole[64], *to = whole;

	if (!arch_has(variant))
		return 0;
	for (; *name; name++)
		*to++ = *name;
	*to++ = '+';
	for (; *variant; variant++)
		*to++ = *variant;
	*to = 0;
	for (int i = 2; i < argc; i++) {
		size_t length = strlen(argv[i]);

		if (length <= strlen(whole) && memcmp(whole, argv[i], length) == 0)
			return 1;
	}
	return argc <= 2;
}

int main(int argc, char **argv)
{
	int ran = 0;

	quiet = argc > 1 && strcmp(argv[1], "-q") == 0;
	argc -= quiet;
	argv += quiet;
	if (argc > 1)
		iterations = parse_long(argv[1]);
	for (size_t i = 0; i < ARRAY_SIZE(tests) && iterations > 0; i++)
		if (wanted(tests[i].name, tests[i].variant, argc, argv))
			classic(&tests[i]), ran = 1;
	for (size_t i = 0; i < ARRAY_SIZE(counters) && iterations > 0; i++)
		if (wanted("count", counters[i].name, argc, argv))
			count(&counters[i]), ran = 1;
	for (size_t i = 0; i < ARRAY_SIZE(neighbours) && iterations > 0; i++)
		if (wanted("beside", neighbours[i].name, argc, argv))
			beside(&neighbours[i]), ran = 1;
	if (!ran) {
		print("usage: litmus [-q] [ITERATIONS [TEST...]]\n");
		return 2;
	}
	return failed;
}
