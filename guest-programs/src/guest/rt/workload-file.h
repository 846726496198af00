/*
 * workload-file.h: files of known content for the workloads that map some.
 * They are made in the current directory and have no name by the time they
 * are used.
 */
#ifndef GUEST_WORKLOAD_FILE_H
#define GUEST_WORKLOAD_FILE_H

#include "workload.h"

/* What a file holds in the first and the last word of a page; never what stamp() gives. */
static inline unsigned long content(unsigned long page)
{
	return 0xf11e000000000000UL | page;
}

/* Makes a file of that many pages and gives its descriptor. `number` keeps the files of one program apart. */
static inline int make_file(unsigned long number, unsigned long pages)
{
	char name[64], *at = name, *data = map_pages(1, PROT_READ | PROT_WRITE);
	int fd;

	memcpy(at, WORKLOAD, sizeof(WORKLOAD) - 1);
	at += sizeof(WORKLOAD) - 1;
	*at++ = '.';
	for (int shift = 12; shift >= 0; shift -= 4)
		*at++ = "0123456789abcdef"[number >> shift & 15];
	*at = 0;
	fd = (int)must("open", sys_open(name, O_RDWR | O_CREAT | O_TRUNC, 0600));
	must("unlink", sys_unlink(name));
	for (unsigned long page = 0; page < pages; page++) {
		*first_word(data, 0) = *last_word(data, 0) = content(page);
		expect("bytes written to page", page,
		       must("pwrite", sys_pwrite(fd, data, workload.page, page * workload.page)), workload.page);
	}
	unmap_pages(data, 1);
	return fd;
}

static inline char *map_file(int fd, unsigned long pages, int prot, int flags)
{
	return (char *)must("mmap", sys_mmap(NULL, pages * workload.page, prot, flags, fd, 0));
}

/*
 * Writes a file's dirty pages back and asks that its cached pages be
 * forgotten. Where neither way is there or allowed, they stay: then the
 * faults are minor ones.
 */
static inline void drop_cache(int fd)
{
	int drop;

	must("fsync", SC1(__NR_fsync, fd));
	SC4(__NR_fadvise64, fd, 0, 0, 4 /* POSIX_FADV_DONTNEED */);
	drop = (int)sys_open("/proc/sys/vm/drop_caches", O_WRONLY, 0);
	if (drop >= 0) {
		sys_write(drop, "1", 1);
		sys_close(drop);
	}
}

#endif
