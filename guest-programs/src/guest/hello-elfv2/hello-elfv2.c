/* hello, big-endian and with functions that have no descriptors. */
#include "../hello/hello.c"
