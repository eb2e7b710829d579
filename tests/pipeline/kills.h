/** @file kills.h
 * What tests that kill calibrations of `fragile` share: whom to strike, and when.
 */
#ifndef PRODA_TESTS_KILLS_H
#define PRODA_TESTS_KILLS_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fragile.h"

/** The n-th child of a process, 0 where it has none. */
static inline pid_t child_of(pid_t parent, int n)
{
  long pid = 0;
  FILE *file =
      parent ? fopen(scratch_print("/proc/%ld/task/%ld/children", (long)parent, (long)parent), "r")
             : NULL;
  for (; file && n >= 0; n--)
    if (fscanf(file, "%ld", &pid) != 1) {
      pid = 0;
      break;
    }
  if (file)
    fclose(file);
  return (pid_t)pid;
}

static inline size_t journal_size(void)
{
  struct stat file;
  return stat(fragile_path("fragile/calibrate.journal"), &file) == 0 ? (size_t)file.st_size : 0;
}

/** Until some sites are done; whether the run is still at work, else how it ended. */
static inline bool wait_for_sites(pid_t run, int *status)
{
  size_t before = journal_size();
  while (journal_size() <= before + 1000) {
    if (waitpid(run, status, WNOHANG) == run)
      return false;
    usleep(1000);
  }
  return true;
}

#endif
