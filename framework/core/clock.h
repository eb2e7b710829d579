/** @file clock.h
 * Time that only goes forward, for durations.
 */
#ifndef PRODA_CORE_CLOCK_H
#define PRODA_CORE_CLOCK_H

/** Seconds since some moment; setting the system's clock does not change it. */
double proda_clock(void);

#endif
