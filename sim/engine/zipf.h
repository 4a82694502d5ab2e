/* Zipf's law on 1 .. n: k has a probability in proportion to k to the power -s.
 *
 * Rejection-inversion (Hoermann and Derflinger 1996, Rejection-inversion to generate variates from monotone discrete
 * distributions): the area below x^-s is inverted and rounded to a whole number, and what the rounding added is rejected. No
 * table, at most some 1.2 tries on average, any n and any s > 0 (also s = 1). */
#ifndef ZIPF_H
#define ZIPF_H
#include "sim/engine/stream.h"

uint32_t zipf_sample(uint32_t n, double s, struct stream *);

#endif
