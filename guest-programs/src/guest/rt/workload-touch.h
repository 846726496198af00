/*
 * workload-touch.h: fresh pages, faulted in and given back, again and again, for
 * the workloads in which one thread changes the address space meanwhile.
 */
#ifndef GUEST_WORKLOAD_TOUCH_H
#define GUEST_WORKLOAD_TOUCH_H

#include "workload.h"

/* Stores to every page of a part, looks whether it is there, and gives the pages back. */
static inline void touch_part(char *part, long self, long pages, long rounds)
{
	for (long round = 0; round < rounds; round++) {
		for (long i = 0; i < pages; i++) {
			expect("fresh word of page", i, *last_word(part, i), 0);
			*first_word(part, i) = stamp(round, self, i);
		}
		for (long i = 0; i < pages; i++)
			expect("first word of page", i, *first_word(part, i), stamp(round, self, i));
		must("madvise", sys_madvise(part, pages * workload.page, MADV_DONTNEED));
	}
}

#endif
