/* Tasks for schedulers that exist already: the shards of a sweep as a Slurm array, a Kubernetes Indexed Job or for GNU parallel.
 *
 * Each scheduler is one file and one line of schedulers.h. All run `aguanta sweep --shard I/N` over one store, and can be run again
 * whole or in part: what is stored is not run twice. Text of the user reaches a shell only in single quotes, YAML only as a
 * JSON string, and comments without control characters. The program is the one that $AGUANTA names, else `aguanta`.
 *
 *     const struct scheduler *s = scheduler_named("slurm");
 *     s->write(stdout, &task);
 */
#ifndef SCHEDULER_H
#define SCHEDULER_H
#include <stdint.h>
#include <stdio.h>

struct task {
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

struct scheduler {
  const char *name;
  void (*write)(FILE *, const struct task *);
};
extern const struct scheduler *const schedulers[]; /* ends with null */

#define SCHEDULER(name) extern const struct scheduler scheduler_##name;
#include "sim/store/schedulers.h"
#undef SCHEDULER

const struct scheduler *scheduler_named(const char *name); /* null when there is none */
char *scheduler_list(void);                                /* "slurm, k8s or parallel", to be freed */

/* --- for the schedulers ------------------------------------------------------------------------------------------------------- */

/* The text as one word of sh. */
void task_quote(FILE *, const char *text);
/* `"${AGUANTA:-aguanta}" sweep ...`, without a line end; `shard` is sh text for I of I/N, `threads` for --jobs. */
void task_write_sweep(FILE *, const struct task *, const char *shard, const char *threads);
void task_write_merge(FILE *, const struct task *);
/* The end of a task: verdicts are no failure of the task. */
void task_write_end(FILE *);
/* The text in lines that begin with "# "; what is not printable ASCII becomes a question mark. */
void task_comment(FILE *, const char *text);
/* Letters, digits and dashes, at most 50: what every scheduler takes as a name. The caller frees. */
char *task_plain_name(const struct task *);

#endif
