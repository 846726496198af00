/*
 * page-fault2: every thread maps a file of its own privately, writes to each
 * page and unmaps it, again and again. The file must not change.
 *
 *   page-fault2 [-q] [THREADS [PAGES [ROUNDS]]]	PAGES: of one file
 */
#define WORKLOAD "page-fault2"
#define SHARING MAP_PRIVATE
#include "workload-fault.h"
