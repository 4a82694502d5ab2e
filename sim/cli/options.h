/* The command line: one table of options for all commands, and one of commands. */
#ifndef OPTIONS_H
#define OPTIONS_H
#include "sim/cli/exit_code.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { OPTIONS_MANY = 200 };

struct options {
  const char *files[OPTIONS_MANY];
  uint32_t file_count;
  const char *sets[OPTIONS_MANY];
  uint32_t set_count;
  const char *exports[OPTIONS_MANY];
  uint32_t export_count;
  const char *varies[OPTIONS_MANY];
  uint32_t vary_count;
  const char *ofs[OPTIONS_MANY];
  uint32_t of_count;
  const char *limits[OPTIONS_MANY];
  uint32_t limit_count;
  const char *withouts[OPTIONS_MANY];
  uint32_t without_count;
  const char *endpoints[OPTIONS_MANY];
  uint32_t endpoint_count;
  const char *seed, *reps, *add_reps, *precision, *budget, *jobs, *format, *color, *progress, *output, *kind, *title, *timing,
      *max_memory, *root;
  const char *store, *where, *shard, *shards, *emit, *best, *indifference;
  bool quiet, verbose, help, version, fresh, dry_run, statements;
};

enum option_form { OPTION_FLAG, OPTION_VALUE, OPTION_LIST };

/* Which commands take an option. */
enum command_bit {
  FOR_RUN = 1,
  FOR_CHECK = 2,
  FOR_VALIDATE = 4,
  FOR_EXPLAIN = 8,
  FOR_SCHEMA = 16,
  FOR_PLOT = 32,
  FOR_SWEEP = 64,
  FOR_MERGE = 128,
  FOR_SELFTEST = 256,
  FOR_SENSITIVITY = 512,
  FOR_COMPARE = 1024,
  FOR_CAPACITY = 2048,
  FOR_ALL = 4095
};

struct option {
  const char *name; /* without the dashes */
  char letter;      /* -o; 0: none */
  enum option_form form;
  size_t offset, count_offset;
  const char *argument, *doc;
  unsigned commands;
};
extern const struct option options_table[]; /* ends with a null name */

struct command {
  const char *name, *arguments, *doc;
  unsigned bit;
  enum exit_code (*run)(const struct options *);
};
extern const struct command commands[]; /* ends with a null name */

/* Fills options from the words after the command. False after a message on stderr. */
bool options_parse(struct options *, const struct command *, int count, char **words);
void options_help(FILE *, const struct command *); /* of one command; null: of the program */

enum exit_code command_run(const struct options *), command_check(const struct options *), command_validate(const struct options *),
    command_explain(const struct options *), command_schema(const struct options *), command_plot(const struct options *),
    command_sweep(const struct options *), command_merge(const struct options *), command_selftest(const struct options *),
    command_sensitivity(const struct options *), command_compare(const struct options *), command_capacity(const struct options *);

#endif
