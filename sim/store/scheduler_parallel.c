#include "sim/store/scheduler.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>

/* The script calls itself for each shard, so that parallel, which reads commands with a shell of its own, sees no text of the
 * user. */
static void write(FILE *file, const struct task *t) {
  fprintf(file, "#!/bin/sh\n# %u shards, work of each: %s\n", t->shards, t->work);
  fputs("# Run:                sh THIS-FILE          (options of GNU parallel may follow, such as --jobs 4)\n"
        "# One shard alone:    sh THIS-FILE shard 3\n"
        "if [ \"${1:-}\" = shard ]; then\n",
        file);
  task_write_sweep(file, t, "\"$2\"", "1");
  fputc('\n', file);
  task_write_end(file);
  fprintf(file, "fi\nseq 1 %u | parallel -q --joblog ", t->shards);
  char *log = NULL;
  size_t length = 0;
  FILE *name = allocate_stream(&log, &length);
  if (name) fprintf(name, "%s.log", t->store), fclose(name);
  task_quote(file, log ? log : "sweep.log");
  free(log);
  fputs(" \"$@\" sh \"$0\" shard || exit\nexec ", file);
  task_write_merge(file, t);
  fputc('\n', file);
}

const struct scheduler scheduler_parallel = {.name = "parallel", .write = write};
