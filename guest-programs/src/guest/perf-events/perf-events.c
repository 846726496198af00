/*
 * perf-events: perf_event_open for software events.
 *
 *   perf-events errors   what is refused, and how
 *   perf-events counts   faults, groups, ioctls, prctl, threads, children, execve
 *   perf-events privileged   what takes privilege: the kernel's part, processors
 *   perf-events spf      faults of two threads under the event of speculative faults, which only kernels
 *                        with Dufour's series have, beside what the kernel itself counts
 *
 * The first two give up privilege, so that they print the same for every user
 * where perf_event_paranoid is 2, as Linux has it. The third needs two processors.
 */
#include <linux/perf_event.h>
#include <linux/prctl.h>

#include "rt.h"

#define SPF	11
#define PAGES	16

#define FORMAT_TIMES	(PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING)

/* The first version of the structure: what comes later is zero to the kernel. */
static struct perf_event_attr attr;

static size_t page;

static long open_event(int pid, int cpu, int group, unsigned long flags)
{
	return SC5(__NR_perf_event_open, &attr, pid, cpu, group, flags);
}

/* A disabled event of this thread's user mode. */
static void prepare(unsigned long config)
{
	memset(&attr, 0, sizeof(attr));
	attr.type = PERF_TYPE_SOFTWARE;
	attr.size = PERF_ATTR_SIZE_VER0;
	attr.config = config;
	attr.disabled = 1;
	attr.exclude_kernel = 1;
	attr.exclude_hv = 1;
}

static int must_open(unsigned long config, int pid, int group)
{
	long fd;

	prepare(config);
	fd = open_event(pid, -1, group, PERF_FLAG_FD_CLOEXEC);
	if (is_error(fd))
		die("perf_event_open", fd);
	return (int)fd;
}

static void say(const char *what, long result)
{
	if (!is_error(result)) {
		print("%s: done\n", what);
		sys_close((int)result);
	} else if (result == -ENOTTY) {
		print("%s: ENOTTY\n", what);
	} else {
		print("%s: %s\n", what, error_name(result));
	}
}

static void say_result(const char *what, long result)
{
	if (result == -ENOTTY)
		print("%s: ENOTTY\n", what);
	else
		print("%s: %s\n", what, is_error(result) ? error_name(result) : "done");
}

static uint64_t value_of(int fd)
{
	uint64_t value = ~0UL;
	long got = sys_read(fd, &value, sizeof(value));

	if (got != sizeof(value))
		die("read", got);
	return value;
}

static void control(int fd, unsigned long command, unsigned long flags)
{
	long error = SC3(__NR_ioctl, fd, command, flags);

	if (error != 0)
		die("ioctl", error);
}

static char *fresh_pages(void)
{
	char *p = map_anonymous(PAGES * page, PROT_READ | PROT_WRITE);

	sys_madvise(p, PAGES * page, MADV_NOHUGEPAGE);
	return p;
}

static void touch(volatile char *p)
{
	for (size_t i = 0; i < PAGES; i++)
		p[i * page] = 1;
}

static void peek(volatile char *p)
{
	for (size_t i = 0; i < PAGES; i++)
		(void)p[i * page];
}

static void errors(void)
{
	static const char *const counters[] = {
		"cpu-clock", "task-clock", "page-faults", "context-switches", "cpu-migrations", "page-faults-min",
		"page-faults-maj", "alignment-faults", "emulation-faults", "dummy", "bpf-output",
	};
	uint64_t words[8];
	uint32_t *larger;
	int fd, other, ends[2];

	for (size_t i = 0; i < ARRAY_SIZE(counters); i++) {
		prepare(i);
		say(counters[i], open_event(0, -1, -1, 0));
	}
	prepare(1000);
	say("no such counter", open_event(0, -1, -1, 0));
	prepare(0);
	attr.type = PERF_TYPE_RAW + 1000;
	say("no such type", open_event(0, -1, -1, 0));

	prepare(PERF_COUNT_SW_PAGE_FAULTS);
	attr.size = 0;
	say("size 0", open_event(0, -1, -1, 0));
	attr.size = PERF_ATTR_SIZE_VER0 - 8;
	say("too small", open_event(0, -1, -1, 0));
	print("told a size: %s\n", attr.size >= PERF_ATTR_SIZE_VER0 ? "yes" : "no");
	attr.size = (uint32_t)page + 8;
	say("too large", open_event(0, -1, -1, 0));
	larger = map_anonymous(page, PROT_READ | PROT_WRITE);
	prepare(PERF_COUNT_SW_PAGE_FAULTS);
	memcpy(larger, &attr, sizeof(attr));
	larger[1] = (uint32_t)page;
	say("larger, the rest zero", SC5(__NR_perf_event_open, larger, 0, -1, -1, 0));
	((char *)larger)[page - 1] = 1;
	say("larger, the rest not", SC5(__NR_perf_event_open, larger, 0, -1, -1, 0));
	say("no attributes", SC5(__NR_perf_event_open, NULL, 0, -1, -1, 0));

	prepare(PERF_COUNT_SW_PAGE_FAULTS);
	attr.exclude_kernel = 0;
	say("the kernel's part", open_event(0, -1, -1, 0));
	prepare(PERF_COUNT_SW_PAGE_FAULTS);
	say("a processor", open_event(-1, 0, -1, 0));
	say("no thread, no processor", open_event(-1, -1, -1, 0));
	say("no such processor", open_event(0, 100000, -1, 0));
	say("negative processor", open_event(0, -2, -1, 0));
	say("no such thread", open_event(0x3fffff, -1, -1, 0));
	say("itself by number", open_event(sys_gettid(), -1, -1, 0));
	say("on one processor", open_event(0, 0, -1, 0));
	say("unknown flag", open_event(0, -1, -1, 16));
	say("no such group", open_event(0, -1, 99, 0));
	sys_pipe2(ends, 0);
	say("not an event", open_event(0, -1, ends[0], 0));
	attr.read_format = 1 << 10;
	say("unknown format", open_event(0, -1, -1, 0));
	prepare(PERF_COUNT_SW_PAGE_FAULTS);
	attr.sample_type = 1UL << 40;
	say("unknown sample", open_event(0, -1, -1, 0));
	prepare(PERF_COUNT_SW_PAGE_FAULTS);
	attr.freq = 1;
	attr.sample_freq = 1UL << 40;
	say("too often", open_event(0, -1, -1, 0));
	prepare(PERF_COUNT_SW_PAGE_FAULTS);
	attr.sample_period = 1UL << 63;
	say("too rarely", open_event(0, -1, -1, 0));

	fd = must_open(PERF_COUNT_SW_PAGE_FAULTS, 0, -1);
	other = must_open(PERF_COUNT_SW_PAGE_FAULTS_MIN, 0, fd);
	prepare(PERF_COUNT_SW_DUMMY);
	say("led by one that is led", open_event(0, -1, other, 0));
	say("led on another processor", open_event(0, 0, fd, 0));
	say("in no group", open_event(0, -1, other, PERF_FLAG_FD_NO_GROUP));
	say("another's buffer", open_event(0, -1, fd, PERF_FLAG_FD_OUTPUT));
	attr.pinned = 1;
	say("pinned and led", open_event(0, -1, fd, 0));
	prepare(PERF_COUNT_SW_DUMMY);
	attr.inherit = 1;
	say("inherited, its leader not", open_event(0, -1, fd, 0));

	say_result("read too little", sys_read(fd, words, 7));
	say_result("write", sys_write(fd, words, 8));
	say_result("unknown ioctl", SC3(__NR_ioctl, fd, 0x2450, 0));
	say_result("refresh", SC3(__NR_ioctl, fd, PERF_EVENT_IOC_REFRESH, 1));
	say_result("id nowhere", SC3(__NR_ioctl, fd, PERF_EVENT_IOC_ID, NULL));
	print("close-on-exec: %ld\n", sys_fcntl(fd, F_GETFD, 0));
}

static void basics(void)
{
	int all = must_open(PERF_COUNT_SW_PAGE_FAULTS, 0, -1);
	int minor = must_open(PERF_COUNT_SW_PAGE_FAULTS_MIN, 0, -1);
	int major = must_open(PERF_COUNT_SW_PAGE_FAULTS_MAJ, 0, -1);
	char *first = fresh_pages(), *second = fresh_pages(), *third = fresh_pages();

	touch(first);
	print("disabled: %lu\n", value_of(all));
	control(all, PERF_EVENT_IOC_ENABLE, 0);
	control(minor, PERF_EVENT_IOC_ENABLE, 0);
	control(major, PERF_EVENT_IOC_ENABLE, 0);
	touch(second);
	print("enabled: %lu, minor %lu, major %lu\n", value_of(all), value_of(minor), value_of(major));
	peek(third);
	touch(third);
	print("read, then written: %lu\n", value_of(all));
	touch(third);
	print("again: %lu\n", value_of(all));
	control(all, PERF_EVENT_IOC_DISABLE, 0);
	touch(fresh_pages());
	print("disabled again: %lu\n", value_of(all));
	control(all, PERF_EVENT_IOC_RESET, 0);
	print("reset: %lu\n", value_of(all));
	SC1(__NR_prctl, PR_TASK_PERF_EVENTS_ENABLE);
	touch(fresh_pages());
	print("enabled by prctl: %lu\n", value_of(all));
	SC1(__NR_prctl, PR_TASK_PERF_EVENTS_DISABLE);
	touch(fresh_pages());
	print("disabled by prctl: %lu\n", value_of(all));
	sys_close(all);
	sys_close(minor);
	sys_close(major);
}

static void excluded(void)
{
	long fd;

	prepare(PERF_COUNT_SW_PAGE_FAULTS);
	attr.disabled = 0;
	attr.exclude_user = 1;
	fd = open_event(0, -1, -1, 0);
	touch(fresh_pages());
	print("neither user nor kernel: %lu\n", value_of((int)fd));
	sys_close((int)fd);
	prepare(PERF_COUNT_SW_CONTEXT_SWITCHES);
	attr.disabled = 0;
	fd = open_event(0, -1, -1, 0);
	sleep_ms(2);
	print("switches in user mode: %lu\n", value_of((int)fd));
	sys_close((int)fd);
}

static void burn(void)
{
	uint64_t end = now_ns() + 2000000;

	while (now_ns() < end)
		;
}

static void clocks(void)
{
	struct {
		uint64_t value, enabled, running;
	} task = { 0, 0, 0 }, dummy = { 0, 0, 0 }, elsewhere;
	int fd, still;

	prepare(PERF_COUNT_SW_TASK_CLOCK);
	attr.read_format = FORMAT_TIMES;
	fd = (int)open_event(0, -1, -1, 0);
	prepare(PERF_COUNT_SW_DUMMY);
	attr.read_format = FORMAT_TIMES;
	still = (int)open_event(0, -1, -1, 0);
	burn();
	sys_read(fd, &elsewhere, sizeof(elsewhere));
	print("stopped clock: %lu %lu %lu\n", elsewhere.value, elsewhere.enabled, elsewhere.running);
	control(fd, PERF_EVENT_IOC_ENABLE, 0);
	control(still, PERF_EVENT_IOC_ENABLE, 0);
	burn();
	control(fd, PERF_EVENT_IOC_DISABLE, 0);
	control(still, PERF_EVENT_IOC_DISABLE, 0);
	sys_read(fd, &task, sizeof(task));
	sys_read(still, &dummy, sizeof(dummy));
	print("task-clock runs: %s, as long as it is enabled: %s\n", task.value > 0 ? "yes" : "no",
	      task.enabled == task.running && task.value <= task.enabled ? "yes" : "no");
	print("dummy: %lu, enabled: %s\n", dummy.value, dummy.enabled > 0 ? "yes" : "no");
	burn();
	sys_read(fd, &elsewhere, sizeof(elsewhere));
	print("stopped again: %s\n", memcmp(&task, &elsewhere, sizeof(task)) == 0 ? "yes" : "no");
	sys_close(fd);
	sys_close(still);
}

static void groups(void)
{
	struct {
		uint64_t members, enabled, running;
		struct {
			uint64_t value, id;
		} of[3];
	} group;
	uint64_t id[3] = { 0, 0, 0 };
	int fd[3];
	long got;

	prepare(PERF_COUNT_SW_PAGE_FAULTS);
	attr.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_ID | FORMAT_TIMES;
	fd[0] = (int)open_event(0, -1, -1, 0);
	attr.disabled = 0;
	attr.config = PERF_COUNT_SW_PAGE_FAULTS_MIN;
	fd[1] = (int)open_event(0, -1, fd[0], 0);
	attr.config = PERF_COUNT_SW_DUMMY;
	fd[2] = (int)open_event(0, -1, fd[0], 0);
	for (int i = 0; i < 3; i++)
		SC3(__NR_ioctl, fd[i], PERF_EVENT_IOC_ID, &id[i]);
	touch(fresh_pages());
	sys_read(fd[0], &group, sizeof(group));
	print("led by one that is disabled: %lu %lu\n", group.of[0].value, group.of[1].value);
	control(fd[0], PERF_EVENT_IOC_ENABLE, 0);
	touch(fresh_pages());
	got = sys_read(fd[0], &group, sizeof(group));
	print("group: %ld bytes, %lu events: %lu %lu %lu\n", got, group.members, group.of[0].value, group.of[1].value,
	      group.of[2].value);
	print("their ids: %s\n", group.of[0].id == id[0] && group.of[1].id == id[1] && group.of[2].id == id[2] &&
	      id[0] != id[1] && id[1] != id[2] ? "yes" : "no");
	control(fd[1], PERF_EVENT_IOC_RESET, PERF_IOC_FLAG_GROUP);
	sys_read(fd[0], &group, sizeof(group));
	print("reset together: %lu %lu\n", group.of[0].value, group.of[1].value);
	control(fd[1], PERF_EVENT_IOC_DISABLE, PERF_IOC_FLAG_GROUP);
	touch(fresh_pages());
	sys_read(fd[0], &group, sizeof(group));
	print("disabled together: %lu %lu\n", group.of[0].value, group.of[1].value);
	control(fd[0], PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP);
	sys_close(fd[2]);
	got = sys_read(fd[0], &group, sizeof(group));
	print("one closed: %ld bytes, %lu events\n", got, group.members);
	sys_close(fd[0]);
	touch(fresh_pages());
	got = sys_read(fd[1], &group, sizeof(group));
	print("without its leader: %ld bytes, %lu event: %lu\n", got, group.members, group.of[0].value);
	sys_close(fd[1]);
}

static int touch_fresh(void *unused)
{
	touch(fresh_pages());
	return 0;
}

static const char *counted(int fd)
{
	return value_of(fd) >= PAGES ? "yes" : "no";
}

static int open_inherited(int on)
{
	prepare(PERF_COUNT_SW_PAGE_FAULTS);
	attr.inherit = on;
	attr.disabled = 0;
	return (int)open_event(0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static void children(char **argv)
{
	int fd = open_inherited(1), own = open_inherited(0), pid, ends[2];
	char *again[] = { argv[0], "touch", NULL }, c = 0;
	struct thread thread;

	thread_start(&thread, touch_fresh, NULL);
	thread_join(&thread);
	print("a thread: %s, not inherited: %s\n", counted(fd), counted(own));
	sys_close(fd);
	fd = open_inherited(1);
	pid = (int)fork_process();
	if (pid == 0) {
		touch_fresh(NULL);
		exit_process(0);
	}
	wait_status(pid);
	print("a child: %s, not inherited: %s\n", counted(fd), counted(own));
	sys_close(fd);
	sys_close(own);

	sys_pipe2(ends, O_CLOEXEC);
	pid = (int)fork_process();
	if (pid == 0) {
		sys_read(ends[0], &c, 1);
		touch_fresh(NULL);
		sys_execve("/proc/self/exe", again, rt_envp);
		exit_process(1);
	}
	prepare(PERF_COUNT_SW_PAGE_FAULTS);
	attr.enable_on_exec = 1;
	fd = (int)open_event(pid, -1, -1, 0);
	if (is_error(fd))
		die("of a child", fd);
	print("before execve: %lu\n", value_of(fd));
	sys_write(ends[1], &c, 1);
	print("the child: %d", wait_status(pid));
	print(", from execve on: %s\n", counted(fd));
	say("an ended child", open_event(pid, -1, -1, 0));
	sys_close(fd);
}

/* Two threads, so that speculation is tried; the pages' VMA has had its first page, as the series wants it. */
static int spf_worker(void *unused)
{
	char *p = fresh_pages();

	for (int round = 0; round < 8; round++) {
		touch(p);
		sys_madvise(p, PAGES * page, MADV_DONTNEED);
		peek(p);
		touch(p);
		sys_madvise(p, PAGES * page, MADV_DONTNEED);
	}
	return 0;
}

static char vmstat[8192];

static long vm_events(const char *name)
{
	int fd = (int)sys_open("/proc/vmstat", O_RDONLY, 0);
	size_t length = 0, n = strlen(name);
	long got;

	while ((got = sys_read(fd, vmstat + length, sizeof(vmstat) - 1 - length)) > 0)
		length += (size_t)got;
	vmstat[length] = 0;
	sys_close(fd);
	for (char *line = vmstat; *line;) {
		char *end = line;

		while (*end && *end != '\n')
			end++;
		if ((size_t)(end - line) > n && line[n] == ' ' && memcmp(line, name, n) == 0) {
			*end = 0;
			return parse_long(line + n + 1);
		}
		line = *end ? end + 1 : end;
	}
	return -1;
}

static void fault_in_threads(void)
{
	struct thread thread[2];

	for (int i = 0; i < 2; i++)
		thread_start(&thread[i], spf_worker, NULL);
	for (int i = 0; i < 2; i++)
		thread_join(&thread[i]);
}

static int speculation(void)
{
	uint64_t faults, spf;
	long fd, all, used;

	prepare(PERF_COUNT_SW_PAGE_FAULTS);
	attr.inherit = 1;
	attr.disabled = 0;
	attr.exclude_kernel = 0;
	all = open_event(0, -1, -1, 0);
	attr.config = SPF;
	fd = open_event(0, -1, -1, 0);
	if (is_error(fd)) {
		print("spf: %s\n", error_name(fd));
		fault_in_threads();
		return 0;
	}
	/* Touched once: from here on only the threads fault. */
	memset(vmstat, 0, sizeof(vmstat));
	used = -(vm_events("speculative_pgfault") - vm_events("spf_vma_discarded"));
	SC3(__NR_ioctl, fd, PERF_EVENT_IOC_RESET, 0);
	fault_in_threads();
	used += vm_events("speculative_pgfault") - vm_events("spf_vma_discarded");
	spf = value_of((int)fd);
	faults = value_of((int)all);
	print("spf is what was used: %s\n", spf == (uint64_t)used ? "yes" : "no");
	print("spf %s\n", spf == 0 ? "none" : spf <= faults ? "some" : "more than faults");
	return 0;
}

static long count_of_kernel(unsigned long config, int exclude_user)
{
	prepare(config);
	attr.disabled = 0;
	attr.exclude_kernel = 0;
	attr.exclude_user = exclude_user;
	return open_event(0, -1, -1, 0);
}

static void stay_on(unsigned long mask)
{
	long error = SC3(__NR_sched_setaffinity, 0, sizeof(mask), &mask);

	if (is_error(error))
		die("sched_setaffinity", error);
	sys_yield();
}

static int privileged(void)
{
	int zero = (int)sys_open("/dev/zero", O_RDONLY, 0), cpu[64], cpus = 0;
	char *p = fresh_pages();
	uint64_t sum = 0;
	long fd = count_of_kernel(PERF_COUNT_SW_PAGE_FAULTS, 1);

	if (is_error(fd)) {
		print("the kernel's part: %s\n", error_name(fd));
		return 1;
	}
	touch(fresh_pages());
	sys_read(zero, p, PAGES * page);
	print("faults of the kernel: %lu\n", value_of((int)fd));
	fd = count_of_kernel(PERF_COUNT_SW_CONTEXT_SWITCHES, 0);
	sleep_ms(2);
	print("switches: %s\n", value_of((int)fd) > 0 ? "yes" : "no");
	fd = count_of_kernel(PERF_COUNT_SW_CPU_MIGRATIONS, 0);
	stay_on(1);
	stay_on(2);
	stay_on(3);
	print("moved: %s\n", value_of((int)fd) > 0 ? "yes" : "no");
	prepare(PERF_COUNT_SW_PAGE_FAULTS);
	attr.disabled = 0;
	while (cpus < 64 && !is_error(fd = open_event(-1, cpus, -1, 0)))
		cpu[cpus++] = (int)fd;
	print("no such processor: %s\n", error_name(fd));
	touch(fresh_pages());
	for (int i = 0; i < cpus; i++)
		sum += value_of(cpu[i]);
	print("on all processors: %s\n", cpus > 1 && sum >= PAGES ? "yes" : "no");
	return 0;
}

static void give_up_privilege(void)
{
	SC3(__NR_setresgid, 65534, 65534, 65534);
	SC3(__NR_setresuid, 65534, 65534, 65534);
	/* Losing it hides the process from others of the same user. */
	SC2(__NR_prctl, PR_SET_DUMPABLE, 1);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	page = page_size();
	if (strcmp(what, "touch") == 0)
		return touch_fresh(NULL);
	if (strcmp(what, "spf") == 0)
		return speculation();
	if (strcmp(what, "privileged") == 0)
		return privileged();
	give_up_privilege();
	if (strcmp(what, "errors") == 0) {
		errors();
	} else if (strcmp(what, "counts") == 0) {
		basics();
		excluded();
		clocks();
		groups();
		children(argv);
	} else {
		print("usage: perf-events errors | counts | privileged | spf\n");
		return 2;
	}
	return 0;
}
