#include "plugin/unit.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <udunits2.h>

static ut_system *unit_system; /* read-only after load */
static pthread_once_t loaded = PTHREAD_ONCE_INIT;
/* The parser of udunits2 keeps its state in globals. */
static pthread_mutex_t parsing = PTHREAD_MUTEX_INITIALIZER;

/** The calendar of models: 365 days. */
static void redefine(const char *name, const char *plural, const char *symbol, double days)
{
  ut_unit *day = ut_get_unit_by_name(unit_system, "day");
  ut_unit *unit = day ? ut_scale(days, day) : NULL;
  ut_unmap_name_to_unit(unit_system, name, UT_ASCII);
  ut_map_name_to_unit(name, UT_ASCII, unit);
  ut_unmap_name_to_unit(unit_system, plural, UT_ASCII);
  ut_map_name_to_unit(plural, UT_ASCII, unit);
  if (symbol) {
    ut_unmap_symbol_to_unit(unit_system, symbol, UT_ASCII);
    ut_map_symbol_to_unit(symbol, UT_ASCII, unit);
  }
  ut_free(unit);
  ut_free(day);
}

static void load(void)
{
  ut_set_error_message_handler(ut_ignore);
  unit_system = ut_read_xml(NULL);
  ut_unit *gram = unit_system ? ut_get_unit_by_name(unit_system, "gram") : NULL;
  if (gram)
    ut_map_symbol_to_unit("gC", UT_ASCII, gram);
  ut_free(gram);
  ut_unit *tonne = unit_system ? ut_get_unit_by_name(unit_system, "metric_ton") : NULL;
  if (tonne)
    ut_map_symbol_to_unit("tC", UT_ASCII, tonne);
  ut_free(tonne);
  if (unit_system) {
    redefine("year", "years", "yr", 365);
    redefine("month", "months", NULL, 365.0 / 12);
  }
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

/* ---- arithmetic ---- */

static const char *const base_symbol[] = {"kg", "m", "s", "K", "mol", "A", "cd", "rad"};
enum { N_BASES = sizeof base_symbol / sizeof *base_symbol };

static ut_status add_base(const ut_unit *base, int power, struct proda_unit *unit)
{
  const char *symbol = ut_get_symbol(base, UT_ASCII);
  for (int i = 0; symbol && i < N_BASES; i++)
    if (strcmp(symbol, base_symbol[i]) == 0) {
      unit->power[i] += power;
      return UT_SUCCESS;
    }
  return UT_VISIT_ERROR;
}

static ut_status visit_basic(const ut_unit *base, void *context)
{
  return add_base(base, 1, context);
}

static ut_status visit_product(const ut_unit *product, int n, const ut_unit *const *base,
                               const int *power, void *context)
{
  (void)product;
  for (int i = 0; i < n; i++)
    if (add_base(base[i], power[i], context) != UT_SUCCESS)
      return UT_VISIT_ERROR;
  return UT_SUCCESS;
}

static ut_status visit_galilean(const ut_unit *self, double scale, const ut_unit *under,
                                double offset, void *context);

static ut_status refuse_timestamp(const ut_unit *self, const ut_unit *time, double origin,
                                  void *context)
{
  (void)self, (void)time, (void)origin, (void)context;
  return UT_VISIT_ERROR;
}

static ut_status refuse_logarithmic(const ut_unit *self, double base, const ut_unit *reference,
                                    void *context)
{
  (void)self, (void)base, (void)reference, (void)context;
  return UT_VISIT_ERROR;
}

static const ut_visitor visitor = {visit_basic, visit_product, visit_galilean, refuse_timestamp,
                                   refuse_logarithmic};

/** under = scale * self + scale * offset, where `under` may be Galilean itself. */
static ut_status visit_galilean(const ut_unit *self, double scale, const ut_unit *under,
                                double offset, void *context)
{
  (void)self;
  struct proda_unit *unit = context;
  if (ut_accept_visitor(under, &visitor, unit) != UT_SUCCESS)
    return UT_VISIT_ERROR;
  unit->origin += unit->scale * scale * offset;
  unit->scale *= scale;
  return UT_SUCCESS;
}

static void add_symbol(struct proda_unit *unit, const char *name, size_t length, double power)
{
  struct proda_unit_symbol *symbol = unit->symbol;
  int at = 0;
  if (unit->n_symbols < 0)
    return;
  while (at < unit->n_symbols &&
         (strlen(symbol[at].name) != length || strncmp(symbol[at].name, name, length) != 0))
    at++;
  if (at == PRODA_UNIT_SYMBOLS || length >= sizeof symbol->name) {
    unit->n_symbols = -1;
    return;
  }
  if (at == unit->n_symbols) {
    unit->n_symbols++;
    memcpy(symbol[at].name, name, length);
    symbol[at].name[length] = '\0';
    symbol[at].power = 0;
  }
  symbol[at].power += power;
  if (symbol[at].power == 0) {
    memmove(symbol + at, symbol + at + 1, (size_t)(unit->n_symbols - at - 1) * sizeof *symbol);
    unit->n_symbols--;
  }
}

/** Symbols of texts like "gC m-2 month-1"; others ("m/s", "1e-3 kg") are printed in base units. */
static void read_symbols(const char *text, struct proda_unit *unit)
{
  if (strcmp(text, "1") == 0)
    return;
  while (unit->n_symbols >= 0 && *(text += strspn(text, " "))) {
    size_t letters = strcspn(text, " -+0123456789./*^()@"), length = strcspn(text, " ");
    char *end;
    double power = letters < length ? (double)strtol(text + letters, &end, 10) : 1;
    if (letters == 0 || (letters < length && (end != text + length || power == 0)))
      unit->n_symbols = -1;
    else
      add_symbol(unit, text, letters, power);
    text += length;
  }
}

struct proda_unit proda_unit_one(void)
{
  return (struct proda_unit){.scale = 1};
}

int proda_unit_parse(const char *text, struct proda_unit *unit, struct proda_error *error)
{
  ut_unit *parsed = NULL;
  if (parse(text, &parsed, error))
    return PRODA_ERROR;
  *unit = proda_unit_one();
  ut_status status = ut_accept_visitor(parsed, &visitor, unit);
  ut_free(parsed);
  if (status != UT_SUCCESS)
    return proda_error_set(error, "the unit '%.60s' cannot be calculated with", text);
  read_symbols(text, unit);
  return PRODA_OK;
}

struct proda_unit proda_unit_product(const struct proda_unit *a, const struct proda_unit *b,
                                     double power)
{
  struct proda_unit unit = *a;
  unit.origin = 0;
  unit.scale *= pow(b->scale, power);
  for (int i = 0; i < PRODA_UNIT_BASES; i++)
    unit.power[i] += power * b->power[i];
  if (b->n_symbols < 0)
    unit.n_symbols = -1;
  for (int i = 0; i < b->n_symbols; i++)
    add_symbol(&unit, b->symbol[i].name, strlen(b->symbol[i].name), power * b->symbol[i].power);
  return unit;
}

bool proda_unit_alike(const struct proda_unit *a, const struct proda_unit *b)
{
  for (int i = 0; i < PRODA_UNIT_BASES; i++)
    if (fabs(a->power[i] - b->power[i]) > 1e-9)
      return false;
  return true;
}

bool proda_unit_dimensionless(const struct proda_unit *unit)
{
  struct proda_unit one = proda_unit_one();
  return proda_unit_alike(unit, &one);
}

bool proda_unit_temperature(const struct proda_unit *unit)
{
  struct proda_unit kelvin = {.power = {[3] = 1}};
  return proda_unit_alike(unit, &kelvin);
}

static size_t print_power(const char *name, double power, size_t at, char text[PRODA_UNIT_TEXT])
{
  const char *space = at > 0 ? " " : "";
  if (power == 0 || at >= PRODA_UNIT_TEXT)
    return at;
  if (power == 1)
    return at + (size_t)snprintf(text + at, PRODA_UNIT_TEXT - at, "%s%s", space, name);
  bool whole = power == floor(power);
  return at + (size_t)snprintf(text + at, PRODA_UNIT_TEXT - at, whole ? "%s%s%g" : "%s%s^%.3g",
                               space, name, power);
}

const char *proda_unit_print(const struct proda_unit *unit, char text[PRODA_UNIT_TEXT])
{
  size_t at = 0;
  if (unit->n_symbols >= 0)
    for (int i = 0; i < unit->n_symbols; i++)
      at = print_power(unit->symbol[i].name, unit->symbol[i].power, at, text);
  else
    for (int i = 0; i < N_BASES; i++)
      at = print_power(base_symbol[i], unit->power[i], at, text);
  if (at == 0)
    snprintf(text, PRODA_UNIT_TEXT, "1");
  return text;
}
