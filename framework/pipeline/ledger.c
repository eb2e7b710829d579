#include "pipeline/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

int proda_ledger_new(size_t n, struct proda_ledger **ledger, struct proda_error *error)
{
  struct proda_ledger *made = calloc(1, sizeof *made);
  if (made) {
    made->n = n;
    made->id = calloc(n + 1, sizeof *made->id);
    made->code = calloc(n + 1, sizeof *made->code);
    made->reason = calloc(n + 1, sizeof *made->reason);
    made->texts = proda_arena_new();
  }
  if (!made || !made->id || !made->code || !made->reason || !made->texts) {
    proda_ledger_free(made);
    return proda_error_set(error, "out of memory for the ledger of %zu profiles", n);
  }
  for (size_t p = 0; p < n; p++)
    made->reason[p] = "";
  *ledger = made;
  return PRODA_OK;
}

void proda_ledger_free(struct proda_ledger *ledger)
{
  if (!ledger)
    return;
  free(ledger->id);
  free(ledger->code);
  free(ledger->reason);
  proda_arena_free(ledger->texts);
  free(ledger);
}

int proda_ledger_enter(struct proda_ledger *ledger, size_t profile, enum proda_site_code code,
                       const char *reason, struct proda_error *error)
{
  ledger->code[profile] = code;
  ledger->reason[profile] = "";
  if (!reason[0])
    return PRODA_OK;
  const char *copy = proda_arena_text(ledger->texts, reason, strlen(reason));
  if (!copy)
    return proda_error_set(error, "out of memory for the reasons of the ledger");
  ledger->reason[profile] = copy;
  return PRODA_OK;
}

void proda_ledger_count(const struct proda_ledger *ledger, size_t count[PRODA_N_SITE_CODES])
{
  memset(count, 0, PRODA_N_SITE_CODES * sizeof *count);
  for (size_t p = 0; p < ledger->n; p++)
    count[(size_t)ledger->code[p]]++;
}

/* ---- the store ---- */

static const struct proda_nc_entry columns[] = {
    {"profile_id", PRODA_NC_INT64, "profile", "1", "identity of every profile of the input"},
    {"profile_state", PRODA_NC_BYTE, "profile", NULL, "what became of the profile"},
    {"profile_reason", PRODA_NC_INT, "profile", NULL, "index (from 0) of the reason"},
    {"reason", PRODA_NC_STRING, "reason", NULL, "what the state alone does not say"},
};

/* Every text once. */
struct reasons {
  size_t n;
  const char **text; /* [n]; the first is empty */
  double *index;     /* [n_profiles] */
};

struct place {
  const char *text;
  size_t profile;
};

static int compare(const void *a, const void *b)
{
  const struct place *x = a, *y = b;
  int order = strcmp(x->text, y->text);
  return order ? order : (x->profile > y->profile) - (x->profile < y->profile);
}

static int gather(const struct proda_ledger *ledger, struct reasons *reasons,
                  struct proda_error *error)
{
  struct place *place = calloc(ledger->n + 1, sizeof *place);
  reasons->text = calloc(ledger->n + 1, sizeof *reasons->text);
  reasons->index = calloc(ledger->n + 1, sizeof *reasons->index);
  if (!place || !reasons->text || !reasons->index) {
    free(place);
    return proda_error_set(error, "out of memory for the reasons of %zu profiles", ledger->n);
  }
  for (size_t p = 0; p < ledger->n; p++)
    place[p] = (struct place){ledger->reason[p], p};
  qsort(place, ledger->n, sizeof *place, compare);
  reasons->text[0] = "";
  reasons->n = 1;
  for (size_t k = 0; k < ledger->n; k++) {
    if (strcmp(place[k].text, reasons->text[reasons->n - 1]) != 0)
      reasons->text[reasons->n++] = place[k].text;
    reasons->index[place[k].profile] = (double)(reasons->n - 1);
  }
  free(place);
  return PRODA_OK;
}

static int write_columns(const struct proda_ledger *ledger, const struct reasons *reasons,
                         struct proda_nc *file, struct proda_error *error)
{
  if (proda_nc_def_dim(file, "profile", ledger->n, error) ||
      proda_nc_def_dim(file, "reason", reasons->n, error) ||
      proda_nc_def_all(file, columns, sizeof columns / sizeof *columns, error) ||
      proda_site_code_put_flags(file, "profile_state", error) ||
      proda_nc_write(file, "profile_id", ledger->id, error) ||
      proda_nc_write(file, "profile_state", ledger->code, error) ||
      proda_nc_write(file, "profile_reason", reasons->index, error))
    return PRODA_ERROR;
  return proda_nc_write_strings(file, "reason", reasons->text, error);
}

int proda_ledger_write(const struct proda_ledger *ledger, struct proda_nc *file,
                       struct proda_error *error)
{
  struct reasons reasons = {0};
  int status = gather(ledger, &reasons, error);
  if (status == PRODA_OK)
    status = write_columns(ledger, &reasons, file, error);
  free(reasons.text);
  free(reasons.index);
  return status;
}

/* Takes the texts over, each once. */
static int read_reasons(const struct proda_nc *file, struct proda_ledger *ledger,
                        struct proda_error *error)
{
  size_t n = 0;
  char **text = NULL;
  double *index = NULL;
  int status = proda_nc_read_strings(file, "reason", &n, &text, error);
  const char **copy = status == PRODA_OK ? proda_arena_alloc(ledger->texts, n, sizeof *copy) : NULL;
  if (status == PRODA_OK && !copy)
    status = proda_error_set(error, "out of memory for the reasons of the ledger");
  for (size_t i = 0; i < n && status == PRODA_OK; i++)
    if (!(copy[i] = proda_arena_text(ledger->texts, text[i], strlen(text[i]))))
      status = proda_error_set(error, "out of memory for the reasons of the ledger");
  if (status == PRODA_OK)
    status = proda_nc_read(file, "profile_reason", ledger->n, &index, error);
  for (size_t p = 0; p < ledger->n && status == PRODA_OK; p++) {
    if (index[p] >= 0 && index[p] < (double)n)
      ledger->reason[p] = copy[(size_t)index[p]];
    else
      status =
          proda_error_set(error, "%s: variable 'profile_reason': value %zu is %g, there are %zu",
                          proda_nc_path(file), p, index[p], n);
  }
  free(index);
  free(text);
  return status;
}

int proda_ledger_read(const struct proda_nc *file, struct proda_ledger **ledger,
                      struct proda_error *error)
{
  struct proda_ledger *read = NULL;
  size_t n;
  if (proda_nc_dim(file, "profile", &n, error) || proda_ledger_new(n, &read, error))
    return PRODA_ERROR;
  free(read->id);
  free(read->code);
  read->id = read->code = NULL;
  if (proda_nc_read(file, "profile_id", n, &read->id, error) ||
      proda_site_code_read(file, "profile_state", n, &read->code, error) ||
      read_reasons(file, read, error)) {
    proda_ledger_free(read);
    return PRODA_ERROR;
  }
  *ledger = read;
  return PRODA_OK;
}
