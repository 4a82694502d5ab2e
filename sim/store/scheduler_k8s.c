#include "sim/engine/arena.h"
#include "sim/store/scheduler.h"
#include "sim/json/json_print.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>

/* Kubernetes replaces $(NAME) in arguments and takes $$ for $: with every $ doubled the shell gets the text as it is. */
static char *doubled(const char *text) {
  char *out = NULL;
  size_t length = 0;
  FILE *file = allocate_stream(&out, &length);
  for (; *text; text++) {
    if (*text == '$') fputc('$', file);
    fputc(*text, file);
  }
  fclose(file);
  return out;
}

/* What the container runs, as a JSON string, which is a YAML string as well. */
static void write_argument(FILE *file, const struct task *t) {
  char *text = NULL, *argument;
  size_t length = 0;
  FILE *script = allocate_stream(&text, &length);
  task_write_sweep(script, t, "\"$((JOB_COMPLETION_INDEX + 1))\"", "1");
  fputc('\n', script);
  task_write_end(script);
  fclose(script);
  argument = doubled(text);
  struct arena *arena = arena_new();
  fputs(json_quote(arena, argument), file);
  arena_free(arena);
  free(argument);
  free(text);
}

static void write_merge_comment(FILE *file, const struct task *t) {
  char *text = NULL;
  size_t length = 0;
  FILE *merge = allocate_stream(&text, &length);
  task_write_merge(merge, t);
  fclose(merge);
  task_comment(file, text);
  free(text);
}

static void write(FILE *file, const struct task *t) {
  char *name = task_plain_name(t);
  fprintf(file, "# %u shards, work of each: %s\n", t->shards, t->work);
  fputs(
      "# Before: the image (`make image` of the sources builds it), and a volume claim that all pods can write, with the files at "
      "its top.\n"
      "# When the job is complete, where the volume is mounted:\n",
      file);
  write_merge_comment(file, t);
  fprintf(file,
          "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: %s\nspec:\n  completionMode: Indexed\n  completions: %u\n"
          "  parallelism: %u\n  backoffLimit: %u\n  template:\n    spec:\n      restartPolicy: OnFailure\n      containers:\n"
          "        - name: sweep\n          image: aguanta:%s\n          workingDir: /work\n"
          "          command: [\"/bin/sh\", \"-c\"]\n          args:\n            - ",
          name, t->shards, t->shards, 2 * t->shards + 4, t->version);
  write_argument(file, t);
  fputs("\n          resources:\n            requests: { cpu: \"1\", memory: 256Mi }\n          volumeMounts:\n"
        "            - { name: work, mountPath: /work }\n      volumes:\n        - name: work\n          persistentVolumeClaim:\n"
        "            claimName: aguanta-work\n",
        file);
  free(name);
}

const struct scheduler scheduler_k8s = {.name = "k8s", .write = write};
