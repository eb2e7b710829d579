#define _GNU_SOURCE
#include <fenv.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fragile.names.h"

/* A sanitizer's handler would exit. */
static void die_of(int number)
{
  signal(number, SIG_DFL);
  raise(number);
}

static void loop(void)
{
  for (volatile unsigned i = 0;; i = i + 1)
    ;
}

/* Written to, or the compiler would leave it out. */
static void take(size_t bytes)
{
  volatile char *piece = malloc(bytes);
  if (!piece)
    abort();
  for (size_t i = 0; i < bytes; i += 4096)
    piece[i] = 1;
}

static int overflow(volatile int depth)
{
  volatile char frame[65536];
  frame[0] = (char)depth;
  return overflow(depth + 1) + frame[0];
}

/* Behind the end of a block, where the allocator keeps its own numbers. */
static void corrupt_heap(void)
{
  volatile char *block = malloc(4000);
  for (int i = 4000; block && i < 4064; i++)
    block[i] = 0x41;
  free((char *)block);
}

static void divide(void)
{
  volatile double zero = 0;
  signal(SIGFPE, SIG_DFL);
  feenableexcept(FE_DIVBYZERO);
  zero = 1 / zero;
}

/* To all that may be open, the line to the host among them. */
static void babble(void)
{
  for (int fd = 3; fd < 12; fd++)
    for (int i = 0; i < 100; i++)
      if (write(fd, "the quick brown fox jumps over the lazy dog", 43) < 0)
        break;
}

static void close_all(void)
{
  for (int fd = 3; fd < 64; fd++)
    close(fd);
}

/* A child holds the line open. */
static void leave_a_child(void)
{
  if (fork() == 0) {
    sleep(20);
    _exit(0);
  }
  die_of(SIGSEGV);
}

/* What the environment asks for; the host of a test that goes wrong is not meant. */
static void go_wrong(const char *way)
{
  if (strcmp(way, "segfault") == 0)
    die_of(SIGSEGV);
  else if (strcmp(way, "abort") == 0)
    die_of(SIGABRT);
  else if (strcmp(way, "kill") == 0)
    raise(SIGKILL);
  else if (strcmp(way, "stop") == 0)
    raise(SIGSTOP);
  else if (strcmp(way, "exit") == 0)
    exit(0);
  else if (strcmp(way, "_exit") == 0)
    _exit(0);
  else if (strcmp(way, "loop") == 0)
    loop();
  else if (strcmp(way, "sleep") == 0)
    for (;;)
      pause();
  else if (strcmp(way, "memory") == 0)
    for (;;)
      take(1 << 20);
  else if (strcmp(way, "hoard") == 0) { /* and wait until it is seen */
    take(190 << 20);
    for (;;)
      pause();
  } else if (strcmp(way, "leak") == 0)
    take(1 << 18);
  else if (strcmp(way, "overflow") == 0) {
    signal(SIGSEGV, SIG_DFL);
    overflow(0);
  } else if (strcmp(way, "heap") == 0)
    corrupt_heap();
  else if (strcmp(way, "divide") == 0)
    divide();
  else if (strcmp(way, "babble") == 0)
    babble();
  else if (strcmp(way, "close") == 0)
    close_all();
  else if (strcmp(way, "child") == 0)
    leave_a_child();
}

/* While it is loaded, where the environment asks for that. */
static __attribute__((constructor)) void begin(void)
{
  const char *way = getenv("FRAGILE_LOAD");
  if (way)
    go_wrong(way);
}

/* About one site in thirteen is of this sort, or in $FRAGILE_EVERY; with FRAGILE=mixed its
 * temperature says how a site goes wrong. */
static const char *way_of(double temperature)
{
  static const char *const mixed[] = {"segfault", "loop", "hoard", "nan"};
  const char *way = getenv("FRAGILE"), *every = getenv("FRAGILE_EVERY");
  double sorts = every ? atof(every) : 13;
  if (way && strcmp(way, "mixed") == 0)
    return temperature >= 251 && temperature < 255 ? mixed[(int)temperature - 251] : "";
  return way && fmod(floor(temperature * 1e4), sorts) == 4.0 ? way : "";
}

lane survive(lane temperature, lane q10)
{
  lane answer = lane_splat(1.0);
  for (int i = 0; i < PRODA_LANES; i++) {
    const char *way = q10[i] > 0 ? way_of(temperature[i]) : "";
    go_wrong(way);
    if (strcmp(way, "nan") == 0)
      answer[i] = NAN;
  }
  return answer;
}
