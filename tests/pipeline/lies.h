/** @file lies.h
 * Files that lie: what is right, what is wrong of it, and what must come of that.
 */
#ifndef PRODA_TESTS_LIES_H
#define PRODA_TESTS_LIES_H

#include "fuzz/recipe.h"
#include "image.h"

struct lie {
  const char *name;
  const char *change[12]; /* of the right file: find, replace, find, ... */
  const char *said[3];    /* parts of the refusal; none: the file is accepted ... */
  const char *states; /* ... with these states of layers by depth, or so changed; else as right */
};

struct subject {
  const char *file, *right; /* a recipe; or a table, by its name */
  int (*read)(const char *path, struct image *image, struct proda_error *error);
};

/** Writes a recipe or table as the file `name`; its path. */
static inline __attribute__((unused)) const char *lies_cook(const char *name, const char *text)
{
  struct part part = {.text = text, .size = strlen(text)};
  snprintf(part.name, sizeof part.name, "%s", name);
  if (!strstr(name, ".csv"))
    return recipe_write(&part);
  parts_write(&part);
  return parts_path(name);
}

#endif
