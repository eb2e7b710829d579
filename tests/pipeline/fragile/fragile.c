#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fragile.names.h"

/* What the environment asks for; the host of a test that goes wrong is not meant. */
static void go_wrong(void)
{
  const char *way = getenv("FRAGILE");
  if (!way)
    return;
  if (strcmp(way, "segfault") == 0) {
    signal(SIGSEGV, SIG_DFL); /* a sanitizer's handler would exit */
    raise(SIGSEGV);
  }
  if (strcmp(way, "abort") == 0)
    abort();
  if (strcmp(way, "exit") == 0)
    exit(0);
  if (strcmp(way, "loop") == 0)
    for (volatile int i = 0;; i = i + 1)
      ;
  if (strcmp(way, "memory") == 0)
    for (;;) {
      char *piece = malloc(1 << 20);
      if (!piece)
        abort();
      memset(piece, 1, 1 << 20);
    }
}

/* About one site in thirteen is of this sort. */
lane survive(lane temperature, lane q10)
{
  for (int i = 0; i < PRODA_LANES; i++)
    if (fmod(floor(temperature[i] * 1e4), 13.0) == 4.0 && q10[i] > 0)
      go_wrong();
  return lane_splat(1.0);
}
