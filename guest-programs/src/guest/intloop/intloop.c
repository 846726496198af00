/*
 * intloop: integer loops, each a function whose number of executed
 * instructions is known, so that time gives instructions per second.
 *
 *   intloop [-q] [ROUNDS [KERNEL]]     1 round of each kernel unless told
 *
 * A kernel starts from the same state in every round, so ROUNDS times the
 * constant of the table below is exact. The constants hold for the committed
 * files; count-instructions measures them again.
 * -q leaves out what differs from run to run.
 */
#include "rt.h"

/* Instructions of one call, from its first to its ret, by the architecture of the file. */
#if defined(__x86_64__)
#define COUNT(x86, arm64, ppc64le, ppc64) x86
#elif defined(__aarch64__)
#define COUNT(x86, arm64, ppc64le, ppc64) arm64
#elif defined(__LITTLE_ENDIAN__)
#define COUNT(x86, arm64, ppc64le, ppc64) ppc64le
#else
#define COUNT(x86, arm64, ppc64le, ppc64) ppc64
#endif

#define SIEVE_LIMIT	1000000
#define CRC_BYTES	(1 << 20)
#define HASH_BYTES	(1 << 20)
#define CHASE_NODES	(1 << 16)
#define CHASE_STEPS	4000000
#define SORT_COUNT	200000
#define COLLATZ_LIMIT	100000
#define MATRIX		128

static unsigned char composite[SIEVE_LIMIT + 1];
static uint32_t crc_table[256];
static unsigned char bytes[CRC_BYTES];
static uint32_t next_node[CHASE_NODES];
static int32_t numbers[SORT_COUNT];
static uint32_t a[MATRIX][MATRIX], b[MATRIX][MATRIX], c[MATRIX][MATRIX];

static uint64_t xorshift(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return *state = x;
}

NOINLINE uint64_t kernel_sieve(void)
{
	uint64_t primes = 0;

	for (int i = 0; i <= SIEVE_LIMIT; i++)
		composite[i] = 0;
	for (int i = 2; i <= SIEVE_LIMIT; i++) {
		if (composite[i])
			continue;
		primes++;
		for (long j = (long)i * i; j <= SIEVE_LIMIT; j += i)
			composite[j] = 1;
	}
	return primes;
}

NOINLINE uint64_t kernel_crc32(void)
{
	uint32_t crc = ~0U;

	for (int i = 0; i < CRC_BYTES; i++)
		crc = crc_table[(crc ^ bytes[i]) & 0xff] ^ crc >> 8;
	return ~crc;
}

/* FNV-1a over the bytes, then a xorshift mix into a small table of counters. */
NOINLINE uint64_t kernel_hash(void)
{
	static uint32_t buckets[1024];
	uint64_t h = 0xcbf29ce484222325, mix = 88172645463325252, sum = 0;

	for (int i = 0; i < HASH_BYTES; i++) {
		h = (h ^ bytes[i]) * 0x100000001b3;
		buckets[(h ^ xorshift(&mix)) & 1023]++;
	}
	for (int i = 0; i < 1024; i++) {
		sum = sum * 31 + buckets[i];
		buckets[i] = 0;
	}
	return h ^ sum;
}

NOINLINE uint64_t kernel_chase(void)
{
	uint32_t at = 0;
	uint64_t sum = 0;

	for (int i = 0; i < CHASE_STEPS; i++) {
		at = next_node[at];
		sum += at;
	}
	return sum;
}

static NOINLINE void sort(int32_t *low, int32_t *high)
{
	while (low < high) {
		int32_t pivot = low[(high - low) / 2], *i = low, *j = high;

		while (i <= j) {
			while (*i < pivot)
				i++;
			while (*j > pivot)
				j--;
			if (i <= j) {
				int32_t t = *i;

				*i++ = *j;
				*j-- = t;
			}
		}
		if (j - low < high - i) {
			sort(low, j);
			low = i;
		} else {
			sort(i, high);
			high = j;
		}
	}
}

NOINLINE uint64_t kernel_quicksort(void)
{
	uint64_t state = 42, sum = 0;

	for (int i = 0; i < SORT_COUNT; i++)
		numbers[i] = (int32_t)xorshift(&state);
	sort(numbers, numbers + SORT_COUNT - 1);
	for (int i = 0; i < SORT_COUNT; i++)
		sum = sum * 33 + (uint32_t)numbers[i];
	return sum;
}

NOINLINE uint64_t kernel_collatz(void)
{
	uint64_t best = 0;

	for (uint64_t start = 1; start < COLLATZ_LIMIT; start++) {
		uint64_t n = start, steps = 0;

		while (n != 1) {
			n = n & 1 ? 3 * n + 1 : n / 2;
			steps++;
		}
		if (steps > best >> 32)
			best = steps << 32 | start;
	}
	return best;
}

NOINLINE uint64_t kernel_matrix(void)
{
	uint64_t sum = 0;

	for (int i = 0; i < MATRIX; i++)
		for (int j = 0; j < MATRIX; j++) {
			uint32_t s = 0;

			for (int k = 0; k < MATRIX; k++)
				s += a[i][k] * b[k][j];
			c[i][j] = s;
			sum = sum * 17 + s;
		}
	return sum;
}

static const struct kernel {
	const char *name;
	uint64_t (*run)(void);
	unsigned long instructions;
} kernels[] = {
	{ "sieve", kernel_sieve, COUNT(17880856, 16802197, 16052534, 16052532) },
	{ "crc32", kernel_crc32, COUNT(8388614, 7340040, 7340045, 7340043) },
	{ "hash", kernel_hash, COUNT(20980748, 13638677, 15735327, 15735323) },
	{ "chase", kernel_chase, COUNT(16000006, 16000007, 14000013, 14000010) },
	{ "quicksort", kernel_quicksort, COUNT(35561428, 27542409, 30901752, 31758272) },
	{ "collatz", kernel_collatz, COUNT(65822251, 76075973, 86929751, 86929751) },
	{ "matrix", kernel_matrix, COUNT(14861316, 12731019, 12861971, 12829201) },
};

static void prepare(void)
{
	uint64_t state = 1;

	for (uint32_t i = 0; i < 256; i++) {
		uint32_t r = i;

		for (int bit = 0; bit < 8; bit++)
			r = r & 1 ? r >> 1 ^ 0xedb88320 : r >> 1;
		crc_table[i] = r;
	}
	for (int i = 0; i < CRC_BYTES; i++)
		bytes[i] = (unsigned char)xorshift(&state);
	/* Sattolo's shuffle: one cycle through all nodes. */
	for (uint32_t i = 0; i < CHASE_NODES; i++)
		next_node[i] = i;
	for (uint32_t i = CHASE_NODES - 1; i > 0; i--) {
		uint32_t j = (uint32_t)(xorshift(&state) % i), t = next_node[i];

		next_node[i] = next_node[j];
		next_node[j] = t;
	}
	for (int i = 0; i < MATRIX; i++)
		for (int j = 0; j < MATRIX; j++) {
			a[i][j] = (uint32_t)xorshift(&state);
			b[i][j] = (uint32_t)xorshift(&state);
		}
}

static unsigned long per_microsecond(unsigned long instructions, uint64_t ns)
{
	return ns ? instructions * 1000 / ns : 0;
}

int main(int argc, char **argv)
{
	int quiet = argc > 1 && strcmp(argv[1], "-q") == 0, ran = 0;
	unsigned long all_instructions = 0;
	uint64_t all_ns = 0;
	long rounds = 1;

	argc -= quiet;
	argv += quiet;
	if (argc > 1)
		rounds = parse_long(argv[1]);
	prepare();
	for (size_t i = 0; i < ARRAY_SIZE(kernels) && rounds > 0; i++) {
		const struct kernel *k = &kernels[i];
		uint64_t checksum = 0, start, ns;

		if (argc > 2 && strcmp(argv[2], k->name) != 0)
			continue;
		start = now_ns();
		for (long r = 0; r < rounds; r++)
			checksum = checksum * 3 + k->run();
		ns = now_ns() - start;
		ran = 1;
		print("kernel=%s rounds=%ld checksum=0x%016lx", k->name, rounds, (unsigned long)checksum);
		print(" instructions=%lu", k->instructions * rounds);
		if (!quiet) {
			print(" ns=%lu", (unsigned long)ns);
			print(" minstr_per_second=%lu", per_microsecond(k->instructions * rounds, ns));
		}
		print("\n");
		all_instructions += k->instructions * rounds;
		all_ns += ns;
	}
	if (!ran) {
		print("usage: intloop [-q] [ROUNDS [sieve|crc32|hash|chase|quicksort|collatz|matrix]]\n");
		return 2;
	}
	if (!quiet)
		print("all instructions=%lu ns=%lu minstr_per_second=%lu\n", all_instructions, (unsigned long)all_ns,
		      per_microsecond(all_instructions, all_ns));
	return 0;
}
