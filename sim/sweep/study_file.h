/* A study file: a sweep as JSON, so that it can be kept, reviewed and run again.
 *
 *     { "aguanta_study": 1,
 *       "scenario": "../platform/compose.json",
 *       "set":     { "run.window": "2m" },
 *       "vary":    { "services.backend.replicas": [1, 2, 4],
 *                    "traffic.fans.rate": { "from": "50/s", "to": "800/s", "count": 5, "scale": "log" } },
 *       "zip":     [ { "platform.nodes.server.cpu": [4, 8], "platform.nodes.server.memory": ["8Gi", "16Gi"] } ],
 *       "when":    [ "services.backend.replicas <= platform.nodes.server.cpu" ],
 *       "include": [ { "services.backend.replicas": 16 } ],
 *       "repeat":  3 }
 *
 * Paths of files are relative to the study file. All errors are reported together, with line and column; what only shows
 * when a point is read is reported with the place of the value in the study file. docs/studies.md is the manual. */
#ifndef STUDY_FILE_H
#define STUDY_FILE_H
#include "sim/sweep/sweep.h"

/* Whether the file is a study: JSON with the key "aguanta_study". Errors are left to its next reader. */
bool study_file_is(const char *path);

/* The sweep of a study file, not yet closed, so that axes can be added; the conditions of `when` come with it. Null after an
 * error. */
struct study_file {
  struct sweep *sweep;
  const struct condition **conditions; /* filled by study_file_close */
  uint32_t condition_count;
  const struct json_value *root, *when, *repeat;
};
bool study_file_read(struct arena *, struct diagnostics *, const char *path, struct study_file *out);
/* Reads the conditions, which may name every axis, and closes the sweep. */
bool study_file_close(struct diagnostics *, struct study_file *);

#endif
