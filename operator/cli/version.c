#include "cli/commands.h"

#include <stdio.h>

#ifndef DEVMACHINE_VERSION
#define DEVMACHINE_VERSION "unknown"
#endif

int command_version(char **argv)
{
	if (*argv) {
		fputs("devmachine-operator version: takes no arguments\n",
		      stderr);
		return EXIT_USAGE;
	}
	puts("devmachine-operator " DEVMACHINE_VERSION);
	return EXIT_DONE;
}
