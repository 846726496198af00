/*
 * lost-pointer: stores through a structure that was never found, and dies of
 * it; for a first session with a debugger.
 *
 *   lost-pointer        looks for the shelf "tools", which is not there
 *   lost-pointer NAME   looks for that one: "books" and "plants" are there
 *
 * find_shelf returns null; put stores to the member `number` of it, 24 bytes
 * above address 0. Set the register that holds the address to that of
 * books.number and go on: the program ends as if nothing had happened.
 */
#include "rt.h"

struct shelf {
	const char *name;
	long rows[2];
	long number;
};

static struct shelf books = { "books", { 3, 4 }, 0 };
static struct shelf plants = { "plants", { 1, 1 }, 0 };

static struct shelf *find_shelf(const char *name)
{
	if (strcmp(name, books.name) == 0)
		return &books;
	if (strcmp(name, plants.name) == 0)
		return &plants;
	return NULL;
}

__attribute__((noinline, noipa)) static void put(long *where, long number)
{
	*where = number;
}

__attribute__((noinline, noipa)) static void fill(const char *name, long number)
{
	struct shelf *shelf = find_shelf(name);

	put(&shelf->number, number);
	print("%ld things are on the shelf\n", number);
}

int main(int argc, char **argv)
{
	fill(argc > 1 ? argv[1] : "tools", 42);
	print("books %ld, plants %ld\n", books.number, plants.number);
	return 0;
}
