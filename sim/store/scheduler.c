#include "sim/store/scheduler.h"
#include "sim/engine/allocate.h"
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SCHEDULER(name) &scheduler_##name,
const struct scheduler *const schedulers[] = {
#include "sim/store/schedulers.h"
    NULL};

const struct scheduler *scheduler_named(const char *name) {
  for (const struct scheduler *const *f = schedulers; *f; f++)
    if (!strcmp((*f)->name, name)) return *f;
  return NULL;
}

char *scheduler_list(void) {
  char *names = NULL;
  size_t length = 0;
  FILE *file = allocate_stream(&names, &length);
  for (const struct scheduler *const *f = schedulers; *f; f++)
    fprintf(file, "%s%s", f == schedulers ? "" : f[1] ? ", " : " or ", (*f)->name);
  fclose(file);
  return names;
}

void task_quote(FILE *file, const char *text) {
  fputc('\'', file);
  for (; *text; text++) {
    if (*text == '\'')
      fputs("'\\''", file);
    else
      fputc(*text, file);
  }
  fputc('\'', file);
}

static void write_words(FILE *file, const char *const *words, uint32_t count, const char *before) {
  for (uint32_t i = 0; i < count; i++) fputs(before, file), task_quote(file, words[i]);
}

/* What could be taken for an option comes behind "--". */
void task_write_sweep(FILE *file, const struct task *t, const char *shard, const char *threads) {
  fputs("\"${AGUANTA:-aguanta}\" sweep", file);
  write_words(file, t->words, t->word_count, " ");
  fputs(" --store ", file);
  task_quote(file, t->store);
  fprintf(file, " --shard %s/%u --jobs %s --quiet -- ", shard, t->shards, threads);
  task_quote(file, t->file);
}

void task_write_merge(FILE *file, const struct task *t) {
  fputs("\"${AGUANTA:-aguanta}\" merge", file);
  write_words(file, t->words, t->word_count, " ");
  write_words(file, t->exports, t->export_count, " --export ");
  fputs(" -- ", file);
  task_quote(file, t->file);
  fputc(' ', file);
  task_quote(file, t->store);
}

void task_write_end(FILE *file) {
  fputs("code=$?\n"
        "case $code in 98 | 99) code=0 ;; esac # a claim that fails or is undecided is an answer\n"
        "exit $code\n",
        file);
}

void task_comment(FILE *file, const char *text) {
  fputs("# ", file);
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    if (c == '\n')
      fputs("\n# ", file);
    else
      fputc(c < 0x20 || c > 0x7E ? '?' : c, file);
  }
  fputc('\n', file);
}

char *task_plain_name(const struct task *t) {
  char *name = allocate_zeroed(1, 51);
  size_t length = 0;
  for (const char *c = t->name; *c && length < 50; c++) {
    bool plain = (unsigned char)*c < 0x80 && isalnum((unsigned char)*c);
    if (plain || (length && name[length - 1] != '-')) name[length++] = plain ? (char)tolower((unsigned char)*c) : '-';
  }
  while (length && name[length - 1] == '-') name[--length] = 0;
  if (!length) strcpy(name, "sweep");
  return name;
}
