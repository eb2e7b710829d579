/** @file process.h
 * Running another program, without a shell.
 */
#ifndef PRODA_CORE_PROCESS_H
#define PRODA_CORE_PROCESS_H

#include <proda/status.h>

/** Runs argv[0], found on $PATH, and waits for it. Its output is thrown away; what it says of
 * errors goes to the file `errors`. `*state` is as waitpid() tells it: 0 where all went well. */
int proda_process_wait(const char *const argv[], const char *errors, int *state,
                       struct proda_error *error);

/** The same, where failing is an error; its message has what the program says, on one line. */
int proda_process_run(const char *const argv[], const char *errors, struct proda_error *error);

enum { PRODA_PROCESS_END = 96 };
/** How a process ended, as waitpid() tells it: "was killed by signal 11, Segmentation fault", "was
 * ended by a call of exit(3)". */
void proda_process_end(int state, char text[PRODA_PROCESS_END]);

/** Limits what this process may map, to so much beyond what it maps now; a limit that cannot be set
 * is none. */
void proda_process_limit_memory(double bytes);

#endif
