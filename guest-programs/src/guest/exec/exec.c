/*
 * exec: execve of itself with arguments and environment, what survives it
 * (pid, mask, ignored signals, open files) and what does not (handlers,
 * close-on-exec files, memory), `#!` scripts, vfork's order of things, and
 * the errors.
 */
#include "rt.h"

long rt_clone(unsigned long flags, void *stack, int *ptid, int *ctid, void *tls, int (*fn)(void *), void *arg);

static const char self[] = "/proc/self/exe";

static void show(const char *what, char **strings)
{
	/* The one string that differs from run to run is the pid the first image passed on. */
	for (int i = 0; strings[i]; i++)
		print("%s[%d] = %s\n", what, i, parse_long(strings[i]) == sys_getpid() ? "our pid" : strings[i]);
}

static void never(int sig, siginfo_t *info, void *context)
{
	exit_process(95);
}

/* The new image: says what it finds. */
static int second_stage(int argc, char **argv)
{
	struct kernel_sigaction usr1, usr2;
	static int untouched = 5;

	print("after execve: argc %d\n", argc);
	show("argv", argv);
	show("envp", rt_envp);
	SC4(__NR_rt_sigaction, SIGUSR1, NULL, &usr1, 8);
	SC4(__NR_rt_sigaction, SIGUSR2, NULL, &usr2, 8);
	print("handler became %s, ignored stayed %s, USR1 blocked: %s\n", usr1.handler ? "?" : "SIG_DFL",
	      usr2.handler == (void *)1 ? "ignored" : "?",
	      signal_mask(SIG_BLOCK, 0) & SIGBIT(SIGUSR1) ? "yes" : "no");
	print("descriptor 10: %s, close-on-exec 11: %s\n", error_name(sys_fcntl(10, F_GETFD, 0)),
	      error_name(sys_fcntl(11, F_GETFD, 0)));
	print("data is fresh: %d, same pid: %s\n", untouched, parse_long(argv[2]) == sys_getpid() ? "yes" : "no");
	return 23;
}

static void number(char *out, long value)
{
	char digits[24];
	int n = 0;

	do
		digits[n++] = (char)('0' + value % 10);
	while (value /= 10);
	while (n)
		*out++ = digits[--n];
	*out = 0;
}

static void with_arguments(void)
{
	int pid = fork_process();

	if (pid == 0) {
		char own_pid[24];
		char *argv[] = { "second", "--second", own_pid, "two words", "", NULL };
		char *envp[] = { "FIRST=1", "EMPTY=", NULL };

		number(own_pid, sys_getpid());
		signal_handle(SIGUSR1, never, 0, 0);
		signal_ignore(SIGUSR2);
		signal_mask(SIG_BLOCK, SIGBIT(SIGUSR1));
		sys_dup3(1, 10, 0);
		sys_dup3(1, 11, O_CLOEXEC);
		die("execve", sys_execve(self, argv, envp));
	}
	print("status %d\n", wait_status(pid));
}

static void write_file(const char *name, const char *first, const char *second, int mode)
{
	long fd = sys_open(name, O_WRONLY | O_CREAT | O_TRUNC, mode);

	if (is_error(fd))
		die(name, fd);
	sys_write((int)fd, first, strlen(first));
	sys_write((int)fd, second, strlen(second));
	sys_close((int)fd);
}

static int run(const char *path, char **argv)
{
	char *envp[] = { NULL };
	int pid = fork_process();

	if (pid == 0) {
		long error = sys_execve(path, argv, envp);

		print("%s\n", error_name(error));
		exit_process(90);
	}
	return wait_status(pid);
}

/* The interpreter gets: its name, the one argument of the line, the script's path, the arguments. */
static void script(void)
{
	static char path[4096], line[4200] = "#!";
	char *argv[] = { "ignored", "first", "second", NULL };
	long n = SC4(__NR_readlinkat, AT_FDCWD, self, path, sizeof(path) - 1);

	if (is_error(n))
		die("readlink", n);
	if (n > 200) {
		/* A #! line holds 255 bytes. */
		print("script: the program's own path is too long\n");
		return;
	}
	path[n] = 0;
	memcpy(line + 2, path, n);
	write_file("exec.tmp.script", line, " --script with one argument\nignored\n", 0700);
	print("script: status %d\n", run("./exec.tmp.script", argv));
	sys_unlink("exec.tmp.script");
}

static int script_stage(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		print("script argument %d: %s\n", i, argv[i]);
	return argc;
}

static volatile int written_by_child;

static int vfork_child(void *arg)
{
	char *argv[] = { "exit", "--exit", NULL };
	char *envp[] = { NULL };

	written_by_child = 1;
	sleep_ms(5);
	written_by_child = 2;
	sys_execve(self, argv, envp);
	return 99;
}

/* The parent waits until the child has left the shared memory. */
static void vfork_order(void)
{
	char *stack = map_anonymous(65536, PROT_READ | PROT_WRITE);
	long pid = rt_clone(CLONE_VM | CLONE_VFORK | SIGCHLD, stack + 65536, NULL, NULL, NULL, vfork_child, NULL);

	print("vfork: the parent sees %d, ", written_by_child);
	print("child's status %d\n", wait_status((int)pid));
	sys_munmap(stack, 65536);
}

static void errors(void)
{
	char *argv[] = { "x", NULL };

	print("no such file: ");
	run("./exec.tmp.none", argv);
	write_file("exec.tmp.text", "not a program\n", "", 0700);
	print("no format: ");
	run("./exec.tmp.text", argv);
	sys_unlink("exec.tmp.text");
	write_file("exec.tmp.elf", "\177ELF", "\2", 0700);
	print("truncated ELF: ");
	run("./exec.tmp.elf", argv);
	sys_unlink("exec.tmp.elf");
	write_file("exec.tmp.mode", "#!/nowhere", "\n", 0600);
	print("not executable: ");
	run("./exec.tmp.mode", argv);
	sys_unlink("exec.tmp.mode");
	write_file("exec.tmp.lost", "#!/nowhere/interpreter", "\n", 0700);
	print("interpreter missing: ");
	run("./exec.tmp.lost", argv);
	sys_unlink("exec.tmp.lost");
	print("a directory: ");
	run("/", argv);
	print("bad path pointer: ");
	run((char *)8, argv);
	print("bad argument pointer: ");
	run(self, (char **)8);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--second") == 0)
		return second_stage(argc, argv);
	if (argc > 1 && memcmp(argv[1], "--script", 8) == 0)
		return script_stage(argc, argv);
	if (argc > 1 && strcmp(argv[1], "--exit") == 0)
		return 31;
	with_arguments();
	script();
	vfork_order();
	errors();
	return 0;
}
