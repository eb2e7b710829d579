#define OMPI_SKIP_MPICXX 1
#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "farm/crew.h"

struct line {
  unsigned char *inbox, *outbox;
  size_t inbox_room, outbox_room;
};

/* MPI's own settings, where the user made none: ranks fork workers, which do not touch it, and wait
 * for each other beside workers that need the processor. */
static void set_environment(void)
{
  setenv("OMPI_MCA_mpi_warn_on_fork", "0", 0);
  setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
  setenv("RDMAV_FORK_SAFE", "1", 0);
}

/* MPI catches crashes to print a trace. What crashes here is a plugin in a worker, and the run
 * goes on: signals keep the meaning that they had. */
static void initialise(void)
{
  struct sigaction before[NSIG];
  bool known[NSIG];
  for (int s = 1; s < NSIG; s++)
    known[s] = sigaction(s, NULL, &before[s]) == 0;
  set_environment();
  MPI_Init(NULL, NULL);
  for (int s = 1; s < NSIG; s++)
    if (known[s])
      sigaction(s, &before[s], NULL);
}

static int check_size(const struct proda_launch *launch, struct proda_error *error)
{
  int size;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if ((size_t)size == launch->size)
    return PRODA_OK;
  return proda_error_set(error,
                         "a launcher started this program %zu times, but MPI sees %d of it: use "
                         "the mpirun of the MPI that proda is built with, or srun --mpi=pmix",
                         launch->size, size);
}

static struct proda_crew *new_crew(const struct proda_launch *launch)
{
  char host[MPI_MAX_PROCESSOR_NAME];
  int rank, length;
  struct proda_crew *crew = calloc(1, sizeof *crew);
  if (crew)
    crew->line = calloc(1, sizeof *crew->line);
  if (!crew || !crew->line) {
    free(crew);
    return NULL;
  }
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Get_processor_name(host, &length);
  crew->rank = (size_t)rank;
  crew->size = launch->size;
  snprintf(crew->name, sizeof crew->name, "rank %d on %.100s", rank, host);
  return crew;
}

int proda_crew_join(struct proda_crew **crew, struct proda_error *error)
{
  struct proda_launch launch = proda_launched();
  *crew = NULL;
  if (launch.size == 1)
    return PRODA_OK;
  initialise();
  int status = check_size(&launch, error);
  if (status == PRODA_OK && !(*crew = new_crew(&launch)))
    status = proda_error_set(error, "out of memory for messages between ranks");
  if (status != PRODA_OK)
    MPI_Finalize();
  return status;
}

void proda_crew_leave(struct proda_crew *crew)
{
  if (!crew)
    return;
  MPI_Finalize();
  free(crew->line->inbox);
  free(crew->line->outbox);
  free(crew->line);
  free(crew);
}

void proda_crew_abort(struct proda_crew *crew)
{
  (void)crew;
  MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
  abort();
}

static int reserve(unsigned char **box, size_t *room, size_t size, struct proda_error *error)
{
  if (size > INT32_MAX)
    return proda_error_set(error, "a message between ranks of %zu bytes is too large", size);
  if (size <= *room)
    return PRODA_OK;
  unsigned char *grown = realloc(*box, size);
  if (!grown)
    return proda_error_set(error, "out of memory for a message of %zu bytes", size);
  *box = grown;
  *room = size;
  return PRODA_OK;
}

int proda_crew_send(struct proda_crew *crew, size_t to, const struct proda_line_header *header,
                    const double *value, struct proda_error *error)
{
  struct line *line = crew->line;
  size_t values = header->n * sizeof *value, size = sizeof *header + values;
  MPI_Request request;
  int sent = 0;
  if (reserve(&line->outbox, &line->outbox_room, size, error))
    return PRODA_ERROR;
  memcpy(line->outbox, header, sizeof *header);
  if (values > 0)
    memcpy(line->outbox + sizeof *header, value, values);
  MPI_Isend(line->outbox, (int)size, MPI_BYTE, (int)to, 0, MPI_COMM_WORLD, &request);
  while (MPI_Test(&request, &sent, MPI_STATUS_IGNORE) == MPI_SUCCESS && !sent)
    proda_crew_rest(1);
  MPI_Wait(&request, MPI_STATUS_IGNORE); /* it is over */
  return PRODA_OK;
}

int proda_crew_receive(struct proda_crew *crew, size_t *from,
                       const struct proda_line_header **header, struct proda_error *error)
{
  struct line *line = crew->line;
  MPI_Status status;
  int here = 0, size = 0;
  *header = NULL;
  MPI_Iprobe(MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, &here, &status);
  if (!here)
    return PRODA_OK;
  MPI_Get_count(&status, MPI_BYTE, &size);
  if (reserve(&line->inbox, &line->inbox_room, (size_t)size, error))
    return PRODA_ERROR;
  MPI_Recv(line->inbox, size, MPI_BYTE, status.MPI_SOURCE, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  *from = (size_t)status.MPI_SOURCE;
  const struct proda_line_header *got = (const void *)line->inbox;
  if ((size_t)size < sizeof *got || ((size_t)size - sizeof *got) / sizeof(double) != got->n)
    return proda_error_set(error, "rank %zu sent a message that is not one: is it the same proda?",
                           *from);
  *header = got;
  return PRODA_OK;
}
