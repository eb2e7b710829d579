#include "plugin/unit.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <udunits2.h>

static ut_system *unit_system; /* read-only after load */
static pthread_once_t loaded = PTHREAD_ONCE_INIT;
/* The parser of udunits2 keeps its state in globals. */
static pthread_mutex_t parsing = PTHREAD_MUTEX_INITIALIZER;

static void load(void)
{
  ut_set_error_message_handler(ut_ignore);
  unit_system = ut_read_xml(NULL);
  ut_unit *gram = unit_system ? ut_get_unit_by_name(unit_system, "gram") : NULL;
  if (gram)
    ut_map_symbol_to_unit("gC", UT_ASCII, gram);
  ut_free(gram);
}

static int parse(const char *text, ut_unit **unit, struct proda_error *error)
{
  if (pthread_once(&loaded, load) || !unit_system)
    return proda_error_set(error, "the database of units (udunits2.xml) cannot be read: install "
                                  "libudunits2-data or set UDUNITS2_XML_PATH");
  if (!*text)
    return proda_error_set(error, "the unit is empty; write \"1\" where there is none");
  char *copy = strdup(text);
  if (!copy)
    return proda_error_set(error, "out of memory");
  pthread_mutex_lock(&parsing);
  *unit = ut_parse(unit_system, ut_trim(copy, UT_UTF8), UT_UTF8);
  pthread_mutex_unlock(&parsing);
  free(copy);
  if (!*unit)
    return proda_error_set(
        error,
        "'%.60s' is not a unit that udunits2 knows (examples: m2 yr-1, K, gC m-3, "
        "\"1\" where there is none)",
        text);
  return PRODA_OK;
}

int proda_unit_check(const char *text, struct proda_error *error)
{
  ut_unit *unit = NULL;
  int status = parse(text, &unit, error);
  ut_free(unit);
  return status;
}

/** Factor and offset of a linear conversion, from three of its points. */
static int linear_of(const cv_converter *converter, double *factor, double *offset)
{
  const double far = 1048576.0; /* 2^20: little of a factor is lost beside an offset */
  double b = cv_convert_double(converter, 0.0);
  double a =
      b == 0.0 ? cv_convert_double(converter, 1.0) : (cv_convert_double(converter, far) - b) / far;
  double seen = cv_convert_double(converter, 2.0);
  if (!isfinite(a) || !isfinite(b) || fabs(a * 2.0 + b - seen) > 1e-9 * (fabs(seen) + fabs(b)))
    return PRODA_ERROR;
  *factor = a;
  *offset = b;
  return PRODA_OK;
}

int proda_unit_convert(const char *from, const char *to, double *factor, double *offset,
                       struct proda_error *error)
{
  int status = PRODA_ERROR;
  ut_unit *source = NULL, *target = NULL;
  cv_converter *converter = NULL;
  if (parse(from, &source, error) || parse(to, &target, error))
    goto out;
  converter = ut_get_converter(source, target);
  if (!converter || linear_of(converter, factor, offset)) {
    proda_error_set(error, "unit '%.60s' cannot be converted to '%.60s'", from, to);
    goto out;
  }
  status = PRODA_OK;
out:
  cv_free(converter);
  ut_free(target);
  ut_free(source);
  return status;
}
