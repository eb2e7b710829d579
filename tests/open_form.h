/** @file open_form.h
 * A model that keeps its closed form of the steady state to itself, so that Newton's method finds
 * it. One at a time.
 */
#ifndef PRODA_TESTS_OPEN_FORM_H
#define PRODA_TESTS_OPEN_FORM_H

#include <string.h>

#include <proda/model.h>

#include "plugin/loader.h"

/** Copies of what the loaded model is; valid as long as it is. */
struct open_form {
  struct proda_model_ops ops;
  struct proda_plugin plugin;
  struct proda_loaded loaded;
};

static const struct proda_model_ops *open_form_whole;
static struct proda_nonlinear_ops open_form_nonlinear;

static const void *open_form_extension(const void *model, const char *name)
{
  const void *table = open_form_whole->extension(model, name);
  if (!table || strcmp(name, "nonlinear") != 0)
    return table;
  open_form_nonlinear = *(const struct proda_nonlinear_ops *)table;
  open_form_nonlinear.steady = NULL;
  return &open_form_nonlinear;
}

static inline void open_form_make(const struct proda_loaded *loaded, struct open_form *form)
{
  open_form_whole = loaded->plugin->ops;
  form->ops = *open_form_whole;
  form->ops.extension = open_form_extension;
  form->plugin = *loaded->plugin;
  form->plugin.ops = &form->ops;
  form->loaded = *loaded;
  form->loaded.plugin = &form->plugin;
}

#endif
