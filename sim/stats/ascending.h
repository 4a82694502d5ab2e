/* Sorting of many numbers: outages one by one, of which a run of years has millions.
 *
 * Radix sort by the bits of the numbers, least significant digit first, where there are many of them: their order as numbers is
 * that of their bits as integers once those of negative ones are flipped (IEEE 754). Numbers that compare equal are equal in all
 * bits but for the two zeros, of which the negative one comes first. No number is a NaN. */
#ifndef ASCENDING_H
#define ASCENDING_H
#include <stdint.h>

void ascending_sort(double *, uint64_t count);

#endif
