/*
 * pipe-threads: as hackbench does it, groups of threads that send and threads
 * that receive. Each sender sends to every receiver of its group, through the
 * receiver's pipe. What arrives must be all there, whole, and each sender's
 * messages in order. Hardly a page faults: it shows what a design costs
 * programs that have no use for it.
 *
 *   pipe-threads [-q] [GROUPS [PAIRS [MESSAGES]]]
 *
 * PAIRS: senders, and receivers, of a group; MESSAGES: from one sender to one receiver.
 */
#define WORKLOAD "pipe-threads"
#include "workload.h"

#define MAX_PAIRS	16

static struct size sizes[] = { { "GROUPS", 2, 8 }, { "PAIRS", 4, MAX_PAIRS }, { "MESSAGES", 100, 1 << 30 } };
#define groups		sizes[0].value
#define pairs		sizes[1].value
#define messages	sizes[2].value

/* As long as hackbench's, but for the size of a word. */
struct message {
	unsigned long sender;
	unsigned long number;
	unsigned char text[88];
};

static int pipes[8 * MAX_PAIRS][2];

static void send(long group, unsigned long sender)
{
	struct message m = { .sender = sender };

	for (unsigned long i = 0; i < (unsigned long)messages; i++) {
		m.number = i;
		memset(m.text, (int)(sender + i), sizeof(m.text));
		for (long to = 0; to < pairs; to++)
			expect("bytes written by sender", sender,
			       must("write", sys_write(pipes[group * pairs + to][1], &m, sizeof(m))), sizeof(m));
	}
}

static void receive(long receiver)
{
	unsigned long next[MAX_PAIRS] = { 0 };
	struct message m;

	for (long i = 0; i < pairs * messages; i++) {
		for (size_t got = 0; got < sizeof(m); ) {
			long n = must("read", sys_read(pipes[receiver][0], (char *)&m + got, sizeof(m) - got));

			if (n == 0)
				fail("end of pipe", receiver, got, sizeof(m));
			got += n;
		}
		if (m.sender >= (unsigned long)pairs)
			fail("sender of a message to", receiver, m.sender, pairs - 1);
		expect("number of the message from", m.sender, m.number, next[m.sender]);
		next[m.sender]++;
		for (size_t at = 0; at < sizeof(m.text); at += sizeof(m.text) - 1)
			expect("byte of the message from", m.sender, m.text[at], (unsigned char)(m.sender + m.number));
	}
}

static int run(void *number)
{
	long self = (long)number, group = self / (2 * pairs), place = self % (2 * pairs);

	start_together();
	if (place < pairs)
		send(group, place);
	else
		receive(group * pairs + place - pairs);
	return 0;
}

int main(int argc, char **argv)
{
	read_sizes(argc, argv, sizes, ARRAY_SIZE(sizes));
	for (long i = 0; i < groups * pairs; i++)
		must("pipe2", sys_pipe2(pipes[i], 0));
	run_threads(groups * pairs * 2, run);
	print("pipe-threads threads=%ld groups=%ld messages=%ld", groups * pairs * 2, groups, messages);
	return finish_with("messages", groups * pairs * pairs * messages);
}
