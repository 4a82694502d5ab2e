#include "sim/store/job.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>

/* The script calls itself for each shard, so that parallel, which reads commands with a shell of its own, sees no text of the
 * user. */
static void write(FILE *file, const struct job *j) {
  fprintf(file, "#!/bin/sh\n# %u shards, work of each: %s\n", j->shards, j->work);
  fputs("# Run:                sh THIS-FILE          (options of GNU parallel may follow, such as --jobs 4)\n"
        "# One shard alone:    sh THIS-FILE shard 3\n"
        "if [ \"${1:-}\" = shard ]; then\n",
        file);
  job_write_sweep(file, j, "\"$2\"", "1");
  fputc('\n', file);
  job_write_end(file);
  fprintf(file, "fi\nseq 1 %u | parallel -q --joblog ", j->shards);
  char *log = NULL;
  size_t length = 0;
  FILE *name = allocate_stream(&log, &length);
  if (name) fprintf(name, "%s.log", j->store), fclose(name);
  job_quote(file, log ? log : "sweep.log");
  free(log);
  fputs(" \"$@\" sh \"$0\" shard || exit\nexec ", file);
  job_write_merge(file, j);
  fputc('\n', file);
}

const struct job_format job_parallel = {.name = "parallel", .write = write};
