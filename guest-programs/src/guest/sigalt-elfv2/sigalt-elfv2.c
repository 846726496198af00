/* sigalt, big-endian and with functions that have no descriptors. */
#include "../sigalt/sigalt.c"
