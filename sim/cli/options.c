#include "sim/cli/options.h"
#include "sim/report/plot/plot.h"
#include "sim/json/diagnostic.h"
#include "sim/json/safe_text.h"
#include <stddef.h>
#include <string.h>

#define LIST(member) offsetof(struct options, member##s), offsetof(struct options, member##_count)
#define ONE(member)  offsetof(struct options, member), 0
#define STUDIES      (FOR_RUN | FOR_CHECK | FOR_SWEEP)
#define QUESTIONS    (STUDIES | FOR_COMPARE | FOR_CAPACITY | FOR_SENSITIVITY)

const struct option options_table[] = {
    {"set", 0, OPTION_LIST, LIST(set), "PATH=VALUE",
     "change a value of the scenario, such as services.backend.replicas=3; repeatable", QUESTIONS | FOR_VALIDATE | FOR_MERGE},
    {"vary", 0, OPTION_LIST, offsetof(struct options, varies), offsetof(struct options, vary_count), "PATH=A,B,C",
     "sweep: an axis, also PATH=FROM..TO:COUNT with 10 or 10log; several make a grid. capacity, sensitivity: PATH=LOW..HIGH",
     FOR_SWEEP | FOR_MERGE | FOR_CAPACITY | FOR_SENSITIVITY},
    {"of", 0, OPTION_LIST, LIST(of), "MEASURE", "what is asked, such as 'p99(web.latency)', instead of the claims; repeatable",
     FOR_SENSITIVITY},
    {"without", 0, OPTION_LIST, LIST(without), "CLAIM", "leave out this requirement, by its id or text; repeatable", FOR_CAPACITY},
    {"fail-on", 0, OPTION_LIST, offsetof(struct options, limits), offsetof(struct options, limit_count), "'EXPR +5%'",
     "fail when it is worse than the first file's by more, such as 'p99(web.latency) +10ms', 'availability(year) -1%'; repeatable",
     FOR_COMPARE},
    {"best", 0, OPTION_VALUE, ONE(best), "'min EXPR'", "which file is best, such as 'min p99(web.latency)' or 'max rate(all)'",
     FOR_COMPARE},
    {"indifference", 0, OPTION_VALUE, ONE(indifference), "1ms", "with --best: a smaller advantage is not worth knowing",
     FOR_COMPARE},
    {"root", 0, OPTION_VALUE, ONE(root), "DIR",
     "read no scenario, parent, price list, table or log outside of this folder, also not through links: for files by others",
     QUESTIONS | FOR_VALIDATE | FOR_MERGE},
    {"seed", 0, OPTION_VALUE, ONE(seed), "N|WORD", "other customers and faults; the same seed gives the same bytes",
     QUESTIONS | FOR_MERGE | FOR_SELFTEST},
    {"reps", 0, OPTION_VALUE, ONE(reps), "N", "exactly so many replications", STUDIES | FOR_MERGE | FOR_COMPARE | FOR_SENSITIVITY},
    {"add-reps", 0, OPTION_VALUE, ONE(add_reps), "N", "so many replications more at each point; stored ones are gone on from",
     FOR_SWEEP | FOR_MERGE},
    {"precision", 0, OPTION_VALUE, ONE(precision), "2%",
     "replicate until every claim is decided or known to this; capacity: its own half-width (default: 1%)",
     STUDIES | FOR_MERGE | FOR_COMPARE | FOR_CAPACITY},
    {"budget", 0, OPTION_VALUE, ONE(budget), "N",
     "most replications that undecided claims and --precision may take; capacity: of one value",
     STUDIES | FOR_MERGE | FOR_COMPARE | FOR_CAPACITY},
    {"jobs", 'j', OPTION_VALUE, ONE(jobs), "N", "threads; the answer does not depend on them (default: the cores there are)",
     QUESTIONS | FOR_SELFTEST},
    {"max-memory", 0, OPTION_VALUE, ONE(max_memory), "SIZE",
     "such as 2Gi: fewer threads than --jobs when they would need more, refused when one does (default: 3/4 of what there is)",
     QUESTIONS},
    {"export", 0, OPTION_LIST, LIST(export), "FILE",
     "write the result, format by extension: .json .csv .md (sweep: .csv .ndjson); - with --format for stdout; repeatable",
     QUESTIONS | FOR_MERGE},
    {"format", 0, OPTION_VALUE, ONE(format), "NAME", "format of --export - (json, csv, md; sweep: csv, ndjson)",
     QUESTIONS | FOR_MERGE},
    {"store", 0, OPTION_VALUE, ONE(store), "DIR",
     "where finished points are kept, so that none is run twice (default: beside the export)", FOR_SWEEP},
    {"fresh", 0, OPTION_FLAG, ONE(fresh), NULL, "run every point, whatever is stored", FOR_SWEEP},
    {"where", 0, OPTION_VALUE, ONE(where), "CONDITION", "run only these points, such as 'services.web.replicas <= 4'", FOR_SWEEP},
    {"shard", 0, OPTION_VALUE, ONE(shard), "I/N", "run the I-th of N parts, on one of several machines", FOR_SWEEP},
    {"dry-run", 0, OPTION_FLAG, ONE(dry_run), NULL, "list the points, tell which are stored, estimate the work", FOR_SWEEP},
    {"emit", 0, OPTION_VALUE, ONE(emit), "WHAT", "print a job that runs the shards: slurm, k8s or parallel", FOR_SWEEP},
    {"shards", 0, OPTION_VALUE, ONE(shards), "N", "of --emit, instead of slices of at least 10 s of work", FOR_SWEEP},
    {"timing", 0, OPTION_VALUE, ONE(timing), "FILE", "write how long it took, as JSON", FOR_RUN | FOR_SWEEP | FOR_CAPACITY},
    {"kind", 'k', OPTION_VALUE, ONE(kind), "KIND", "what to draw; see 'aguanta help plot'", FOR_PLOT},
    {"output", 'o', OPTION_VALUE, ONE(output), "FILE", "the picture: .svg or .png; - for SVG on stdout, -.png for PNG", FOR_PLOT},
    {"endpoint", 0, OPTION_LIST, LIST(endpoint), "NAME", "draw this endpoint only; repeatable", FOR_PLOT},
    {"title", 0, OPTION_VALUE, ONE(title), "TEXT", "of the picture, instead of what it finds", FOR_PLOT},
    {"color", 0, OPTION_VALUE, ONE(color), "WHEN", "auto, always or never", QUESTIONS & ~FOR_SWEEP},
    {"progress", 0, OPTION_VALUE, ONE(progress), "WHEN", "auto, always or never", QUESTIONS | FOR_SELFTEST},
    {"statements", 0, OPTION_FLAG, ONE(statements), NULL,
     "the exit code follows the statements of documents too: 99 when one is contradicted", STUDIES | FOR_MERGE},
    {"quiet", 'q', OPTION_FLAG, ONE(quiet), NULL, "only what did not pass, and the verdict", QUESTIONS | FOR_VALIDATE | FOR_MERGE},
    {"verbose", 'v', OPTION_FLAG, ONE(verbose), NULL, "all rows, notes, sources and assumptions",
     FOR_RUN | FOR_COMPARE | FOR_CAPACITY},
    {"help", 'h', OPTION_FLAG, ONE(help), NULL, "this text", FOR_ALL},
    {0}};

const struct command commands[] = {
    {"run", "FILE", "simulate one scenario: claims, latency, where time went, bottleneck, errors, uptime, cost", FOR_RUN,
     command_run},
    {"check", "FILE...", "only the verdicts, for CI", FOR_CHECK, command_check},
    {"compare", "FILE FILE...", "the same customers through each file: differences from the first, with intervals", FOR_COMPARE,
     command_compare},
    {"sweep", "STUDY | FILE --vary PATH=A,B,C", "run a scenario at many points: one row a point; resumable", FOR_SWEEP,
     command_sweep},
    {"merge", "STUDY | FILE STORE...", "the answer of a sweep from the stores of its shards", FOR_MERGE, command_merge},
    {"capacity", "FILE --vary PATH=LO..HI", "the largest value that keeps every requirement, and what breaks first and next",
     FOR_CAPACITY, command_capacity},
    {"sensitivity", "FILE", "which assumed input moves a claim most, over the stated ranges", FOR_SENSITIVITY, command_sensitivity},
    {"plot", "RESULT.json... --kind KIND -o FILE", "draw a picture of one or several results", FOR_PLOT, command_plot},
    {"validate", "FILE...", "read and check scenario and study files without running them", FOR_VALIDATE, command_validate},
    {"explain", "[PATH | WORD]", "what a key of the scenario language means, or which keys a word is about", FOR_EXPLAIN,
     command_explain},
    {"schema", "[json|markdown]", "the scenario language as JSON Schema, or its reference as Markdown", FOR_SCHEMA, command_schema},
    {"selftest", "", "the installed program against theory, in under a minute", FOR_SELFTEST, command_selftest},
    {0}};

static const struct option *find_option(const char *word, size_t length, char letter) {
  for (const struct option *o = options_table; o->name; o++)
    if (letter ? o->letter == letter : strlen(o->name) == length && !strncmp(o->name, word, length)) return o;
  return NULL;
}

static void unknown_option(const struct command *c, const char *word) {
  const char *names[sizeof options_table / sizeof *options_table];
  size_t count = 0;
  for (const struct option *o = options_table; o->name; o++)
    if (o->commands & c->bit) names[count++] = o->name;
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
  if (!o || !(o->commands & c->bit)) {
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
  *out = (struct options){0};
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
  for (const struct option *o = options_table; o->name; o++) {
    if (!(o->commands & c->bit)) continue;
    char head[80];
    snprintf(head, sizeof head, "%s%c%s--%s%s%s", o->letter ? "-" : "", o->letter ? o->letter : ' ', o->letter ? ", " : "   ",
             o->name, o->argument ? " " : "", o->argument ? o->argument : "");
    fprintf(f, "  %-26s %s\n", head, o->doc);
  }
  if (c->bit != FOR_PLOT) return;
  fprintf(f, "\nKinds:\n");
  for (const struct plot_kind *k = plot_kinds(); k->name; k++) fprintf(f, "  %-10s %s\n", k->name, k->doc);
}

void options_help(FILE *f, const struct command *c) {
  if (c) {
    help_of_command(f, c);
    return;
  }
  fprintf(f, "aguanta: does it hold, what does it cost, when must we move?\n"
             "Simulates scaling scenarios of web systems, request by request.\n\nusage: aguanta COMMAND ...\n\n");
  for (const struct command *k = commands; k->name; k++) fprintf(f, "  %-11s %-35s %s\n", k->name, k->arguments, k->doc);
  fprintf(f, "  %-11s %-35s %s\n\n", "help", "[COMMAND]", "this text, or a command's options");
  fprintf(f, "A FILE named - is standard input, and an output named - standard output.\n\nExit codes:\n");
  for (const struct exit_code_row *row = exit_codes; row->meaning; row++) fprintf(f, "  %3d  %s\n", row->code, row->meaning);
  fprintf(f, "Requirements of severity must decide it. With --statements the statements of documents do so too:\n");
  for (const struct exit_code_row *row = exit_codes; row->meaning; row++)
    if (row->with_statements) fprintf(f, "  %3d  %s\n", row->code, row->with_statements);
  fprintf(f, "\nStart with: aguanta run scenarios/platform/compose.json\n");
}
