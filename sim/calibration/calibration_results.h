/* What a calibration found: values with their intervals, what cannot be known from these measurements, and how far off the scenario
 * is at points that took no part in the fit. Owns nothing that is not in its arena. Unknown is NaN. */
#ifndef CALIBRATION_RESULTS_H
#define CALIBRATION_RESULTS_H
#include "sim/measure/results.h"

/* A value of the scenario that was measured. Texts are JSON, as they are written to the new scenario. */
struct calibrated_value {
  const char *path;
  const char *was; /* null: it was not there */
  const char *value, *low, *high;
  const char *source; /* files, number of windows, method */
  enum unit unit;
  struct estimate estimate; /* in base units; of a law its mean */
};

/* What these measurements do not tell, and what would. */
struct calibrated_gap {
  const char *what, *why;
};

/* A law that was tried on times: how well it fits. */
struct calibrated_law {
  const char *endpoint, *law;
  double cv, distance; /* Kolmogorov and Smirnov's */
  double square, p;    /* Anderson and Darling's, and its p-value by bootstrap */
  bool chosen;
};

/* One measure at one load that was held out. */
struct calibrated_row {
  const char *load, *measure;
  enum unit unit;
  double measured, spread, predicted, error; /* spread: (greatest - least) / mean over windows of this load; error: relative */
  bool claimed;                              /* false: the fit does not reproduce it */
  const char *reason;                        /* why it is not */
};

struct calibration_results {
  const char *scenario_name, *scenario_title, *scenario_file;
  const char *const *files;
  uint32_t file_count, window_count, load_count;
  double requests, seconds;
  struct calibrated_value *values;
  uint32_t value_count;
  struct calibrated_gap *gaps;
  uint32_t gap_count;
  struct calibrated_law *laws;
  uint32_t law_count;
  struct calibrated_row *rows;
  uint32_t row_count;
  const char **notes;
  uint32_t note_count;
  const char *held_out; /* which loads were, and how; or why none was */
  const char *written;  /* the file; null: none */
  bool interrupted;
};

#endif
