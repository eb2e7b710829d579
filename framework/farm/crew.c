#include "farm/crew.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static bool number(const char *variable, size_t *value)
{
  const char *text = getenv(variable);
  char *end;
  if (!text || !*text)
    return false;
  *value = strtoul(text, &end, 10);
  return *end == '\0';
}

struct proda_launch proda_launched(void)
{
  static const struct {
    const char *rank, *size;
  } launcher[] = {
      {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}, /* Open MPI's mpirun */
      {"PMI_RANK", "PMI_SIZE"},                         /* MPICH's; srun --mpi=pmi2 */
      {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS"},         /* srun; not in the batch script itself */
  };
  struct proda_launch launch;
  for (size_t i = 0; i < sizeof launcher / sizeof *launcher; i++)
    if (number(launcher[i].rank, &launch.rank) && number(launcher[i].size, &launch.size) &&
        launch.rank < launch.size)
      return launch;
  return (struct proda_launch){0, 1};
}

void proda_crew_rest(int milliseconds)
{
  nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000L}, NULL);
}

int proda_crew_tell(struct proda_crew *crew, size_t to, enum proda_line_kind kind, size_t unit,
                    const char *text, struct proda_error *error)
{
  struct proda_line_header header = {.kind = kind, .unit = unit, .has_text = text != NULL};
  snprintf(header.text, sizeof header.text, "%s", text ? text : "");
  return proda_crew_send(crew, to, &header, NULL, error);
}
