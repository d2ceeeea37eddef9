/* The subcommands. Each gets the arguments behind its name, NULL-terminated,
 * prints results on stdout and messages on stderr, and returns the exit code. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_DIFFERS = 3
};

typedef int command_fn(char **argv);

/** A handler of signals: ends the process at once, as failed. */
void command_end(int signal_number);

command_fn command_run;
command_fn command_template;
command_fn command_lint;
command_fn command_diff;
command_fn command_rbac;
command_fn command_version;

/* Of this program, and the commit it was built from; "" when that is not
 * known. Constant. */
const char *version_text(void);
const char *version_commit(void);

#endif
