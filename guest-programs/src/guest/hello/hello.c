/*
 * hello: the smallest program that shows something: one line per argument,
 * and its exit status is the number of arguments.
 */
#include "rt.h"

int main(int argc, char **argv)
{
	print("Hello from Faultline.\n");
	for (int i = 1; i < argc; i++)
		print("argument %d: %s\n", i, argv[i]);
	return argc - 1;
}
