#include "sim/store/scheduler.h"
#include <stdlib.h>

enum { LEAST_MINUTES = 10, SAFETY = 10 };

/* Estimates are of this machine, and a limit that is too short costs a run: ten times as much, at least ten minutes. */
static void write_limit(FILE *file, const struct task *t) {
  if (!(t->seconds > 0)) return;
  double minutes = SAFETY * t->seconds / 60 + 1;
  fprintf(file, "#SBATCH --time=%.0f\n", minutes < LEAST_MINUTES ? LEAST_MINUTES : minutes);
}

static void write(FILE *file, const struct task *t) {
  char *name = task_plain_name(t);
  fprintf(file,
          "#!/bin/sh\n#SBATCH --job-name=%s\n#SBATCH --array=1-%u\n#SBATCH --cpus-per-task=1\n#SBATCH --output=%s-%%A_%%a.log\n",
          name, t->shards, name);
  fputs("#SBATCH --requeue\n", file);
  write_limit(file, t);
  fprintf(file, "# %u shards, work of each: %s\n", t->shards, t->work);
  fputs("# Submit:                   sbatch THIS-FILE\n"
        "# One shard again:          sbatch --array=3 THIS-FILE\n"
        "# The answer, at the end:   sh THIS-FILE merge\n"
        "# The same as a job:        sbatch --dependency=afterok:JOB --wrap 'sh THIS-FILE merge'\n"
        "if [ \"${1:-}\" = merge ]; then\n  exec ",
        file);
  task_write_merge(file, t);
  fputs("\nfi\n", file);
  task_write_sweep(file, t, "\"$SLURM_ARRAY_TASK_ID\"", "\"${SLURM_CPUS_PER_TASK:-1}\"");
  fputc('\n', file);
  task_write_end(file);
  free(name);
}

const struct scheduler scheduler_slurm = {.name = "slurm", .write = write};
