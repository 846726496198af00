/*
 * math-libc: floating point through glibc: printf and strtod of double and
 * long double, libm, qsort and bsearch, and memory of many sizes.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A long double may be a pair of doubles, which reach no farther than one. */
#if LDBL_MAX_10_EXP > 4000
#define LARGE	1e4000L
#else
#define LARGE	1e300L
#endif

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static unsigned int draw(unsigned int *state)
{
	return *state = *state * 1103515245 + 12345;
}

int main(void)
{
	static double values[5000];
	volatile double x = 0.1, big = 1e300, tiny = 5e-324;
	volatile long double e = 1.0L / 3.0L;
	unsigned int state = 1, sum = 0;
	double key;

	printf("%f %e %g %.17g %a\n", x, big, tiny, x, x);
	printf("%Lf %.20Lg %.3Le\n", e, e, e * LARGE);
	printf("%g %g %g %g\n", big * big, -big * big, strtod("nan", NULL), strtod("0x1.8p3", NULL));
	printf("strtod %.17g %.17g, strtold %.21Lg\n", strtod("3.14159265358979323846", NULL), strtod("1e-310", NULL),
	       strtold("2.71828182845904523536", NULL));
	for (int i = 1; i <= 3; i++) {
		volatile double a = i * 0.7;

		printf("%.12f %.12f %.12f %.12f %.12f\n", sin(a), exp(a), log(a), pow(a, 1.5), atan2(a, 2));
		printf("%.12Lf %.12Lf %.12Lf %.12Lf\n", sinl((long double)a), expl((long double)a), logl((long double)a),
		       powl((long double)a, 1.5L));
		printf("%.12f %.12f %g %g %ld\n", sqrt(a), cbrt(a), floor(-a), fmod(10, a), lrint(a * 1000));
	}
	for (size_t i = 0; i < 5000; i++)
		values[i] = draw(&state) % 100000 / 8.0;
	qsort(values, 5000, sizeof(double), by_value);
	for (size_t i = 1; i < 5000; i++)
		sum += values[i - 1] <= values[i];
	key = values[1234];
	printf("sorted %u of 4999, found again: %d, first %g, last %g\n", sum,
	       *(double *)bsearch(&key, values, 5000, sizeof(double), by_value) == key, values[0], values[4999]);
	sum = 0;
	for (size_t size = 1; size < 3000000; size = size * 3 + 1) {
		unsigned char *p = calloc(1, size), *q = malloc(size);

		memset(q, (int)size, size);
		p = realloc(p, size * 2);
		memcpy(p + size, q, size);
		sum = sum * 31 + p[0] + p[2 * size - 1];
		free(p);
		free(q);
	}
	printf("heap %u\n", sum);
	return 0;
}
