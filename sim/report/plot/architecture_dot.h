/* An architecture as a graph for graphviz: groups are clusters. Private to sim/report/plot. */
#ifndef ARCHITECTURE_DOT_H
#define ARCHITECTURE_DOT_H
#include "sim/report/plot/plot.h"

struct architecture;

bool architecture_is_dot(const char *path);
enum plot_outcome architecture_write_dot(const struct architecture *, const char *path, char **error);

#endif
