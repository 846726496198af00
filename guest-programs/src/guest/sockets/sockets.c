/*
 * sockets: local sockets. Streams, datagrams and sequenced packets; names in
 * the file system and abstract ones; what travels beside the bytes; how the
 * ends learn of each other's end; errors.
 */
#include <asm/socket.h>
#include <linux/un.h>

#include "rt.h"

#define AF_UNIX		1
#define SOCK_STREAM	1
#define SOCK_DGRAM	2
#define SOCK_SEQPACKET	5
#define MSG_PEEK	2
#define MSG_CTRUNC	8
#define MSG_TRUNC	0x20
#define MSG_DONTWAIT	0x40
#define MSG_WAITALL	0x100
#define MSG_NOSIGNAL	0x4000
#define MSG_CLOEXEC	0x40000000
#define SCM_RIGHTS	1
#define SCM_CREDENTIALS	2

struct message {
	void *name;
	int name_length;
	struct part {
		void *base;
		size_t length;
	} *parts;
	size_t part_count;
	void *control;
	size_t control_length;
	int flags;
};

struct control {
	size_t length;
	int level;
	int type;
	int data[12];
};

/* " what: 5" or " what: EINVAL". One call a statement: arguments have no order. */
static void say(const char *what, long result)
{
	static const struct { int value; const char *name; } names[] = {
		{ ENOTSOCK, "ENOTSOCK" }, { EPROTOTYPE, "EPROTOTYPE" }, { ENOPROTOOPT, "ENOPROTOOPT" },
		{ EPROTONOSUPPORT, "EPROTONOSUPPORT" }, { ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT" },
		{ EOPNOTSUPP, "EOPNOTSUPP" }, { EAFNOSUPPORT, "EAFNOSUPPORT" }, { EADDRINUSE, "EADDRINUSE" },
		{ ECONNRESET, "ECONNRESET" }, { EISCONN, "EISCONN" }, { ENOTCONN, "ENOTCONN" },
		{ ECONNREFUSED, "ECONNREFUSED" }, { EMSGSIZE, "EMSGSIZE" }, { ESPIPE, "ESPIPE" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].value == -result) {
			print(" %s: %s", what, names[i].name);
			return;
		}
	}
	if (result < 0)
		print(" %s: %s", what, error_name(result));
	else
		print(" %s: %ld", what, result);
}

static long send_to(int fd, const void *data, size_t n, int flags, const void *to, int length)
{
	return SC6(__NR_sendto, fd, data, n, flags, to, length);
}

/* What was received, as text. */
static void say_text(const char *what, const char *text, long n)
{
	say(what, n);
	print(" '");
	for (long i = 0; i < n; i++)
		print("%c", text[i]);
	print("'");
}

static long receive(int fd, void *data, size_t n, int flags)
{
	return SC6(__NR_recvfrom, fd, data, n, flags, NULL, NULL);
}

static int open_socket(int type)
{
	return (int)SC3(__NR_socket, AF_UNIX, type, 0);
}

static void pair(int *fds, int type)
{
	long error = SC4(__NR_socketpair, AF_UNIX, type, 0, fds);

	if (error)
		die("socketpair", error);
}

static void close_both(const int *fds)
{
	sys_close(fds[0]);
	sys_close(fds[1]);
}

/* An address; one that begins with '@' is abstract. Returns its length. */
static int address(struct sockaddr_un *to, const char *name)
{
	size_t length = strlen(name);

	memset(to, 0, sizeof(*to));
	to->sun_family = AF_UNIX;
	memcpy(to->sun_path, name, length);
	if (name[0] != '@')
		return (int)(2 + length + 1);
	to->sun_path[0] = 0;
	return (int)(2 + length);
}

static long bind_to(int fd, const char *name)
{
	struct sockaddr_un to;
	int length = address(&to, name);

	return SC3(__NR_bind, fd, &to, length);
}

static long connect_to(int fd, const char *name)
{
	struct sockaddr_un to;
	int length = address(&to, name);

	return SC3(__NR_connect, fd, &to, length);
}

static int ready(int fd)
{
	struct pollfd p = { fd, POLLIN | POLLOUT | POLLRDHUP, 0 };
	struct timespec zero = { 0, 0 };

	SC5(__NR_ppoll, &p, 1, &zero, NULL, 0);
	return p.revents;
}

static void say_ready(int fd)
{
	print(" poll: %x", ready(fd));
}

static int option(int fd, int name)
{
	int value = -1, length = sizeof(value);
	long error = SC5(__NR_getsockopt, fd, SOL_SOCKET, name, &value, &length);

	return error ? (int)error : value;
}

static char text[64];

static void say_received(const char *what, int fd, size_t n, int flags)
{
	n = receive(fd, text, n, flags);
	say_text(what, text, (long)n > (long)sizeof(text) ? 0 : (long)n);
}

static void end_line(void)
{
	print("\n");
}

static void streams(void)
{
	int fds[2];

	pair(fds, SOCK_STREAM);
	sys_write(fds[0], "one", 3);
	sys_write(fds[0], "two", 3);
	print("stream:");
	say_received("peek", fds[1], 4, MSG_PEEK);
	say_received("read across writes", fds[1], 16, 0);
	say_received("empty", fds[1], 1, MSG_DONTWAIT);
	say_ready(fds[1]);
	end_line();
	sys_write(fds[0], "left", 4);
	print("shut for writing:");
	say("shutdown", SC2(__NR_shutdown, fds[0], 1));
	say("send", send_to(fds[0], "x", 1, MSG_NOSIGNAL, NULL, 0));
	say_ready(fds[1]);
	say_received("the rest", fds[1], 16, MSG_WAITALL);
	say_received("end", fds[1], 16, 0);
	say("back", sys_write(fds[1], "back", 4));
	end_line();
	sys_close(fds[1]);
	print("other end gone:");
	say_ready(fds[0]);
	say_received("read", fds[0], 16, 0);
	say_received("then", fds[0], 16, 0);
	end_line();
	sys_close(fds[0]);

	pair(fds, SOCK_STREAM);
	sys_write(fds[0], "unread", 6);
	sys_close(fds[1]);
	print("gone without reading:");
	say_ready(fds[0]);
	say_received("read", fds[0], 16, 0);
	say_received("then", fds[0], 16, 0);
	signal_ignore(SIGPIPE);
	say("write", sys_write(fds[0], "x", 1));
	signal_default(SIGPIPE);
	end_line();
	print("wrong:");
	say("seek", SC3(__NR_lseek, fds[0], 0, 0));
	say("pread", sys_pread(fds[0], text, 1, 0));
	say("how", SC2(__NR_shutdown, fds[0], 3));
	sys_close(fds[0]);
	end_line();
	fds[0] = open_socket(SOCK_STREAM);
	print("unconnected:");
	say_ready(fds[0]);
	say_received("read", fds[0], 1, 0);
	say("send", send_to(fds[0], "x", 1, 0, NULL, 0));
	say("shutdown", SC2(__NR_shutdown, fds[0], 2));
	sys_close(fds[0]);
	end_line();
}

static void bulk(void)
{
	static unsigned char block[70000];
	unsigned long bytes = 0, sum = 0;
	int fds[2], pid;
	long n;

	pair(fds, SOCK_STREAM);
	pid = fork_process();
	if (pid == 0) {
		sys_close(fds[0]);
		for (int i = 0; i < 20; i++) {
			memset(block, i, sizeof(block));
			if (sys_write(fds[1], block, sizeof(block)) != sizeof(block))
				exit_process(1);
		}
		exit_process(0);
	}
	sys_close(fds[1]);
	while ((n = sys_read(fds[0], block, 33333)) > 0) {
		for (long i = 0; i < n; i++)
			sum += block[i];
		bytes += n;
	}
	print("through a stream: %lu bytes, sum %lu, end %ld, writer %d\n", bytes, sum, n, wait_status(pid));
	sys_close(fds[0]);
}

static void messages(int type, const char *name)
{
	static char large[400000];
	int fds[2];

	pair(fds, type);
	send_to(fds[0], "first", 5, 0, NULL, 0);
	send_to(fds[0], "", 0, 0, NULL, 0);
	send_to(fds[0], "last", 4, 0, NULL, 0);
	print("%s:", name);
	say("peek of two", receive(fds[1], text, 2, MSG_TRUNC | MSG_PEEK));
	say_received("two of the first", fds[1], 2, 0);
	say_received("an empty one", fds[1], 16, 0);
	say_received("the last", fds[1], 16, 0);
	say_received("none", fds[1], 16, MSG_DONTWAIT);
	end_line();
	print("largest:");
	say("sent", send_to(fds[0], large, 212992 - 32, 0, NULL, 0));
	say("one more", send_to(fds[0], large, 212992 - 31, 0, NULL, 0));
	say("no room", send_to(fds[0], "x", 1, MSG_DONTWAIT, NULL, 0));
	say_ready(fds[0]);
	say("received", receive(fds[1], text, 1, MSG_TRUNC));
	say_ready(fds[0]);
	end_line();
	sys_close(fds[1]);
	print("other end gone:");
	say_ready(fds[0]);
	say("send", send_to(fds[0], "x", 1, MSG_NOSIGNAL, NULL, 0));
	say("again", send_to(fds[0], "x", 1, MSG_NOSIGNAL, NULL, 0));
	if (type == SOCK_SEQPACKET)
		say_received("read", fds[0], 1, 0);
	sys_close(fds[0]);
	end_line();
}

static void waiting_clients(int server)
{
	int one = open_socket(SOCK_STREAM | O_NONBLOCK), two = open_socket(SOCK_STREAM | O_NONBLOCK);
	int three = open_socket(SOCK_STREAM | O_NONBLOCK);

	print("waiting to be accepted:");
	say("one", connect_to(one, "name"));
	say("two", connect_to(two, "name"));
	say("more than may", connect_to(three, "name"));
	sys_close(server);
	end_line();
	print("server gone:");
	say_ready(one);
	say_received("read", one, 1, 0);
	say_received("then", one, 1, 0);
	say("its file", connect_to(three, "name"));
	sys_unlink("name");
	say("unlinked", connect_to(three, "name"));
	end_line();
	sys_close(one);
	sys_close(two);
	sys_close(three);
}

static void listeners(void)
{
	struct sockaddr_un from;
	int server, client, accepted, length;

	server = open_socket(SOCK_STREAM);
	print("unbound:");
	say("listen", SC2(__NR_listen, server, 1));
	say("connect", connect_to(server, "nowhere"));
	say("accept", SC4(__NR_accept4, server, NULL, NULL, 0));
	say("bind", bind_to(server, "name"));
	say("bind again", bind_to(server, "other"));
	end_line();
	client = open_socket(SOCK_STREAM);
	print("client:");
	say("taken", bind_to(client, "name"));
	say("not listening", connect_to(client, "name"));
	say_ready(client);
	SC2(__NR_listen, server, 1);
	say("listening", option(server, SO_ACCEPTCONN));
	say_ready(server);
	say("connect", connect_to(client, "name"));
	say("again", connect_to(client, "name"));
	say_ready(server);
	end_line();
	sys_write(client, "early", 5);
	length = sizeof(from);
	accepted = (int)SC4(__NR_accept4, server, &from, &length, O_NONBLOCK);
	print("accepted:");
	say("bytes of name", length);
	say("non-blocking", (sys_fcntl(accepted, F_GETFL, 0) & O_NONBLOCK) != 0);
	say_received("read", accepted, 16, 0);
	length = sizeof(from);
	say("peer", SC3(__NR_getpeername, client, &from, &length));
	say_text("peer", from.sun_path, length - 3);
	length = 4;
	say("own", SC3(__NR_getsockname, client, &from, &length));
	say("bytes of name", length);
	end_line();
	sys_close(client);
	sys_close(accepted);
	waiting_clients(server);
}

static void server_process(void)
{
	int server = open_socket(SOCK_SEQPACKET), client, pid, total = 0;

	bind_to(server, "@faultline-sockets");
	SC2(__NR_listen, server, 5);
	pid = fork_process();
	if (pid == 0) {
		for (int i = 0; i < 3; i++) {
			client = (int)SC4(__NR_accept4, server, NULL, NULL, 0);
			long n = sys_read(client, text, sizeof(text));

			for (long j = 0; j < n; j++)
				text[j] -= 32;
			sys_write(client, text, n);
			sys_close(client);
		}
		exit_process(0);
	}
	print("server process:");
	for (int i = 0; i < 3; i++) {
		client = open_socket(SOCK_SEQPACKET);
		if (connect_to(client, "@faultline-sockets"))
			die("connect", 0);
		sys_write(client, "packet", 6);
		long n = sys_read(client, text, sizeof(text));

		say_text("answer", text, n);
		total += (int)n + (int)sys_read(client, text, sizeof(text));
		sys_close(client);
	}
	print(" %d bytes, status %d\n", total, wait_status(pid));
	sys_close(server);
}

static void datagrams(void)
{
	struct sockaddr_un to, from;
	int one = open_socket(SOCK_DGRAM), two = open_socket(SOCK_DGRAM), length, count = 0;
	const unsigned short family = AF_UNIX;

	bind_to(one, "@faultline-one");
	print("datagrams:");
	say("a name made up", SC3(__NR_bind, two, &family, sizeof(family)));
	length = sizeof(from);
	SC3(__NR_getsockname, two, &from, &length);
	say("bytes", length);
	length = address(&to, "@faultline-one");
	say("unconnected", send_to(two, "x", 1, 0, NULL, 0));
	say("to a name", send_to(two, "hello", 5, 0, &to, length));
	length = sizeof(from);
	say("received", SC6(__NR_recvfrom, one, text, sizeof(text), 0, &from, &length));
	say("bytes of name", length);
	connect_to(two, "@faultline-one");
	while (send_to(two, "x", 1, MSG_DONTWAIT, NULL, 0) == 1)
		count++;
	say("queued", count);
	say_ready(two);
	end_line();
	sys_close(one);
	print("nobody there:");
	say("send", send_to(two, "x", 1, 0, NULL, 0));
	say("again", send_to(two, "x", 1, 0, NULL, 0));
	say("connect", connect_to(two, "@faultline-one"));
	one = open_socket(SOCK_STREAM);
	bind_to(one, "@faultline-one");
	SC2(__NR_listen, one, 1);
	say("of another kind", connect_to(two, "@faultline-one"));
	sys_close(one);
	one = open_socket(SOCK_STREAM);
	bind_to(one, "stream");
	say("and in a file", connect_to(two, "stream"));
	sys_unlink("stream");
	end_line();
	sys_close(one);
	sys_close(two);
}

static long send_control(int fd, struct control *control, const char *text)
{
	struct part part = { (void *)text, strlen(text) };
	struct message m = { NULL, 0, &part, 1, control, control->length, 0 };

	return SC3(__NR_sendmsg, fd, &m, 0);
}

static long receive_control(int fd, struct control *control, size_t room, int *flags, int receive_flags)
{
	struct part part = { text, sizeof(text) };
	struct message m = { NULL, 0, &part, 1, control, room, 0 };
	long n;

	memset(control, 0, sizeof(*control));
	n = SC3(__NR_recvmsg, fd, &m, receive_flags);
	*flags = m.flags;
	return n < 0 ? n : (long)m.control_length;
}

static void descriptors(void)
{
	struct control control;
	int fds[2], ends[2], flags;
	long n;

	pair(fds, SOCK_STREAM);
	sys_pipe2(ends, 0);
	print("descriptors:");
	control = (struct control){ 16 + 8, SOL_SOCKET, SCM_RIGHTS, { ends[0], ends[1] } };
	say("sent", send_control(fds[0], &control, "pipe"));
	close_both(ends);
	say("control bytes", receive_control(fds[1], &control, sizeof(control), &flags, MSG_CLOEXEC));
	say("length", (long)control.length);
	say("type", control.type);
	say("close-on-exec", sys_fcntl(control.data[0], F_GETFD, 0));
	ends[0] = control.data[0];
	ends[1] = control.data[1];
	sys_write(ends[1], "p", 1);
	n = sys_read(ends[0], text, 1);
	say_text("they are a pipe", text, n);
	end_line();
	control = (struct control){ 16 + 8, SOL_SOCKET, SCM_RIGHTS, { ends[0], ends[1] } };
	send_control(fds[0], &control, "a");
	send_control(fds[0], &control, "b");
	print("room for one:");
	say("control bytes", receive_control(fds[1], &control, 16 + 4, &flags, 0));
	print(" flags %x", flags);
	say("a new one", control.data[0] > ends[1]);
	sys_close(control.data[0]);
	sys_close(ends[0]);
	sys_read(fds[1], text, 1);
	signal_ignore(SIGPIPE);
	say("read drops them", sys_write(ends[1], "x", 1));
	signal_default(SIGPIPE);
	sys_close(ends[1]);
	end_line();
	print("wrong:");
	control = (struct control){ 16 + 4, SOL_SOCKET, SCM_RIGHTS, { 99 } };
	say("descriptor", send_control(fds[0], &control, "x"));
	control = (struct control){ 16, SOL_SOCKET, 77, { 0 } };
	say("type", send_control(fds[0], &control, "x"));
	end_line();
	close_both(fds);
}

static void credentials(void)
{
	struct control control;
	int fds[2], flags, on = 1, pid = sys_getpid(), who[3], length = sizeof(who);

	pair(fds, SOCK_DGRAM);
	SC5(__NR_setsockopt, fds[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	sys_write(fds[0], "x", 1);
	print("credentials:");
	say("control bytes", receive_control(fds[1], &control, sizeof(control), &flags, 0));
	say("length", (long)control.length);
	say("type", control.type);
	say("own pid", control.data[0] == pid);
	say("of the peer", SC5(__NR_getsockopt, fds[0], SOL_SOCKET, SO_PEERCRED, who, &length));
	say("bytes", length);
	say("own pid", who[0] == pid);
	if (fork_process() == 0) {
		sys_write(fds[0], "c", 1);
		exit_process(0);
	}
	receive_control(fds[1], &control, sizeof(control), &flags, 0);
	say("a child's", control.data[0] != pid && control.data[0] > 0);
	sys_write(fds[0], "x", 1);
	say("no room", receive_control(fds[1], &control, 0, &flags, 0));
	print(" flags %x\n", flags);
	sys_wait4(-1, NULL, 0, NULL);
	close_both(fds);
}

static void options(void)
{
	int fds[2], value = 1000, pipe_ends[2];
	struct { long seconds, micros; } short_time = { 0, 30000 };
	uint64_t before;

	pair(fds, SOCK_SEQPACKET);
	print("options:");
	say("type", option(fds[0], SO_TYPE));
	say("domain", option(fds[0], SO_DOMAIN));
	say("error", option(fds[0], SO_ERROR));
	say("listening", option(fds[0], SO_ACCEPTCONN));
	say("buffer", option(fds[0], SO_SNDBUF));
	SC5(__NR_setsockopt, fds[0], SOL_SOCKET, SO_SNDBUF, &value, sizeof(value));
	say("a small one", option(fds[0], SO_SNDBUF));
	say("none such", option(fds[0], 99));
	SC5(__NR_setsockopt, fds[0], SOL_SOCKET, SO_RCVTIMEO_OLD, &short_time, sizeof(short_time));
	before = now_ns();
	say_received("a read that ends by itself", fds[0], 1, 0);
	say("after its time", now_ns() - before >= 30000000);
	close_both(fds);
	end_line();
	sys_pipe2(pipe_ends, 0);
	print("wrong:");
	say("a pipe", receive(pipe_ends[0], text, 1, 0));
	say("nothing", receive(99, text, 1, 0));
	say("family", SC3(__NR_socket, 45, SOCK_STREAM, 0));
	say("no family", SC3(__NR_socket, 46, SOCK_STREAM, 0));
	say("type", SC3(__NR_socket, AF_UNIX, 4, 0));
	say("no type", SC3(__NR_socket, AF_UNIX, 11, 0));
	say("protocol", SC3(__NR_socket, AF_UNIX, SOCK_STREAM, 7));
	end_line();
	close_both(pipe_ends);
}

int main(int argc, char **argv)
{
	streams();
	bulk();
	messages(SOCK_DGRAM, "datagrams");
	messages(SOCK_SEQPACKET, "packets");
	listeners();
	server_process();
	datagrams();
	descriptors();
	credentials();
	options();
	return 0;
}
