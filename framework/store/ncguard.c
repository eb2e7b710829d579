#include <config.h>

#include "store/ncguard.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/process.h"

static const double first_seconds = 1;     // of processor time, to open
static const double bytes_a_second = 10e6; // slower is no reading
enum { SPARE = 256 << 20, CACHE = 4 << 20, SLAB = 1 << 19 };

/* What parent and child both see. */
struct shared {
  int status;
  int ended; /* came to its end, well or with a message */
  struct proda_error error;
};

static struct timeval time_of(double seconds)
{
  double whole = floor(seconds);
  return (struct timeval){(time_t)whole, (suseconds_t)(1e6 * (seconds - whole))};
}

/** Of processor time; on the clock a hundred times as long, for files that never come. */
static void limit_seconds(double seconds)
{
  const struct itimerval processor = {.it_value = time_of(seconds)};
  const struct itimerval real = {.it_value = time_of(100 * seconds)};
  setitimer(ITIMER_PROF, &processor, NULL);
  setitimer(ITIMER_REAL, &real, NULL);
}

/* ---- reading everything ---- */

static int walk_attributes(const struct proda_nc *file, int owner, const char *name,
                           struct proda_error *error)
{
  int n = 0, code = nc_inq_varnatts(file->id, owner, &n);
  for (int i = 0; i < n && code == NC_NOERR; i++) {
    char attribute[NC_MAX_NAME + 1];
    nc_type type = NC_NAT;
    size_t length = 0, width = 0;
    if ((code = nc_inq_attname(file->id, owner, i, attribute)) != NC_NOERR ||
        (code = nc_inq_att(file->id, owner, attribute, &type, &length)) != NC_NOERR ||
        (code = nc_inq_type(file->id, type, NULL, &width)) != NC_NOERR)
      break;
    if (type > NC_STRING) // user-defined: nothing reads them
      continue;
    void *value = calloc(length + 1, width);
    code = value ? nc_get_att(file->id, owner, attribute, value) : NC_ENOMEM;
    if (code == NC_NOERR && type == NC_STRING)
      nc_free_string(length, value);
    free(value);
  }
  return code == NC_NOERR ? PRODA_OK
                          : proda_nc_failed(file, name, "reading its attributes", code, error);
}

static int read_slab(const struct proda_nc *file, const struct proda_nc_variable *variable,
                     const size_t *start, const size_t *count, size_t n, void *slab)
{
  if (variable->type == NC_CHAR)
    return nc_get_vara_text(file->id, variable->id, start, count, slab);
  if (variable->type != NC_STRING)
    return nc_get_vara_double(file->id, variable->id, start, count, slab);
  int code = nc_get_vara_string(file->id, variable->id, start, count, slab);
  if (code == NC_NOERR)
    nc_free_string(n, slab);
  return code;
}

/** Rows at once: about SLAB values, and whole chunks, which would be unpacked again and again. */
static size_t rows_at_once(const struct proda_nc *file, const struct proda_nc_variable *variable,
                           size_t row)
{
  size_t chunk[NC_MAX_VAR_DIMS], rows = row < SLAB ? SLAB / row : 1;
  int storage = NC_CONTIGUOUS;
  if (nc_inq_var_chunking(file->id, variable->id, &storage, chunk) == NC_NOERR &&
      storage == NC_CHUNKED && chunk[0] > 0)
    rows = (rows + chunk[0] - 1) / chunk[0] * chunk[0];
  size_t length = variable->shape.length[0];
  return rows < length ? rows : length;
}

static int walk_values(const struct proda_nc *file, const char *name,
                       const struct proda_nc_variable *variable, struct proda_error *error)
{
  if (variable->n == 0 || variable->type > NC_STRING)
    return PRODA_OK;
  size_t length = variable->shape.rank ? variable->shape.length[0] : 1, row = variable->n / length;
  size_t rows = variable->shape.rank ? rows_at_once(file, variable, row) : 1;
  size_t start[PRODA_NC_MAX_RANK] = {0}, count[PRODA_NC_MAX_RANK];
  void *slab = calloc(rows * row, sizeof(double));
  int code = slab ? NC_NOERR : NC_ENOMEM;
  memcpy(count, variable->shape.length, sizeof count);
  for (; start[0] < length && code == NC_NOERR; start[0] += rows) {
    count[0] = rows < length - start[0] ? rows : length - start[0];
    code = read_slab(file, variable, start, count, count[0] * row, slab);
  }
  free(slab);
  return code == NC_NOERR ? PRODA_OK
                          : proda_nc_failed(file, name, "reading (truncated file?)", code, error);
}

/* The variable's description, and what it adds to bytes to read and to memory needed. */
static int measure(const struct proda_nc *file, int id, double *bytes, double *memory,
                   struct proda_error *error)
{
  char name[NC_MAX_NAME + 1];
  struct proda_nc_variable variable;
  int code = nc_inq_varname(file->id, id, name);
  if (code != NC_NOERR)
    return proda_nc_failed(file, NULL, "listing its variables", code, error);
  if (proda_nc_describe(file, id, name, &variable, error) ||
      proda_nc_check_size(file, name, &variable, error))
    return PRODA_ERROR;
  *bytes += 8 * (double)variable.n;
  *memory = *memory < 8 * (double)variable.n ? 8 * (double)variable.n : *memory;
  return PRODA_OK;
}

static int walk_variable(const struct proda_nc *file, int id, struct proda_error *error)
{
  char name[NC_MAX_NAME + 1];
  struct proda_nc_variable variable;
  int code = nc_inq_varname(file->id, id, name);
  if (code != NC_NOERR)
    return proda_nc_failed(file, NULL, "listing its variables", code, error);
  if (proda_nc_describe(file, id, name, &variable, error) || walk_attributes(file, id, name, error))
    return PRODA_ERROR;
  return walk_values(file, name, &variable, error);
}

static int walk_dimensions(const struct proda_nc *file, struct proda_error *error)
{
  int n = 0;
  nc_inq_ndims(file->id, &n);
  for (int i = 0; i < n; i++) {
    char name[NC_MAX_NAME + 1];
    size_t length = 0;
    int code = nc_inq_dim(file->id, i, name, &length);
    if (code != NC_NOERR)
      return proda_nc_failed(file, NULL, "listing its dimensions", code, error);
    if (proda_nc_check_length(file, name, length, error) != PRODA_OK)
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

static int walk(const struct proda_nc *file, struct proda_error *error)
{
  int n = 0;
  double bytes = 0, memory = 0;
  if (walk_dimensions(file, error) || walk_attributes(file, NC_GLOBAL, NULL, error))
    return PRODA_ERROR;
  nc_inq_nvars(file->id, &n);
  for (int i = 0; i < n; i++)
    if (measure(file, i, &bytes, &memory, error) != PRODA_OK)
      return PRODA_ERROR;
  limit_seconds(first_seconds + bytes / bytes_a_second);
  proda_process_limit_memory(SPARE + 4 * memory);
  for (int i = 0; i < n; i++)
    if (walk_variable(file, i, error) != PRODA_OK)
      return PRODA_ERROR;
  return PRODA_OK;
}

/* ---- the process ---- */

static void work(const char *path, size_t size, struct shared *shared)
{
  static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGPROF, SIGALRM};
  struct proda_nc *file = NULL;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
  signal(SIGINT, SIG_IGN); // the host alone listens to the terminal
  signal(SIGTERM, SIG_IGN);
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
    signal(fatal[i], SIG_DFL); // sanitizers catch them, and would tell their own end instead
  int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nothing, STDOUT_FILENO); // what a library says when it finds its memory spoilt
  dup2(nothing, STDERR_FILENO);
  limit_seconds(first_seconds + (double)size / bytes_a_second);
  proda_process_limit_memory(SPARE + (double)size);
  nc_set_chunk_cache(CACHE, 1009, 0.75F);
  shared->status = proda_nc_open_unguarded(path, size, false, &file, &shared->error);
  if (shared->status == PRODA_OK)
    shared->status = walk(file, &shared->error);
  proda_nc_close(file);
  shared->ended = 1;
  _exit(EXIT_SUCCESS);
}

static int judge(const char *path, const struct shared *shared, int state,
                 struct proda_error *error)
{
  if (shared->ended && WIFEXITED(state)) {
    *error = shared->error;
    return shared->status;
  }
  if (WIFSIGNALED(state) && (WTERMSIG(state) == SIGPROF || WTERMSIG(state) == SIGALRM))
    return proda_error_set(
        error, "%s: is damaged: the NetCDF library does not come to an end with it", path);
  if (WIFSIGNALED(state))
    return proda_error_set(error,
                           "%s: is damaged: the NetCDF library crashes when it reads it (%s)", path,
                           strsignal(WTERMSIG(state)));
  return proda_error_set(error, "%s: is damaged: the NetCDF library gives up when it reads it",
                         path);
}

int proda_nc_guard(const char *path, size_t size, struct proda_error *error)
{
  int state = 0;
  struct proda_error unused;
  struct shared *shared =
      mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED)
    return proda_error_set(error, "%s: no memory to check it: %s", path, strerror(errno));
  pid_t process = fork();
  if (process == 0)
    work(path, size, shared);
  int status = process < 0
                   ? proda_error_set(error, "%s: no process to check it: %s", path, strerror(errno))
                   : PRODA_OK;
  while (process > 0 && waitpid(process, &state, 0) < 0)
    if (errno != EINTR) {
      status = proda_error_set(error, "%s: the process that checks it cannot be waited for: %s",
                               path, strerror(errno));
      break;
    }
  if (status == PRODA_OK)
    status = judge(path, shared, state, error ? error : &unused);
  munmap(shared, sizeof *shared);
  return status;
}
