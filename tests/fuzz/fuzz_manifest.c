/* Fuzz target: no bytes may crash, leak or hang the reader of manifests. */
#include <stddef.h>
#include <stdint.h>

#include "plugin/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct proda_manifest *manifest = NULL;
  struct proda_error error = {""};
  int status = proda_manifest_parse("fuzz", (const char *)data, size, &manifest, &error);
  if ((status == PRODA_OK) != (manifest != NULL) || (status != PRODA_OK && !*error.message))
    __builtin_trap(); /* a refusal has a message, a success a manifest */
  proda_manifest_free(manifest);
  return 0;
}
