/* Jobs for schedulers that exist already: the shards of a sweep as a Slurm array, a Kubernetes Indexed Job or GNU parallel.
 *
 * Each format is one file and one line of schedulers.h. All run `aguanta sweep --shard I/N` over one store, and can be run again
 * whole or in part: what is stored is not run twice. Text of the user reaches a shell only in single quotes, YAML only as a
 * JSON string, and comments without control characters. The program is the one that $AGUANTA names, else `aguanta`.
 *
 *     const struct job_format *f = job_format_named("slurm");
 *     f->write(stdout, &job);
 */
#ifndef JOB_H
#define JOB_H
#include <stdint.h>
#include <stdio.h>

struct job {
  const char *name;         /* of the study; any text */
  const char *file, *store; /* the sweep's file; where shards keep their points */
  const char *const *words; /* options that both sweep and merge take: --set, --vary ... */
  uint32_t word_count;
  const char *const *exports; /* of merge */
  uint32_t export_count;
  uint32_t shards;
  double seconds;      /* estimated work of one shard; 0: not estimated */
  const char *work;    /* that in words: "about 12 s", "not estimated" */
  const char *version; /* of the program */
};

struct job_format {
  const char *name;
  void (*write)(FILE *, const struct job *);
};
extern const struct job_format *const job_formats[]; /* ends with null */

#define SCHEDULER(name) extern const struct job_format job_##name;
#include "sim/store/schedulers.h"
#undef SCHEDULER

const struct job_format *job_format_named(const char *name); /* null when there is none */
char *job_format_names(void);                                /* "slurm, k8s or parallel", to be freed */

/* --- for the formats --------------------------------------------------------------------------------------------------------------- */

/* The text as one word of sh. */
void job_quote(FILE *, const char *text);
/* `"${AGUANTA:-aguanta}" sweep ...`, without a line end; `shard` is sh text for I of I/N, `threads` for --jobs. */
void job_write_sweep(FILE *, const struct job *, const char *shard, const char *threads);
void job_write_merge(FILE *, const struct job *);
/* The end of a task: verdicts are no failure of the task. */
void job_write_end(FILE *);
/* The text in lines that begin with "# "; what is not printable ASCII becomes a question mark. */
void job_comment(FILE *, const char *text);
/* Letters, digits and dashes, at most 50: what every scheduler takes as a name. The caller frees. */
char *job_plain_name(const struct job *);

#endif
