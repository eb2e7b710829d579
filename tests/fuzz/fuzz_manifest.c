/* Fuzz target: no bytes may crash, leak or hang the reader of manifests and of the fragments that
 * they include, nor what makes C of their formulas. Parts of an input are fragments. */
#include <stdio.h>
#include <stdlib.h>

#include "formula/source.h"
#include "fuzz/parts.h"

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
  struct parts parts = parts_cut(data, size, "manifest");
  for (size_t i = 1; i < parts.n; i++)
    parts_write(&parts.part[i]);
  /* without ".yaml", so that any name may stand in it */
  int status = proda_manifest_parse(parts_path("manifest"), parts.part[0].text, parts.part[0].size,
                                    &manifest, &error);
  if ((status == PRODA_OK) != (manifest != NULL) || (status != PRODA_OK && !*error.message))
    __builtin_trap(); /* a refusal has a message, a success a manifest */
  if (manifest && manifest->has_formulas)
    emit(manifest);
  proda_manifest_free(manifest);
  if (parts.n > 1)
    parts_clear();
  return 0;
}
