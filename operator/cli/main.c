/* One table drives dispatch and help. */
#include "cli/commands.h"

#include "base/attr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct command {
	const char *name, *operands, *help;
	command_fn *fn;
} commands[] = {
	{ "run", "", "run the operator", command_run },
	{ "template", "CHART",
	  "print what a chart would apply, without a cluster",
	  command_template },
	{ "lint", "CHART...", "say what is wrong with a chart, and where",
	  command_lint },
	{ "diff", "-f FILE",
	  "tell what would be done for a custom resource, and do nothing",
	  command_diff },
	{ "rbac", "", "print the ClusterRole that watches.yaml needs",
	  command_rbac },
	{ "version", "", "print the version", command_version },
};

static void print_help(FILE *to)
{
	fprintf(to, "devmachine-operator turns custom resources into releases "
		    "of charts.\n\nusage: devmachine-operator COMMAND "
		    "[OPTIONS]\n\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(to, "  %-9s %-8s %s\n", commands[i].name,
			commands[i].operands, commands[i].help);
	fprintf(to, "\ndevmachine-operator COMMAND --help tells the options of "
		    "a command.\nExit codes: 0 done, 1 failed, 2 wrong "
		    "usage; of diff: 3\nsomething would be done.\n");
}

void command_end(int signal_number)
{
	(void)signal_number;
	_exit(EXIT_FAILED);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].fn(argv + 2);
	fprintf(stderr,
		"devmachine-operator: unknown command \"%s\"; --help "
		"lists the commands\n",
		argv[1]);
	return EXIT_USAGE;
}
