#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "formula/emit.h"

enum { WIDTH = 100 };

/** A statement, broken behind spaces where it is too long. */
static void print_wrapped(FILE *out, int indent, const char *text)
{
  size_t room = (size_t)(WIDTH - indent);
  fprintf(out, "%*s", indent, "");
  while (strlen(text) > room) {
    size_t cut = room;
    while (cut > 0 && text[cut] != ' ')
      cut--;
    if (cut == 0)
      break;
    fprintf(out, "%.*s\n%*s", (int)cut, text, indent + 4, "");
    text += cut + 1;
    room = (size_t)(WIDTH - indent - 4);
  }
  fprintf(out, "%s\n", text);
}

FILE *proda_line_begin(struct job *job, struct line *line)
{
  *line = (struct line){NULL, NULL, 0};
  line->stream = open_memstream(&line->text, &line->size);
  if (!line->stream)
    job->e->failed = true;
  return line->stream;
}

void proda_line_end(struct job *job, struct line *line, FILE *out, int indent)
{
  if (line->stream && fclose(line->stream) == 0 && line->text)
    print_wrapped(out, indent, line->text);
  else
    job->e->failed = true;
  free(line->text);
}

void proda_line_print(struct job *job, FILE *out, int indent, const char *format, ...)
{
  struct line line;
  va_list arguments;
  va_start(arguments, format);
  if (proda_line_begin(job, &line))
    vfprintf(line.stream, format, arguments);
  va_end(arguments);
  proda_line_end(job, &line, out, indent);
}
