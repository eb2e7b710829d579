#include "core/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct piece {
  struct piece *next;
  max_align_t memory[];
};

struct proda_arena {
  struct piece *first;
};

struct proda_arena *proda_arena_new(void)
{
  return calloc(1, sizeof(struct proda_arena));
}

void proda_arena_free(struct proda_arena *arena)
{
  if (!arena)
    return;
  while (arena->first) {
    struct piece *next = arena->first->next;
    free(arena->first);
    arena->first = next;
  }
  free(arena);
}

void *proda_arena_alloc(struct proda_arena *arena, size_t n, size_t size)
{
  size_t bytes;
  if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX - sizeof(struct piece))
    return NULL;
  struct piece *piece = calloc(1, sizeof *piece + bytes);
  if (!piece)
    return NULL;
  piece->next = arena->first;
  arena->first = piece;
  return piece->memory;
}

char *proda_arena_text(struct proda_arena *arena, const char *text, size_t length)
{
  char *copy = proda_arena_alloc(arena, length + 1, 1);
  if (copy)
    memcpy(copy, text, length);
  return copy;
}
