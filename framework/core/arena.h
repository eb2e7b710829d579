/** @file arena.h
 * Memory that is made piece by piece and released at once.
 */
#ifndef PRODA_CORE_ARENA_H
#define PRODA_CORE_ARENA_H

#include <stddef.h>

struct proda_arena; /**< owns every piece that it gave */

/** NULL for lack of memory. */
struct proda_arena *proda_arena_new(void);
void proda_arena_free(struct proda_arena *arena);

/** n x size zero bytes, aligned for any type, valid until the arena is freed; NULL for lack of
 * memory. n may be 0. */
void *proda_arena_alloc(struct proda_arena *arena, size_t n, size_t size);

/** A copy of `length` bytes with a NUL behind; NULL for lack of memory. */
char *proda_arena_text(struct proda_arena *arena, const char *text, size_t length);

#endif
