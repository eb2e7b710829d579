#include "conformance/check.h"

static size_t choices_of(const struct proda_setting_spec *spec)
{
  return spec->type == PRODA_SETTING_BOOLEAN ? 2 : spec->n_choices;
}

int proda_each_choice(const struct proda_subject *subject,
                      int (*work)(void *context, const struct proda_setting_spec *spec,
                                  size_t choice),
                      void *context)
{
  const struct proda_manifest *m = subject->loaded->manifest;
  int status = work(context, NULL, 0);
  for (size_t i = 0; i < m->n_settings; i++) {
    const struct proda_setting_spec *spec = &m->setting[i];
    const struct proda_setting saved = subject->settings->value[i];
    for (size_t c = 0; c < choices_of(spec) && status == PRODA_OK; c++) {
      const double value = (double)c;
      if (value == spec->default_value[0])
        continue;
      subject->settings->value[i] = (struct proda_setting){1, &value};
      status = work(context, spec, c);
    }
    subject->settings->value[i] = saved;
  }
  return status;
}
