/* Files that lie, a named test each: what is said of them, or that they are read as what they mean.
 * Every case is a file that is right with one thing replaced; what must be said is part of the
 * message. doc/inputs.md is the list that these cases hold. */
#include "pipeline/lies_csv.h"
#include "pipeline/lies_forcing.h"
#include "pipeline/lies_grid.h"
#include "pipeline/lies_simulate.h"

struct test_case {
  const struct subject *subject;
  const struct lie *lie;
};

static char *replace(const char *text, const char *find, const char *with)
{
  const char *at = strstr(text, find);
  if (!at)
    fail_msg("the right file has no \"%s\"", find);
  size_t size = strlen(text) + strlen(with) + 1;
  char *made = malloc(size);
  assert_non_null(made);
  snprintf(made, size, "%.*s%s%s", (int)(at - text), text, with, at + strlen(find));
  return made;
}

static struct image right_image(const struct subject *subject)
{
  struct image image = {0};
  struct proda_error error = {""};
  assert_ok(subject->read(lies_cook(subject->file, subject->right), &image, &error), error);
  return image;
}

/* ---- the tests ---- */

static const struct subject subjects[] = {
    {"profiles.nc", profiles, read_profiles}, {"forcing.nc", forcing, read_forcing},
    {"grid.nc", grid, read_covariates},       {"parameters.nc", parameters, read_parameters},
    {"earlier.nc", earlier, read_start},      {"profiles.csv", table, read_profiles},
    {"forcing.nc", forcing, read_slab},
};

/* The states of layers, which stand in the image after what is of profiles: 3 * 2 + 3 numbers. */
static void check_states(const struct image *image, const char *states)
{
  static const char letter_of[PRODA_LAYER_N_STATES] = {'u', 'n', 'z', 'c', 'w', 'f', 'd', 'o'};
  for (size_t i = 0; states[i]; i++) {
    size_t at = 9 + 8 * i + 6;
    assert_true(at < image->n);
    if (letter_of[(size_t)image->value[at]] != states[i])
      fail_msg("layer %zu by depth is %s, expected '%c'", i,
               proda_layer_meaning[(size_t)image->value[at]], states[i]);
  }
}

static void check_accepted(const struct test_case *t, const struct image *image)
{
  struct image right = right_image(t->subject);
  if (!t->lie->states && !image_same(image, &right, 1e-12))
    fail_msg("it is accepted, and not read as the right file is");
  if (t->lie->states && image_same(image, &right, 1e-12))
    fail_msg("it is read as if nothing were the matter");
  if (t->subject->read == read_profiles && t->lie->states)
    check_states(image, t->lie->states);
  image_free(&right);
}

static void test_lie(void **state)
{
  const struct test_case *t = *state;
  struct proda_error error = {""};
  struct image image = {0};
  char *text = replace(t->subject->right, t->lie->change[0], t->lie->change[1]);
  for (size_t i = 2; t->lie->change[i]; i += 2) {
    char *next = replace(text, t->lie->change[i], t->lie->change[i + 1]);
    free(text);
    text = next;
  }
  int status = t->subject->read(lies_cook(t->subject->file, text), &image, &error);
  free(text);
  if (status == PRODA_OK && t->lie->said[0])
    fail_msg("it is accepted silently; \"%s\" was expected", t->lie->said[0]);
  if (status != PRODA_OK && !t->lie->said[0])
    fail_msg("it is refused: %s", error.message);
  if (status == PRODA_OK)
    check_accepted(t, &image);
  else if (!strstr(error.message, t->subject->file) && !strstr(error.message, "beside.nc"))
    fail_msg("\"%s\" does not name the file", error.message);
  for (size_t i = 0; i < 3 && t->lie->said[i]; i++)
    if (!strstr(error.message, t->lie->said[i]))
      fail_msg("\"%s\" lacks \"%s\"", error.message, t->lie->said[i]);
  image_free(&image);
}

#define COUNT(list) (sizeof(list) / sizeof *(list))

int main(void)
{
  static const struct {
    const char *name;
    const struct lie *lie;
    size_t n;
  } group[] = {
      {"profiles", profile_lies, COUNT(profile_lies)},
      {"forcing", forcing_lies, COUNT(forcing_lies)},
      {"covariates", grid_lies, COUNT(grid_lies)},
      {"parameters", parameter_lies, COUNT(parameter_lies)},
      {"earlier store", start_lies, COUNT(start_lies)},
      {"tables", csv_lies, COUNT(csv_lies)},
      {"forcing of one layer", slab_lies, COUNT(slab_lies)},
  };
  int failed = 0;
  for (size_t g = 0; g < COUNT(group); g++) {
    struct test_case test_case[128];
    struct CMUnitTest test[128];
    assert_true(group[g].n <= COUNT(test));
    for (size_t i = 0; i < group[g].n; i++) {
      test_case[i] = (struct test_case){&subjects[g], &group[g].lie[i]};
      test[i] = (struct CMUnitTest){
          .name = group[g].lie[i].name, .test_func = test_lie, .initial_state = &test_case[i]};
    }
    failed += _cmocka_run_group_tests(group[g].name, test, group[g].n, NULL, NULL);
  }
  return failed;
}
