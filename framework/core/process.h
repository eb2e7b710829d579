/** @file process.h
 * Running another program, without a shell.
 */
#ifndef PRODA_CORE_PROCESS_H
#define PRODA_CORE_PROCESS_H

#include <proda/status.h>

/** Runs argv[0], found on $PATH, and waits for it. Its output is thrown away; what it says of
 * errors goes to the file `errors`, and on failure into the message, on one line. */
int proda_process_run(const char *const argv[], const char *errors, struct proda_error *error);

#endif
