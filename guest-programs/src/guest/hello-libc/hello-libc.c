/*
 * hello-libc: what the start and the end of a static glibc program need:
 * start-up, TLS, IFUNCs chosen from CPUID, buffered output, atexit.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static __thread int thread_local_value = 41;

static void at_exit(void)
{
	printf("atexit ran, errno is %d\n", errno);
}

int main(int argc, char **argv)
{
	char *copy = strdup("Hello from glibc."), *upper = malloc(4096);

	atexit(at_exit);
	printf("%s\n", copy);
	for (int i = 1; i < argc; i++)
		printf("argument %d: %s, %zu long\n", i, argv[i], strlen(argv[i]));
	memset(upper, 'x', 4095);
	upper[4095] = 0;
	printf("thread-local %d, strlen %zu, strchr %d, strcmp %d\n", ++thread_local_value, strlen(upper),
	       strchr(copy, 'g') ? (int)(strchr(copy, 'g') - copy) : -1, strcmp("abc", "abd") < 0);
	errno = ENOENT;
	printf("strerror: %s\n", strerror(errno));
	free(copy);
	free(upper);
	return argc - 1;
}
