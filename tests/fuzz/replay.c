/* Runs a fuzz target over every file of its corpus, and over every prefix of the small ones. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/file.h"

#ifndef CORPUS
#error "CORPUS names the folder of inputs below $srcdir"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
  char *bytes = NULL;
  size_t size = 0;
  struct proda_error error;
  if (proda_file_read(path, 1 << 22, &bytes, &size, &error)) {
    fprintf(stderr, "%s\n", error.message);
    return 1;
  }
  LLVMFuzzerTestOneInput((const uint8_t *)bytes, size);
  for (size_t most = 0; size < 400 && most < size; most++) {
    uint8_t *prefix = malloc(most + 1); /* of its own, so that ASan sees a step too far */
    for (size_t i = 0; prefix && i < most; i++)
      prefix[i] = (uint8_t)bytes[i];
    if (prefix)
      LLVMFuzzerTestOneInput(prefix, most);
    free(prefix);
  }
  free(bytes);
  return 0;
}

int main(void)
{
  const char *top = getenv("srcdir");
  char folder[4096], path[8192];
  int n = 0, failed = 0;
  snprintf(folder, sizeof folder, "%s/%s", top ? top : ".", CORPUS);
  DIR *directory = opendir(folder);
  for (struct dirent *entry; directory && (entry = readdir(directory));) {
    if (entry->d_name[0] == '.')
      continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    failed |= replay(path);
    n++;
  }
  if (directory)
    closedir(directory);
  printf("%s: %d inputs replayed\n", folder, n);
  return failed || n == 0;
}
