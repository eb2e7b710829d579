/** @file member.h
 * A worker process as the host sees it.
 */
#ifndef PRODA_FARM_MEMBER_H
#define PRODA_FARM_MEMBER_H

#include <time.h>

#include "farm/line.h"

/** A unit that a worker has and has not delivered. */
struct proda_held {
  size_t unit;
  double processor, real; /**< seconds when it was handed out */
};

struct proda_member {
  pid_t pid; /**< 0: no process */
  int fd;
  clockid_t clock; /**< of its processor time */
  bool alone;      /**< does one unit only, `only` */
  size_t only;
  double looked;  /**< seconds when its limits were last looked at */
  bool waits;     /**< asked for a unit and has no answer yet */
  bool ended;     /**< has said that it is done */
  double stopped; /**< when it was first seen to stand still; 0 where it runs */
  size_t n_held, held_room;
  struct proda_held *held;
  unsigned char *inbox; /**< what has come of the next message */
  size_t filled, inbox_room;
  enum proda_farm_loss loss;           /**< how what it has is lost where it dies */
  char killed_for[PRODA_MESSAGE_SIZE]; /**< why the host killed it; "" where it did not */
};

/** Forks a worker into an empty member. */
int proda_member_start(struct proda_member *member, const struct proda_farm_work *work,
                       const struct proda_farm_options *options, struct proda_error *error);

/** Reads what is there. `*open` is false at the end of the line. */
int proda_member_receive(struct proda_member *member, bool *open, struct proda_error *error);
/** The next whole message of the inbox, borrowed until `_consume`; NULL where there is none yet. */
const struct proda_line_header *proda_member_message(const struct proda_member *member,
                                                     size_t n_largest, bool *garbage);
void proda_member_consume(struct proda_member *member);

/** Hands a unit out, or says that there is none (NULL). A worker that does not take it is dead, as
 * will be seen when it is read from. */
int proda_member_answer(struct proda_member *member, const size_t *unit, struct proda_error *error);
/** Strikes a unit off what the worker has; false where it has not. */
bool proda_member_release(struct proda_member *member, size_t unit);

/** Kills a worker that takes more than the options allow; looks ten times a second at most. */
void proda_member_limit(struct proda_member *member, const struct proda_farm_options *options);
void proda_member_kill(struct proda_member *member, enum proda_farm_loss loss, const char *reason);

/** Waits for the end of a worker whose line has ended and says how it was: "" where all is well. */
void proda_member_bury(struct proda_member *member, char reason[PRODA_MESSAGE_SIZE]);
/** Kills and buries what still lives and releases all. */
void proda_member_free(struct proda_member *member);

#endif
