/** @file amount.h
 * Amounts as a person reads them.
 */
#ifndef PRODA_PROGRESS_AMOUNT_H
#define PRODA_PROGRESS_AMOUNT_H

#include <stddef.h>

enum { PRODA_AMOUNT_SIZE = 32 };

/** "0.4 s", "35 s", "4 min 10 s", "3 h 20 min", "12 d 5 h". */
void proda_amount_time(double seconds, char text[PRODA_AMOUNT_SIZE]);
/** From a number a second: "7.9 a second", "3.2 a minute", "5 an hour". */
void proda_amount_rate(double rate, char text[PRODA_AMOUNT_SIZE]);
/** "512 bytes", "11.4 MB", "2.3 GB": powers of 1000. */
void proda_amount_bytes(double bytes, char text[PRODA_AMOUNT_SIZE]);

#endif
