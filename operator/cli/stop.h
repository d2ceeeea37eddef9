/*
 * How `run` is stopped: by SIGTERM or SIGINT, or from within. The first lets
 * it end in order, within a grace period; another one ends it at once.
 */
#ifndef CLI_STOP_H
#define CLI_STOP_H

/** Before any thread is started: signals wait for stop_wait(). */
void stop_prepare(void);

/**
 * Waits for a signal, or for stop_now(), and returns its number. From then on
 * the process ends by itself after STOP_GRACE_S, and at a second signal; but
 * not after SIGHUP, which stops nothing.
 */
int stop_wait(void);

/** Ends the wait. Any thread. */
void stop_now(void);

/* A pod has 15 s (config/manager/manager.yaml); ordinary ends take a tenth of a
 * second, and a server that does not answer about seven. */
#define STOP_GRACE_S 9

#endif
