/* A property of a fuzzer: when it does not hold, libFuzzer keeps the input. */
#ifndef FUZZ_REQUIRE_H
#define FUZZ_REQUIRE_H

#include <stdio.h>
#include <stdlib.h>

#define REQUIRE(what)                                   \
	do {                                            \
		if (!(what)) {                          \
			fprintf(stderr, "%s\n", #what); \
			abort();                        \
		}                                       \
	} while (0)

#endif
