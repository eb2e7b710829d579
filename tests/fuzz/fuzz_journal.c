/* Fuzz target: no bytes where a journal should be may crash, leak or hang what reads it; and what
 * is appended behind them is found again. */
#include <string.h>

#include "fuzz/parts.h"
#include "store/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char inputs[] = "made of";
static const double mine[] = {1, 2, 3};

/* What the records of a journal come to. */
struct seen {
  double sum;
  bool mine; /* the last one is what the target appended */
};

static bool is_mine(const double *value)
{
  return value[0] == mine[0] && value[1] == mine[1] && value[2] == mine[2];
}

static int take(void *context, uint64_t index, const char *text, const double *value, size_t n,
                uint64_t place, struct proda_error *error)
{
  struct seen *seen = context;
  (void)error;
  if (place == 0 || strlen(text) >= PRODA_JOURNAL_TEXT)
    __builtin_trap();
  for (size_t i = 0; i < n; i++)
    seen->sum += value[i];
  seen->mine = index == 7 && n == 3 && strcmp(text, "mine") == 0 && is_mine(value);
  return PRODA_OK;
}

static struct proda_journal *open_journal(const char *path, struct seen *seen)
{
  struct proda_journal *journal = NULL;
  struct proda_error error = {""};
  *seen = (struct seen){0, false};
  int status = proda_journal_open(path, inputs, take, seen, &journal, &error);
  if ((status == PRODA_OK) != (journal != NULL) || (status != PRODA_OK && !*error.message))
    __builtin_trap(); /* a refusal has a message, a success a journal */
  return journal;
}

static void look(const char *path)
{
  struct proda_error error = {""};
  struct seen seen = {0, false};
  char made_of[PRODA_DIGEST_SIZE];
  bool there = false;
  if (proda_journal_look(path, 2, take, &seen, &there, &error) != PRODA_OK && !*error.message)
    __builtin_trap();
  *error.message = '\0';
  if (proda_journal_inputs(path, made_of, &error) != PRODA_OK && !*error.message)
    __builtin_trap();
}

static void go_on(const char *path, struct proda_journal *journal)
{
  struct proda_error error;
  struct seen seen;
  uint64_t place = 0;
  double back[3];
  if (proda_journal_append(journal, 7, "mine", mine, 3, &place, &error) != PRODA_OK ||
      proda_journal_read(journal, place, 0, 3, back, &error) != PRODA_OK || !is_mine(back))
    __builtin_trap();
  proda_journal_close(journal);
  journal = open_journal(path, &seen);
  if (!journal || !seen.mine)
    __builtin_trap();
  proda_journal_close(journal);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  const struct part part = {"journal", (const char *)data, size};
  const char *path = parts_path(part.name);
  struct seen seen;
  parts_write(&part);
  look(path);
  struct proda_journal *journal = open_journal(path, &seen);
  if (journal)
    go_on(path, journal);
  parts_clear();
  return 0;
}
