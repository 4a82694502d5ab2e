/* `--export FILE`: the format comes from the file's extension, or from --format when the file is `-` (stdout).
 *
 * A format is a file with a descriptor, and a line in exports.h. It need not know every kind of answer: what it has no writer of is
 * not offered for it.
 *
 *     const struct export_format export_json = {.name = "json", .write = {[ANSWER_RUN] = write_run, ...}};
 */
#ifndef EXPORT_H
#define EXPORT_H
#include "sim/report/answer.h"
#include <stdio.h>

struct export_format {
  const char *name; /* the extension without its dot */
  bool streamed;    /* for --format only: no file has its name */
  void (*write[ANSWER_KINDS])(FILE *, const struct answer *);
};

#define EXPORT(name) extern const struct export_format export_##name;
#include "sim/report/exports.h"
#undef EXPORT

/* path: a file, or "-". format: null to take the extension; needed for "-". On failure *error is a message that the caller frees:
 * an unknown format (with those that are known), or why the file could not be written; null where what was lost is reported
 * already. */
bool export_answer(const struct answer *, const char *path, const char *format, char **error);
/* Whether there is a format for this kind of answer: to be asked before hours of work. */
bool export_known(enum answer_kind, const char *path, const char *format, char **error);
/* The names of the formats that know this kind of answer, each behind `before`, with `between` and `last` between them:
 * ".json, .csv and .md". The caller frees. */
char *export_names(enum answer_kind, const char *before, const char *between, const char *last);

#endif
