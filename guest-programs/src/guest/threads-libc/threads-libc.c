/*
 * threads-libc: POSIX threads of glibc: create and join, mutexes, a recursive
 * and a robust one, condition variables, a barrier, thread-specific data, cancellation.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define THREADS 4
#define ROUNDS 2000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER, not_full = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t gate;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static __thread long mine;
static long counter;
static int destroyed, once_ran, cleaned;
static int queue[8];
static unsigned int head, tail;

static void destroy(void *value)
{
	__atomic_add_fetch(&destroyed, 1, __ATOMIC_RELAXED);
}

static void run_once(void)
{
	once_ran++;
}

static void *count(void *arg)
{
	pthread_once(&once, run_once);
	pthread_setspecific(key, arg);
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&lock);
		counter++;
		pthread_mutex_unlock(&lock);
		mine += (long)arg;
	}
	pthread_barrier_wait(&gate);
	return (void *)(mine + (pthread_getspecific(key) == arg));
}

static void *consume(void *arg)
{
	long sum = 0;

	for (int i = 0; i < 500; i++) {
		pthread_mutex_lock(&lock);
		while (head == tail)
			pthread_cond_wait(&not_empty, &lock);
		sum += queue[tail++ % 8];
		pthread_cond_signal(&not_full);
		pthread_mutex_unlock(&lock);
	}
	return (void *)sum;
}

static void clean(void *arg)
{
	cleaned++;
}

static void *wait_forever(void *arg)
{
	pthread_cleanup_push(clean, NULL);
	sem_post(arg);
	for (;;)
		pause();
	pthread_cleanup_pop(0);
	return NULL;
}

static void *die_holding(void *arg)
{
	pthread_mutex_lock(arg);
	return NULL;
}

int main(void)
{
	pthread_t t[THREADS];
	pthread_mutexattr_t attr;
	pthread_mutex_t robust;
	sem_t started;
	void *result;

	pthread_key_create(&key, destroy);
	pthread_barrier_init(&gate, NULL, THREADS);
	for (long i = 0; i < THREADS; i++)
		if (pthread_create(&t[i], NULL, count, (void *)(i + 1)))
			return 1;
	for (int i = 0; i < THREADS; i++) {
		pthread_join(t[i], &result);
		printf("thread %d: %ld\n", i, (long)result);
	}
	printf("counter %ld, once %d, destructors %d\n", counter, once_ran, destroyed);

	pthread_create(&t[0], NULL, consume, NULL);
	for (int i = 0; i < 500; i++) {
		pthread_mutex_lock(&lock);
		while (head - tail == 8)
			pthread_cond_wait(&not_full, &lock);
		queue[head++ % 8] = i;
		pthread_cond_signal(&not_empty);
		pthread_mutex_unlock(&lock);
	}
	pthread_join(t[0], &result);
	printf("consumed %ld\n", (long)result);

	sem_init(&started, 0, 0);
	pthread_create(&t[0], NULL, wait_forever, &started);
	sem_wait(&started);
	pthread_cancel(t[0]);
	pthread_join(t[0], &result);
	printf("cancelled: %s, cleanup %d\n", result == PTHREAD_CANCELED ? "yes" : "no", cleaned);

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&robust, &attr);
	pthread_create(&t[0], NULL, die_holding, &robust);
	pthread_join(t[0], NULL);
	printf("lock of a dead owner: %s\n", pthread_mutex_lock(&robust) == EOWNERDEAD ? "EOWNERDEAD" : "other");
	pthread_mutex_consistent(&robust);
	printf("and again by us: %d", pthread_mutex_lock(&robust));
	printf(", unlocked %d", pthread_mutex_unlock(&robust));
	printf(" %d\n", pthread_mutex_unlock(&robust));
	return 0;
}
