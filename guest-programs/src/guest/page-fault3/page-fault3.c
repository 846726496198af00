/*
 * page-fault3: every thread maps a file of its own shared, writes to each
 * page and unmaps it, again and again. What was written must be in the file.
 *
 *   page-fault3 [-q] [THREADS [PAGES [ROUNDS]]]	PAGES: of one file
 */
#define WORKLOAD "page-fault3"
#define SHARING MAP_SHARED
#include "workload-fault.h"
