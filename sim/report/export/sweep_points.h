/* The points of a sweep that have an answer, by number, each with one section of its rows. */
#ifndef SWEEP_POINTS_H
#define SWEEP_POINTS_H
#include "sim/sweep/sweep_results.h"
#include <stdio.h>

void sweep_each_point(FILE *, struct sweep_results *, enum point_part,
                      void (*write)(FILE *, const struct sweep_point *, const struct point_section *));

#endif
