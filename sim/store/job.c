#include "sim/store/job.h"
#include "sim/engine/allocate.h"
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SCHEDULER(name) &job_##name,
const struct job_format *const job_formats[] = {
#include "sim/store/schedulers.h"
    NULL};

const struct job_format *job_format_named(const char *name) {
  for (const struct job_format *const *f = job_formats; *f; f++)
    if (!strcmp((*f)->name, name)) return *f;
  return NULL;
}

char *job_format_names(void) {
  char *names = NULL;
  size_t length = 0;
  FILE *file = allocate_stream(&names, &length);
  for (const struct job_format *const *f = job_formats; *f; f++)
    fprintf(file, "%s%s", f == job_formats ? "" : f[1] ? ", " : " or ", (*f)->name);
  fclose(file);
  return names;
}

void job_quote(FILE *file, const char *text) {
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
  for (uint32_t i = 0; i < count; i++) fputs(before, file), job_quote(file, words[i]);
}

/* What could be taken for an option comes behind "--". */
void job_write_sweep(FILE *file, const struct job *j, const char *shard, const char *threads) {
  fputs("\"${AGUANTA:-aguanta}\" sweep", file);
  write_words(file, j->words, j->word_count, " ");
  fputs(" --store ", file);
  job_quote(file, j->store);
  fprintf(file, " --shard %s/%u --jobs %s --quiet -- ", shard, j->shards, threads);
  job_quote(file, j->file);
}

void job_write_merge(FILE *file, const struct job *j) {
  fputs("\"${AGUANTA:-aguanta}\" merge", file);
  write_words(file, j->words, j->word_count, " ");
  write_words(file, j->exports, j->export_count, " --export ");
  fputs(" -- ", file);
  job_quote(file, j->file);
  fputc(' ', file);
  job_quote(file, j->store);
}

void job_write_end(FILE *file) {
  fputs("code=$?\n"
        "case $code in 98 | 99) code=0 ;; esac # a claim that fails or is undecided is an answer\n"
        "exit $code\n",
        file);
}

void job_comment(FILE *file, const char *text) {
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

char *job_plain_name(const struct job *j) {
  char *name = allocate_zeroed(1, 51);
  size_t length = 0;
  for (const char *c = j->name; *c && length < 50; c++) {
    bool plain = (unsigned char)*c < 0x80 && isalnum((unsigned char)*c);
    if (plain || (length && name[length - 1] != '-')) name[length++] = plain ? (char)tolower((unsigned char)*c) : '-';
  }
  while (length && name[length - 1] == '-') name[--length] = 0;
  if (!length) strcpy(name, "sweep");
  return name;
}
