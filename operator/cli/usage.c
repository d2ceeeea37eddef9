#include "cli/usage.h"

#include <stdio.h>

static bool wants_help(char **argv)
{
	for (; *argv && strcmp(*argv, "--") != 0; argv++)
		if (strcmp(*argv, "--help") == 0 || strcmp(*argv, "-h") == 0)
			return true;
	return false;
}

static void print_help(const struct usage *u)
{
	printf("usage: devmachine-operator %s %s\n\n%s\n\n", u->command,
	       u->synopsis, u->help);
	options_print(u->options, u->count);
}

bool usage_read(const struct usage *u, char **argv,
		struct option_list *operands, int *code)
{
	AUTO_ERR err = ERR_INIT;

	if (wants_help(argv)) {
		print_help(u);
		*code = EXIT_DONE;
		return false;
	}
	if (options_read(u->options, u->count, argv, operands, &err)) {
		if (operands->count == u->operands ||
		    u->operands == USAGE_ANY_OPERANDS)
			return true;
		err_set(&err, ERR_INVALID, "%s",
			operands->count < u->operands ? "too few arguments"
						      : "too many arguments");
	}
	fprintf(stderr,
		"devmachine-operator %s: %s\nusage: devmachine-operator %s "
		"%s; --help tells more\n",
		u->command, err.msg, u->command, u->synopsis);
	*code = EXIT_USAGE;
	return false;
}

bool usage_print(const struct buf *text)
{
	return fwrite(buf_text(text), 1, text->len, stdout) == text->len &&
	       fflush(stdout) == 0;
}

int usage_misuse(const char *command, const char *what)
{
	fprintf(stderr, "devmachine-operator %s: %s\n", command, what);
	return EXIT_USAGE;
}

int usage_fail(const char *command, const struct err *err)
{
	fprintf(stderr, "devmachine-operator %s: %s\n", command, err->msg);
	return EXIT_FAILED;
}
