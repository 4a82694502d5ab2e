/* The command line: one table of options for all commands. A command says which it takes.
 *
 *     struct options o;
 *     if (!options_parse(&o, command, argc - 2, argv + 2)) return EXIT_USAGE; */
#ifndef OPTIONS_H
#define OPTIONS_H
#include "sim/cli/exit_code.h"
#include "sim/report/answer.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { OPTIONS_MANY = 200 };

struct options {
  const struct command *command;
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
  const char *fail_ons[OPTIONS_MANY];
  uint32_t fail_on_count;
  const char *withouts[OPTIONS_MANY];
  uint32_t without_count;
  const char *endpoints[OPTIONS_MANY];
  uint32_t endpoint_count;
  const char *faults[OPTIONS_MANY];
  uint32_t fault_count;
  const char *profiles[OPTIONS_MANY];
  uint32_t profile_count;
  const char *froms[OPTIONS_MANY];
  uint32_t from_count;
  const char *maps[OPTIONS_MANY];
  uint32_t map_count;
  const char *seed, *reps, *add_reps, *precision, *budget, *jobs, *format, *color, *progress, *output, *kind, *title, *theme,
      *timing, *max_memory, *root;
  const char *template, *store, *where, *shard, *shards, *emit, *best, *indifference, *at, *watch, *months;
  bool quiet, verbose, help, version, fresh, dry_run, statements, step_summary, write, strict, force, hash;
};

enum option_form { OPTION_FLAG, OPTION_VALUE, OPTION_LIST };

struct option {
  const char *name; /* without the dashes */
  char letter;      /* -o; 0: none */
  enum option_form form;
  size_t offset, count_offset;
  const char *argument, *doc;
  char *(*names)(const struct command *); /* what the last words of `doc` are about, to be freed; null: nothing */
};

/* The options of options_list.h by number: each has a bit of those that a command takes. --help is taken by all. */
#define OPTION(number, ...) OPTION_##number,
enum option_number {
#include "sim/cli/options_list.h"
  OPTION_COUNT
};
#undef OPTION
extern const struct option options_table[OPTION_COUNT];

#define TAKES(name) (UINT64_C(1) << OPTION_##name)
/* Of a command that reads scenarios; that asks them something; that stops when it knows enough. */
#define TAKES_SCENARIO (TAKES(SET) | TAKES(ROOT) | TAKES(QUIET))
#define TAKES_QUESTION                                                                                                             \
  (TAKES_SCENARIO | TAKES(SEED) | TAKES(JOBS) | TAKES(MAX_MEMORY) | TAKES(EXPORT) | TAKES(FORMAT) | TAKES(PROGRESS))
#define TAKES_STOPPING (TAKES(PRECISION) | TAKES(BUDGET))

/* A command is a file with a descriptor, and a line in commands.h. */
struct command {
  const char *name, *arguments, *doc;
  uint64_t options;                        /* TAKES(...) */
  uint32_t least_files, most_files;        /* that it takes */
  bool words;                              /* what it takes are words, not files */
  bool (*streams)(const struct options *); /* whether it reads standard input once, as it comes; null: never */
  enum answer_kind answer;                 /* what --export writes */
  void (*help)(FILE *);                    /* more help; may be null */
  enum exit_code (*run)(const struct options *);
};
extern const struct command *const commands[]; /* ends with null */

bool command_takes(const struct command *, const struct option *);
/* Fills options from the words after the command. False after a message on stderr. */
bool options_parse(struct options *, const struct command *, int count, char **words);
void options_help(FILE *, const struct command *); /* of one command; null: of the program */

#endif
