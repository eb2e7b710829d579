#include "plugin/object.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/** The end of the last part that a header names, the larger of the two; overflow saturates. */
static uint64_t end_of(uint64_t end, uint64_t offset, uint64_t size)
{
  uint64_t sum;
  if (__builtin_add_overflow(offset, size, &sum))
    sum = UINT64_MAX;
  return sum > end ? sum : end;
}

static int check_length(FILE *stream, const char *path, const ElfW(Ehdr) * header, uint64_t size,
                        struct proda_error *error)
{
  uint64_t end = sizeof *header;
  end = end_of(end, header->e_shoff, (uint64_t)header->e_shnum * header->e_shentsize);
  end = end_of(end, header->e_phoff, (uint64_t)header->e_phnum * header->e_phentsize);
  if (end <= size && fseek(stream, (long)header->e_phoff, SEEK_SET) == 0)
    for (unsigned i = 0; i < header->e_phnum; i++) {
      ElfW(Phdr) part;
      if (fread(&part, sizeof part, 1, stream) != 1)
        break;
      end = end_of(end, part.p_offset, part.p_filesz);
    }
  if (end > size)
    return proda_error_set(error,
                           "%s: the file is cut short: it has %" PRIu64
                           " bytes where its header names %" PRIu64 "; build or copy it anew",
                           path, size, end);
  return PRODA_OK;
}

static bool is_object_of_this_machine(const ElfW(Ehdr) * header)
{
#if defined(__x86_64__)
  const unsigned machine = EM_X86_64;
#elif defined(__aarch64__)
  const unsigned machine = EM_AARCH64;
#else
  const unsigned machine = header->e_machine; /* dlopen will say */
#endif
  return header->e_ident[EI_CLASS] == (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32) &&
         header->e_type == ET_DYN && header->e_machine == machine &&
         header->e_phentsize == sizeof(ElfW(Phdr));
}

static int check_stream(FILE *stream, const char *path, struct proda_error *error)
{
  struct stat status;
  ElfW(Ehdr) header;
  if (fstat(fileno(stream), &status))
    return proda_error_set(error, "%s: cannot be read: %s", path, strerror(errno));
  if (!S_ISREG(status.st_mode))
    return proda_error_set(error, "%s: is not a file", path);
  size_t n = fread(&header, 1, sizeof header, stream);
  if (n >= SELFMAG && memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return proda_error_set(error, "%s: is not a shared object (no ELF header)", path);
  if (n < sizeof header)
    return proda_error_set(error, "%s: the file is cut short: %zu bytes are not even a header",
                           path, n);
  if (!is_object_of_this_machine(&header))
    return proda_error_set(error, "%s: is not a shared object for this kind of machine", path);
  return check_length(stream, path, &header, (uint64_t)status.st_size, error);
}

int proda_object_check(const char *path, struct proda_error *error)
{
  FILE *stream = fopen(path, "rbe");
  if (!stream)
    return proda_error_set(error, "%s: cannot be read: %s", path, strerror(errno));
  int status = check_stream(stream, path, error);
  fclose(stream);
  return status;
}
