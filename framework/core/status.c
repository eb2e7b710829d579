#include <proda/status.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#undef proda_error_set
#undef proda_error_prefix

int proda_error_set(struct proda_error *error, const char *format, ...)
{
  if (error) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
  }
  return PRODA_ERROR;
}

int proda_error_prefix(struct proda_error *error, const char *format, ...)
{
  if (error) {
    char old[PRODA_MESSAGE_SIZE];
    memcpy(old, error->message, sizeof old);
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    if (n >= 0 && n < PRODA_MESSAGE_SIZE)
      snprintf(error->message + n, sizeof error->message - (size_t)n, "%s", old);
  }
  return PRODA_ERROR;
}
