/* In place of crew_mpi.c where proda is built without MPI. */
#include <stdlib.h>

#include "farm/crew.h"

int proda_crew_join(struct proda_crew **crew, struct proda_error *error)
{
  struct proda_launch launch = proda_launched();
  *crew = NULL;
  if (launch.size == 1)
    return PRODA_OK;
  return proda_error_set(error,
                         "a launcher started this program %zu times, which would all do and write "
                         "the same: it is built without MPI; start it once, with --jobs, or build "
                         "it with ./configure --with-mpi",
                         launch.size);
}

void proda_crew_leave(struct proda_crew *crew)
{
  (void)crew;
}

void proda_crew_abort(struct proda_crew *crew)
{
  (void)crew;
  abort();
}

int proda_crew_send(struct proda_crew *crew, size_t to, const struct proda_line_header *header,
                    const double *value, struct proda_error *error)
{
  (void)crew, (void)header, (void)value;
  return proda_error_set(error, "there is no rank %zu", to);
}

int proda_crew_receive(struct proda_crew *crew, size_t *from,
                       const struct proda_line_header **header, struct proda_error *error)
{
  (void)crew, (void)from, (void)error;
  *header = NULL;
  return PRODA_OK;
}
