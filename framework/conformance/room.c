#include "conformance/room.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MARGIN = 4096, CANARY = 0xa5 };

struct array {
  const char *name;
  unsigned char *base, *start; /* of the block; of the array */
  size_t size, block;          /* the block's without the page behind it */
  struct array *next;
};

struct proda_room {
  bool fenced;
  size_t page;
  struct array *first;
};

struct proda_room *proda_room_new(bool fenced)
{
  struct proda_room *room = calloc(1, sizeof *room);
  if (room) {
    room->fenced = fenced;
    room->page = (size_t)sysconf(_SC_PAGESIZE);
  }
  return room;
}

bool proda_room_fenced(const struct proda_room *room)
{
  return room->fenced;
}

void proda_room_free(struct proda_room *room)
{
  if (!room)
    return;
  for (struct array *next, *array = room->first; array; array = next) {
    next = array->next;
    munmap(array->base, array->block + room->page);
    free(array);
  }
  free(room);
}

/* A margin before the array; behind it another, or the page that nobody may touch. */
static bool place(const struct proda_room *room, struct array *array)
{
  size_t rounded = (array->size + 7) / 8 * 8, behind = room->fenced ? 0 : MARGIN;
  array->block = (MARGIN + rounded + behind + room->page - 1) / room->page * room->page;
  void *base = mmap(NULL, array->block + room->page, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED)
    return false;
  array->base = base;
  array->start = room->fenced ? array->base + array->block - rounded : array->base + MARGIN;
  if (room->fenced)
    mprotect(array->base + array->block, room->page, PROT_NONE);
  memset(array->base, CANARY, (size_t)(array->start - array->base));
  return true;
}

void *proda_room_array(struct proda_room *room, size_t size, const char *name)
{
  struct array *array = calloc(1, sizeof *array);
  if (!array)
    return NULL;
  array->name = name;
  array->size = size;
  if (!place(room, array)) {
    free(array);
    return NULL;
  }
  array->next = room->first;
  room->first = array;
  return array->start;
}

void proda_room_lock(const struct proda_room *room, const void *start, bool locked)
{
  for (const struct array *array = room->first; array && room->fenced; array = array->next)
    if (array->start == start)
      mprotect(array->base, array->block, locked ? PROT_READ : PROT_READ | PROT_WRITE);
}

const char *proda_room_damaged(const struct proda_room *room)
{
  for (const struct array *array = room->first; array; array = array->next)
    for (const unsigned char *at = array->base; at < array->start; at++)
      if (*at != CANARY)
        return array->name;
  return NULL;
}

bool proda_room_trespass(const struct proda_room *room, const void *address, char *text,
                         size_t size)
{
  const unsigned char *at = address;
  for (const struct array *array = room->first; array && room->fenced; array = array->next) {
    const unsigned char *end = array->base + array->block;
    if (at >= end && at < end + room->page) {
      snprintf(text, size, "touched '%s' %zu bytes behind its end", array->name,
               (size_t)(at - end));
      return true;
    }
    if (at >= array->base && at < end) {
      snprintf(text, size, "wrote to '%s', which is the host's to read", array->name);
      return true;
    }
  }
  return false;
}
