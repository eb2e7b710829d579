#include "store/ncprivate.h"

#include <stdint.h>
#include <stdio.h>

/* The header of a classic file, as the NetCDF Users Guide's file format specifications have it:
 * numbers are big-endian, of 4 bytes; counts and lengths of 8 in CDF-5, offsets of 8 in CDF-2 and
 * CDF-5. What is beyond the end of the file reads as 0. */
struct header {
  FILE *stream;
  size_t count, offset; /* bytes of a count, of an offset */
};

static uint64_t read_number(struct header *header, size_t bytes)
{
  uint64_t number = 0;
  for (size_t i = 0; i < bytes; i++) {
    int c = fgetc(header->stream);
    number = number << 8 | (c == EOF ? 0 : (uint64_t)c);
  }
  return number;
}

/* Bytes that are padded to a multiple of 4. */
static void skip(struct header *header, uint64_t bytes)
{
  if (bytes > INT64_MAX - 4 || fseeko(header->stream, (off_t)((bytes + 3) / 4 * 4), SEEK_CUR) != 0)
    fseeko(header->stream, 0, SEEK_END);
}

static void skip_name(struct header *header)
{
  skip(header, read_number(header, header->count));
}

static uint64_t width_of(uint64_t type)
{
  static const uint8_t width[] = {0, 1, 1, 2, 4, 4, 8, 1, 2, 4, 8, 8};
  return type < sizeof width ? width[type] : 0;
}

/* The number of entries of a list, which its tag precedes. */
static uint64_t begin_list(struct header *header)
{
  read_number(header, 4);
  return read_number(header, header->count);
}

static void skip_attributes(struct header *header)
{
  for (uint64_t n = begin_list(header); n > 0 && !feof(header->stream); n--) {
    skip_name(header);
    uint64_t width = width_of(read_number(header, 4));
    uint64_t length = read_number(header, header->count), bytes;
    skip(header, __builtin_mul_overflow(width, length, &bytes) ? UINT64_MAX : bytes);
  }
}

static void skip_dimensions(struct header *header)
{
  for (uint64_t n = begin_list(header); n > 0 && !feof(header->stream); n--) {
    skip_name(header);
    read_number(header, header->count);
  }
}

/* Where the next variable's data begin. */
static uint64_t read_variable(struct header *header)
{
  skip_name(header);
  for (uint64_t rank = read_number(header, header->count); rank > 0 && !feof(header->stream);
       rank--)
    read_number(header, header->count);
  skip_attributes(header);
  read_number(header, 4);
  read_number(header, header->count);
  return read_number(header, header->offset);
}

/* Bytes of a record of all variables along the unlimited dimension: each is padded to 4, but not
 * where it is alone. */
static size_t record_size(const struct proda_nc *file, int n, int unlimited)
{
  size_t sum = 0, last = 0;
  int n_records = 0;
  for (int i = 0; i < n; i++) {
    struct proda_nc_variable variable;
    int rank = 0, dim[NC_MAX_VAR_DIMS];
    size_t width = 0, length = 0;
    if (nc_inq_var(file->id, i, NULL, NULL, &rank, dim, NULL) != NC_NOERR || rank == 0 ||
        dim[0] != unlimited || proda_nc_describe(file, i, "", &variable, NULL) != PRODA_OK ||
        nc_inq_type(file->id, variable.type, NULL, &width) != NC_NOERR)
      continue;
    length = variable.shape.length[0];
    last = length ? variable.n / length * width : 0;
    sum += (last + 3) / 4 * 4;
    n_records++;
  }
  return n_records == 1 ? last : sum;
}

/* Where the data of variable `i` end that begin at `begin`. */
static size_t end_of(const struct proda_nc *file, int i, uint64_t begin, int unlimited,
                     size_t record)
{
  struct proda_nc_variable variable;
  int rank = 0, dim[NC_MAX_VAR_DIMS];
  size_t width = 0, bytes, end;
  if (nc_inq_var(file->id, i, NULL, NULL, &rank, dim, NULL) != NC_NOERR ||
      proda_nc_describe(file, i, "", &variable, NULL) != PRODA_OK ||
      nc_inq_type(file->id, variable.type, NULL, &width) != NC_NOERR || variable.n == 0)
    return 0;
  bool is_record = rank > 0 && dim[0] == unlimited;
  size_t rows = is_record ? variable.shape.length[0] : 1;
  if (__builtin_mul_overflow(variable.n / rows, width, &bytes) ||
      __builtin_mul_overflow(rows - 1, is_record ? record : 0, &end) ||
      __builtin_add_overflow(end, bytes, &end) || __builtin_add_overflow(end, begin, &end))
    return SIZE_MAX;
  return end;
}

size_t proda_nc_classic_end(const struct proda_nc *file)
{
  struct header header = {.stream = fopen(file->path, "rbe")};
  int n = 0, unlimited = -1;
  size_t end = 0;
  if (!header.stream)
    return 0;
  nc_inq_nvars(file->id, &n);
  nc_inq_unlimdim(file->id, &unlimited);
  size_t record = record_size(file, n, unlimited);
  uint64_t version = read_number(&header, 4) & 0xff;
  header.count = version == 5 ? 8 : 4;
  header.offset = version == 1 ? 4 : 8;
  read_number(&header, header.count);
  skip_dimensions(&header);
  skip_attributes(&header);
  begin_list(&header);
  for (int i = 0; i < n; i++) {
    size_t of_variable = end_of(file, i, read_variable(&header), unlimited, record);
    end = of_variable > end ? of_variable : end;
  }
  fclose(header.stream);
  return end;
}
