/* Calibrating: the guesses of a scenario from what was measured on the real system.
 *
 * Demands follow from the utilization law, U = X D, by least squares over the windows (sim/stats/regression.h); laws from times of
 * answers where nothing waits; pools and locks from where the throughput of closed runs flattens. What the measurements do not tell
 * apart stays as the scenario has it, and is reported. Every load is predicted once by a fit without it.
 *
 *     struct measured *m = measured_read(arena, diagnostics, froms, count, maps, map_count);
 *     struct calibration_results *r = m ? calibrate(arena, diagnostics, scenario, m, &options) : NULL;
 *     char *child = calibration_child(arena, scenario, r, "out/web.json");        the scenario to write
 */
#ifndef CALIBRATION_H
#define CALIBRATION_H
#include "sim/calibration/calibration_results.h"
#include "sim/calibration/measured.h"
#include "sim/study/study.h"

struct calibration_options {
  const char *const *maps; /* "MEASURED=NAME", see docs/measuring.md */
  uint32_t map_count;
  bool predict;                              /* run the scenario at loads that are held out */
  const struct scenario_override *overrides; /* that the scenario was read with */
  uint32_t override_count;
  struct study_options study;
};

/* Null after errors. */
struct calibration_results *calibrate(struct arena *, struct diagnostics *, const struct scenario *, const struct measured *,
                                      const struct calibration_options *);
/* A scenario that extends the given one, as it stands in the file `path`. */
char *calibration_child(struct arena *, const struct scenario *, const struct calibration_results *, const char *path);

#endif
