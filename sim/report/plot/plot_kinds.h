/* What the kinds of pictures share. Private to sim/report/plot. */
#ifndef PLOT_KINDS_H
#define PLOT_KINDS_H
#include "sim/report/plot/figure.h"
#include "sim/report/format.h"
#include "sim/report/plot/palette.h"
#include "sim/report/plot/plot.h"
#include "sim/report/result_file.h"

#define PLOT(name) extern const struct plot_kind plot_##name;
#include "sim/report/plot/plots.h"
#undef PLOT

/* "F: no ... to draw"; returns PLOT_NO_RESULT. `what` says what to run instead. */
enum plot_outcome plot_nothing(char **error, const struct result_file *, const char *what);
enum unit plot_unit(const char *word); /* of a machine format; a currency when it is no other */
/* "name, seed 42, 24 replications" */
const char *plot_subtitle(const struct result_file *, char *room, size_t size);
/* "24 replications", as the result says. */
struct shown plot_replications(const struct json_value *result);
/* Whether the endpoint is among those of the options; without any, each is. */
bool plot_wants(const struct plot_options *, const char *endpoint);
/* The first endpoint of the options, or the one with the largest p99; null when there is none. */
const char *plot_endpoint(const struct result_file *, const struct plot_options *);
/* The p99 of an endpoint; NaN when unknown. */
struct result_estimate plot_p99(const struct result_file *, const char *endpoint);
/* "84% of it in backend queue": the largest row of the slowest 1%; false when there is no breakdown. */
bool plot_culprit(const struct result_file *, const char *endpoint, char *room, size_t size);

#endif
