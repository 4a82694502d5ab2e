#include "sim/cli/options.h"
#include "sim/report/export.h"
#include "sim/store/job.h"
#include "sim/json/diagnostic.h"
#include "sim/json/safe_text.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define FIELD(member) offsetof(struct options, member)
#define LIST(member)  OPTION_LIST, FIELD(member##s), FIELD(member##_count)
#define ONE(member)   OPTION_VALUE, FIELD(member), 0
#define FLAG(member)  OPTION_FLAG, FIELD(member), 0

static char *extensions(const struct command *c) { return export_names(c->answer, ".", " ", " "); }
static char *format_names(const struct command *c) { return export_names(c->answer, "", ", ", " or "); }
static char *scheduler_names(const struct command *c) { return (void)c, job_format_names(); }

const struct option options_table[OPTION_COUNT] = {
    [OPTION_SET] = {"set", 0, LIST(set), "PATH=VALUE",
                    "change a value of the scenario, such as services.backend.replicas=3; repeatable", NULL},
    [OPTION_VARY] =
        {"vary", 0, OPTION_LIST, FIELD(varies), FIELD(vary_count), "PATH=A,B,C",
         "sweep: an axis, also PATH=FROM..TO:COUNT with 10 or 10log; several make a grid. capacity, sensitivity: PATH=LOW..HIGH",
         NULL},
    [OPTION_OF] = {"of", 0, LIST(of), "MEASURE", "what is asked, such as 'p99(web.latency)', instead of the claims; repeatable",
                   NULL},
    [OPTION_WITHOUT] = {"without", 0, LIST(without), "CLAIM", "leave out this requirement, by its id or text; repeatable", NULL},
    [OPTION_FAIL_ON] = {"fail-on", 0, LIST(limit), "'EXPR +5%'",
                        "fail when it is worse than the first file's by more, such as 'p99(web.latency) +10ms', "
                        "'availability(year) -1%'; repeatable",
                        NULL},
    [OPTION_BEST] = {"best", 0, ONE(best), "'min EXPR'", "which file is best, such as 'min p99(web.latency)' or 'max rate(all)'",
                     NULL},
    [OPTION_INDIFFERENCE] = {"indifference", 0, ONE(indifference), "1ms", "with --best: a smaller advantage is not worth knowing",
                             NULL},
    [OPTION_ROOT] =
        {"root", 0, ONE(root), "DIR",
         "read no scenario, parent, price list, table or log outside of this folder, also not through links: for files by others",
         NULL},
    [OPTION_SEED] = {"seed", 0, ONE(seed), "N|WORD", "other customers and faults; the same seed gives the same bytes", NULL},
    [OPTION_REPS] = {"reps", 0, ONE(reps), "N", "exactly so many replications", NULL},
    [OPTION_ADD_REPS] = {"add-reps", 0, ONE(add_reps), "N", "so many replications more at each point; stored ones are gone on from",
                         NULL},
    [OPTION_PRECISION] = {"precision", 0, ONE(precision), "2%",
                          "replicate until every claim is decided or known to this; capacity: its own half-width (default: 1%)",
                          NULL},
    [OPTION_BUDGET] = {"budget", 0, ONE(budget), "N",
                       "most replications that undecided claims and --precision may take; capacity: of one value", NULL},
    [OPTION_JOBS] = {"jobs", 'j', ONE(jobs), "N", "threads; the answer does not depend on them (default: the cores there are)",
                     NULL},
    [OPTION_MAX_MEMORY] =
        {"max-memory", 0, ONE(max_memory), "SIZE",
         "such as 2Gi: fewer threads than --jobs when they would need more, refused when one does (default: 3/4 of what there is)",
         NULL},
    [OPTION_EXPORT] = {"export", 0, LIST(export), "FILE",
                       "write the answer, - with --format for stdout; repeatable; format by extension:", extensions},
    [OPTION_FORMAT] = {"format", 0, ONE(format), "NAME", "format of --export -:", format_names},
    [OPTION_STORE] = {"store", 0, ONE(store), "DIR",
                      "where finished points are kept, so that none is run twice (default: beside the export)", NULL},
    [OPTION_FRESH] = {"fresh", 0, FLAG(fresh), NULL, "run every point, whatever is stored", NULL},
    [OPTION_WHERE] = {"where", 0, ONE(where), "CONDITION", "run only these points, such as 'services.web.replicas <= 4'", NULL},
    [OPTION_SHARD] = {"shard", 0, ONE(shard), "I/N", "run the I-th of N parts, on one of several machines", NULL},
    [OPTION_DRY_RUN] = {"dry-run", 0, FLAG(dry_run), NULL, "list the points, tell which are stored, estimate the work", NULL},
    [OPTION_EMIT] = {"emit", 0, ONE(emit), "WHAT", "print a job that runs the shards:", scheduler_names},
    [OPTION_SHARDS] = {"shards", 0, ONE(shards), "N", "of --emit, instead of slices of at least 10 s of work", NULL},
    [OPTION_TIMING] = {"timing", 0, ONE(timing), "FILE", "write how long it took, as JSON", NULL},
    [OPTION_KIND] = {"kind", 'k', ONE(kind), "KIND", "what to draw; see 'aguanta help plot'", NULL},
    [OPTION_OUTPUT] = {"output", 'o', ONE(output), "FILE", "the picture: .svg or .png; - for SVG on stdout, -.png for PNG", NULL},
    [OPTION_ENDPOINT] = {"endpoint", 0, LIST(endpoint), "NAME", "draw this endpoint only; repeatable", NULL},
    [OPTION_TITLE] = {"title", 0, ONE(title), "TEXT", "of the picture, instead of what it finds", NULL},
    [OPTION_COLOR] = {"color", 0, ONE(color), "WHEN", "auto, always or never", NULL},
    [OPTION_PROGRESS] = {"progress", 0, ONE(progress), "WHEN", "auto, always or never", NULL},
    [OPTION_STATEMENTS] = {"statements", 0, FLAG(statements), NULL,
                           "the exit code follows the statements of documents too: 99 when one is contradicted", NULL},
    [OPTION_QUIET] = {"quiet", 'q', FLAG(quiet), NULL, "only what did not pass, and the verdict", NULL},
    [OPTION_VERBOSE] = {"verbose", 'v', FLAG(verbose), NULL, "all rows, notes, sources and assumptions", NULL},
    [OPTION_HELP] = {"help", 'h', FLAG(help), NULL, "this text", NULL},
};

#define COMMAND(name) extern const struct command command_##name;
#include "sim/cli/commands.h"
#undef COMMAND
#define COMMAND(name) &command_##name,
const struct command *const commands[] = {
#include "sim/cli/commands.h"
    NULL};

bool command_takes(const struct command *c, const struct option *o) {
  uint64_t bit = UINT64_C(1) << (o - options_table);
  return (c->options | TAKES(HELP)) & bit;
}

static const struct option *find_option(const char *word, size_t length, char letter) {
  for (const struct option *o = options_table; o < options_table + OPTION_COUNT; o++)
    if (letter ? o->letter == letter : strlen(o->name) == length && !strncmp(o->name, word, length)) return o;
  return NULL;
}

static void unknown_option(const struct command *c, const char *word) {
  const char *names[OPTION_COUNT];
  size_t count = 0;
  for (const struct option *o = options_table; o < options_table + OPTION_COUNT; o++)
    if (command_takes(c, o)) names[count++] = o->name;
  char typed[64];
  const char *name = word + strspn(word, "-");
  snprintf(typed, sizeof typed, "%.*s", (int)strcspn(name, "="), name);
  const char *near = nearest_name(typed, names, count);
  safe_print(stderr, "aguanta %s: unknown option \"%s\"", c->name, word);
  if (near) safe_print(stderr, "; did you mean \"--%s\"?", near);
  safe_print(stderr, "\nSee 'aguanta help %s'.\n", c->name);
}

static bool store(struct options *out, const struct command *c, const struct option *o, const char *value) {
  char *base = (char *)out;
  if (o->form == OPTION_FLAG)
    *(bool *)(base + o->offset) = true;
  else if (o->form == OPTION_VALUE)
    *(const char **)(base + o->offset) = value;
  else {
    uint32_t *count = (uint32_t *)(base + o->count_offset);
    if (*count == OPTIONS_MANY) {
      safe_print(stderr, "aguanta %s: --%s more than %d times\n", c->name, o->name, OPTIONS_MANY);
      return false;
    }
    ((const char **)(base + o->offset))[(*count)++] = value;
  }
  return true;
}

static bool parse_option(struct options *out, const struct command *c, int count, char **words, int *at) {
  const char *word = words[*at];
  bool is_long = word[1] == '-';
  const char *equals = is_long ? strchr(word, '=') : NULL;
  size_t length = equals ? (size_t)(equals - word - 2) : strlen(word) - 2;
  const struct option *o = is_long ? find_option(word + 2, length, 0) : find_option(NULL, 0, word[1]);
  bool joined = !is_long && word[2]; /* -j2 */
  if (joined && o && o->form == OPTION_FLAG) o = NULL;
  if (!o || !command_takes(c, o)) {
    unknown_option(c, word);
    return false;
  }
  if (o->form == OPTION_FLAG) {
    if (equals) safe_print(stderr, "aguanta %s: --%s takes no value\n", c->name, o->name);
    return !equals && store(out, c, o, NULL);
  }
  if (joined) return store(out, c, o, word + 2);
  if (!equals && *at + 1 >= count) {
    safe_print(stderr, "aguanta %s: --%s needs a value: --%s %s\n", c->name, o->name, o->name, o->argument);
    return false;
  }
  return store(out, c, o, equals ? equals + 1 : words[++*at]);
}

bool options_parse(struct options *out, const struct command *c, int count, char **words) {
  bool only_files = false;
  *out = (struct options){.command = c};
  for (int i = 0; i < count; i++) {
    if (!only_files && !strcmp(words[i], "--")) {
      only_files = true;
      continue;
    }
    if (!only_files && words[i][0] == '-' && words[i][1]) {
      if (!parse_option(out, c, count, words, &i)) return false;
      continue;
    }
    if (out->file_count == OPTIONS_MANY) {
      safe_print(stderr, "aguanta %s: more than %d files\n", c->name, OPTIONS_MANY);
      return false;
    }
    out->files[out->file_count++] = words[i];
  }
  return true;
}

static void help_of_command(FILE *f, const struct command *c) {
  fprintf(f, "aguanta %s %s\n  %s\n\nOptions:\n", c->name, c->arguments, c->doc);
  for (const struct option *o = options_table; o < options_table + OPTION_COUNT; o++) {
    if (!command_takes(c, o)) continue;
    char head[80];
    snprintf(head, sizeof head, "%s%c%s--%s%s%s", o->letter ? "-" : "", o->letter ? o->letter : ' ', o->letter ? ", " : "   ",
             o->name, o->argument ? " " : "", o->argument ? o->argument : "");
    char *names = o->names ? o->names(c) : NULL;
    fprintf(f, "  %-26s %s%s%s\n", head, o->doc, names ? " " : "", names ? names : "");
    free(names);
  }
  if (c->help) c->help(f);
}

void options_help(FILE *f, const struct command *c) {
  if (c) {
    help_of_command(f, c);
    return;
  }
  fprintf(f, "aguanta: does it hold, what does it cost, when must we move?\n"
             "Simulates scaling scenarios of web systems, request by request.\n\nusage: aguanta COMMAND ...\n\n");
  for (const struct command *const *k = commands; *k; k++) fprintf(f, "  %-11s %-35s %s\n", (*k)->name, (*k)->arguments, (*k)->doc);
  fprintf(f, "  %-11s %-35s %s\n\n", "help", "[COMMAND]", "this text, or a command's options");
  fprintf(f, "A FILE named - is standard input, and an output named - standard output.\n\nExit codes:\n");
  for (const struct exit_code_row *row = exit_codes; row->meaning; row++) fprintf(f, "  %3d  %s\n", row->code, row->meaning);
  fprintf(f, "Requirements of severity must decide it. With --statements the statements of documents do so too:\n");
  for (const struct exit_code_row *row = exit_codes; row->meaning; row++)
    if (row->with_statements) fprintf(f, "  %3d  %s\n", row->code, row->with_statements);
  fprintf(f, "\nStart with: aguanta run scenarios/platform/compose.json\n");
}
