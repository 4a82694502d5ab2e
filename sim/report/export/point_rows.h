/* What a store keeps of a point's result: its rows in each form that a sweep writes, and the cells of the terminal's table. */
#ifndef POINT_ROWS_H
#define POINT_ROWS_H
#include "sim/store/point_store.h"

struct results;

/* The caller frees the rows with point_rows_free. */
struct point_rows point_rows_of(const struct results *);

#endif
