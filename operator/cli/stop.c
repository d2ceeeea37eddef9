#include "cli/stop.h"

#include "base/log.h"
#include "cli/commands.h"

#include <signal.h>
#include <unistd.h>

/* From within: no signal that people send. */
#define STOP_SIGNAL SIGUSR2

static sigset_t awaited(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, STOP_SIGNAL);
	return set;
}

void stop_prepare(void)
{
	const sigset_t set = awaited();

	sigprocmask(SIG_BLOCK, &set, NULL);
}

/* A handler, not the default: that is ignored where we are process 1. */
static void hurry(const sigset_t *set)
{
	struct sigaction action = { .sa_handler = command_end };

	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	sigprocmask(SIG_UNBLOCK, set, NULL);
	alarm(STOP_GRACE_S);
}

int stop_wait(void)
{
	sigset_t set = awaited();
	int signal_number = 0;

	while (sigwait(&set, &signal_number) != 0)
		;
	if (signal_number == SIGHUP)
		return SIGHUP;
	log_info("stopping", N("signal", signal_number));
	sigdelset(&set, STOP_SIGNAL);
	sigdelset(&set, SIGHUP);
	hurry(&set);
	return signal_number;
}

void stop_now(void)
{
	kill(getpid(), STOP_SIGNAL);
}
