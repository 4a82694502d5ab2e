#include "sim/store/job.h"
#include <stdlib.h>

enum { LEAST_MINUTES = 10, SAFETY = 10 };

/* Estimates are of this machine, and a limit that is too short costs a run: ten times as much, at least ten minutes. */
static void write_limit(FILE *file, const struct job *j) {
  if (!(j->seconds > 0)) return;
  double minutes = SAFETY * j->seconds / 60 + 1;
  fprintf(file, "#SBATCH --time=%.0f\n", minutes < LEAST_MINUTES ? LEAST_MINUTES : minutes);
}

static void write(FILE *file, const struct job *j) {
  char *name = job_plain_name(j);
  fprintf(file,
          "#!/bin/sh\n#SBATCH --job-name=%s\n#SBATCH --array=1-%u\n#SBATCH --cpus-per-task=1\n#SBATCH --output=%s-%%A_%%a.log\n",
          name, j->shards, name);
  fputs("#SBATCH --requeue\n", file);
  write_limit(file, j);
  fprintf(file, "# %u shards, work of each: %s\n", j->shards, j->work);
  fputs("# Submit:                   sbatch THIS-FILE\n"
        "# One shard again:          sbatch --array=3 THIS-FILE\n"
        "# The answer, at the end:   sh THIS-FILE merge\n"
        "# The same as a job:        sbatch --dependency=afterok:JOB --wrap 'sh THIS-FILE merge'\n"
        "if [ \"${1:-}\" = merge ]; then\n  exec ",
        file);
  job_write_merge(file, j);
  fputs("\nfi\n", file);
  job_write_sweep(file, j, "\"$SLURM_ARRAY_TASK_ID\"", "\"${SLURM_CPUS_PER_TASK:-1}\"");
  fputc('\n', file);
  job_write_end(file);
  free(name);
}

const struct job_format job_slurm = {.name = "slurm", .write = write};
