/* The rows of a run, for the formats that put something before each. Private to sim/report/export. */
#ifndef CSV_RUN_H
#define CSV_RUN_H
#include "sim/store/point_store.h"
#include <stdio.h>

/* The names of a run's columns, with a line end. */
void csv_run_header(FILE *);
/* The rows, with `front` called before each. */
void csv_run_behind(FILE *, const struct point_section *rows, void (*front)(FILE *, const void *), const void *of);

#endif
