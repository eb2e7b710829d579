/** @file room.h
 * Arrays that plugins are handed in checks, each between guards.
 *
 * In a fenced room an array ends where a page begins that nobody may touch, and can be made
 * read-only: whoever reads or writes where he may not ends with a signal, and proda_room_trespass
 * says in what array. Elsewhere arrays have some room on both sides, so that one fault is not
 * everybody's.
 */
#ifndef PRODA_CONFORMANCE_ROOM_H
#define PRODA_CONFORMANCE_ROOM_H

#include <stdbool.h>
#include <stddef.h>

struct proda_room;

struct proda_room *proda_room_new(bool fenced); /**< NULL for lack of memory */
void proda_room_free(struct proda_room *room);
bool proda_room_fenced(const struct proda_room *room);

/** `size` zero bytes, 64-byte aligned where `size` is a multiple of 64, else of 8; `name` is
 * borrowed. NULL for lack of memory. */
void *proda_room_array(struct proda_room *room, size_t size, const char *name);

/** Whether an array of a fenced room may be written. */
void proda_room_lock(const struct proda_room *room, const void *array, bool locked);

/** The array before whose first byte something was written; NULL where nothing was. */
const char *proda_room_damaged(const struct proda_room *room);

/** Writes where an address lies among the arrays of a fenced room, for a message. False where it
 * lies elsewhere. */
bool proda_room_trespass(const struct proda_room *room, const void *address, char *text,
                         size_t size);

#endif
