/** @file program.h
 * Runs the program itself, for tests of what it prints and how it ends.
 */
#ifndef PRODA_PROGRAM_H
#define PRODA_PROGRAM_H

#include <sys/wait.h>

#include "scratch.h"

static char output[65536], errors[65536]; /* what the last run printed */

static inline __attribute__((unused)) void program_read(const char *path, char *out, size_t size)
{
  FILE *stream = fopen(path, "r");
  assert_non_null(stream);
  out[fread(out, 1, size - 1, stream)] = '\0';
  fclose(stream);
}

/** `proda ARGUMENTS` with its output to a file; returns its exit status. */
static inline __attribute__((unused)) int program_run(const char *arguments, const char *to)
{
  char command[16384];
  const char *program = getenv("PRODA");
  snprintf(command, sizeof command, "%s %s >%s 2>%s", program ? program : "./proda", arguments, to,
           scratch_path("err"));
  int status = system(command); /* NOLINT(cert-env33-c): a test */
  program_read(scratch_path("err"), errors, sizeof errors);
  assert_true(WIFEXITED(status));
  return WEXITSTATUS(status);
}

/** The same, with its output in `output`. */
static inline __attribute__((unused)) int proda(const char *arguments)
{
  int status = program_run(arguments, scratch_path("out"));
  program_read(scratch_path("out"), output, sizeof output);
  return status;
}

static inline __attribute__((unused)) void assert_has(const char *text, const char *part)
{
  if (!strstr(text, part))
    print_error("expected '%s' in: %s\n", part, text);
  assert_non_null(strstr(text, part));
}

#endif
