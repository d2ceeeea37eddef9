#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#ifndef DEVMACHINE_VERSION
#define DEVMACHINE_VERSION "unknown"
#endif

const char *version_text(void)
{
	return DEVMACHINE_VERSION;
}

/* "0.1.0-12-g3a14ae0" names it behind its "g". */
const char *version_commit(void)
{
	static const char version[] = DEVMACHINE_VERSION;
	const char *mark = strstr(version, "-g");

	return mark ? mark + 2 : "";
}

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
