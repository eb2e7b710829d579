/* Fuzz target: no bytes may crash, leak or hang the reader of manifests, nor what makes C of their
 * formulas. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "formula/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void emit(const struct proda_manifest *manifest)
{
  struct proda_error error = {""};
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  if (!out)
    return;
  int status = proda_emit_model(manifest, out, &error);
  fclose(out);
  free(text);
  if (status != PRODA_OK && !*error.message)
    __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct proda_manifest *manifest = NULL;
  struct proda_error error = {""};
  int status = proda_manifest_parse("fuzz", (const char *)data, size, &manifest, &error);
  if ((status == PRODA_OK) != (manifest != NULL) || (status != PRODA_OK && !*error.message))
    __builtin_trap(); /* a refusal has a message, a success a manifest */
  if (manifest && manifest->has_formulas)
    emit(manifest);
  proda_manifest_free(manifest);
  return 0;
}
