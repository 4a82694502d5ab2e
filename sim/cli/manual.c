#include "sim/cli/manual.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/study/version.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A hyphen can be searched for, a backslash is one. */
static void put_character(FILE *file, char c) {
  if (c == '\\')
    fputs("\\e", file);
  else if (c == '-')
    fputs("\\-", file);
  else
    fputc(c, file);
}

/* What would begin a request of roff at the beginning of a line does not. */
static void put_span(FILE *file, const char *text, size_t length) {
  if (length && strchr(".'", *text)) fputs("\\&", file);
  for (size_t i = 0; i < length; i++) put_character(file, text[i]);
}

static void put(FILE *file, const char *text) { put_span(file, text, strlen(text)); }

/* The same where man fills lines anyway: broken between words; `column` is where it begins. */
static void put_filled(FILE *file, const char *text, size_t column) {
  enum { LINE = 70 };
  size_t first = column;
  for (size_t length; *text; text += length + (text[length] == ' ')) {
    length = strcspn(text, " ");
    bool breaks = column > first && column + length > LINE;
    if (column > first) fputc(breaks ? '\n' : ' ', file);
    put_span(file, text, length);
    column = (breaks ? 0 : column) + length + 1, first = 0;
  }
  fputc('\n', file);
}

static void put_title(FILE *file, const char *name, const char *doc) {
  fprintf(file, ".\\\" Made by `aguanta manual` from the tables of commands and options.\n.TH ");
  for (const char *c = name; *c; c++) fputc(toupper((unsigned char)*c), file);
  fprintf(file, " 1 \"%s\" \"aguanta %s\" \"User Commands\"\n.SH NAME\n", AGUANTA_DATE, AGUANTA_VERSION);
  put(file, name);
  fputs(" \\- ", file);
  put_filled(file, doc, strlen(name) + 5);
}

/* Lines as they are. */
static void put_lines(FILE *file, const char *text) {
  while (*text == '\n') text++;
  if (!*text) return;
  fputs(".nf\n", file);
  for (size_t length; *text; text += length + (text[length] == '\n')) {
    length = strcspn(text, "\n");
    if (length)
      put_span(file, text, length);
    else
      fputs("\\&", file);
    fputc('\n', file);
  }
  fputs(".fi\n", file);
}

static void put_entry(FILE *file, const char *head, const char *rest, const char *doc) {
  fputs(".TP\n.B ", file);
  put(file, head);
  if (rest && *rest) {
    fputs(" \\fI", file);
    put(file, rest);
    fputs("\\fR", file);
  }
  fputc('\n', file);
  put_filled(file, doc, 0);
}

static void put_options(FILE *file, struct arena *arena, const struct command *c) {
  fputs(".SH OPTIONS\n", file);
  for (const struct option *o = options_table; o < options_table + OPTION_COUNT; o++) {
    if (!command_takes(c, o)) continue;
    char *names = o->names ? o->names(c) : NULL;
    const char *head = o->letter ? arena_format(arena, "-%c, --%s", o->letter, o->name) : arena_format(arena, "--%s", o->name);
    put_entry(file, head, o->argument, arena_format(arena, "%s%s%s", o->doc, names ? " " : "", names ? names : ""));
    free(names);
  }
}

static void put_command(FILE *file, struct arena *arena, const struct command *c) {
  put_title(file, arena_format(arena, "aguanta-%s", c->name), c->doc);
  fputs(".SH SYNOPSIS\n.B aguanta ", file);
  put(file, c->name);
  if (*c->arguments) fputs(" \\fI", file), put(file, c->arguments), fputs("\\fR", file);
  fputs(" [\\fIOPTION\\fR...]\n", file);
  put_options(file, arena, c);
  if (c->help) {
    char *more = NULL;
    size_t length = 0;
    FILE *memory = allocate_stream(&more, &length);
    c->help(memory);
    fclose(memory);
    fputs(".SH DESCRIPTION\n", file);
    put_lines(file, more);
    free(more);
  }
  fputs(".SH SEE ALSO\n.BR aguanta (1),\nwhich has the exit codes\n", file);
}

static void put_codes(FILE *file, struct arena *arena) {
  fputs(".SH EXIT STATUS\nOf several that apply, the first here.\n", file);
  for (const struct exit_code_row *row = exit_codes; row->meaning; row++)
    put_entry(file, arena_format(arena, "%d", row->code), NULL, row->meaning);
  fputs(".PP\nRequirements of severity must decide it. With\n.B \\-\\-statements\nthe statements of documents do so too.\n", file);
}

static void put_program(FILE *file, struct arena *arena) {
  put_title(file, "aguanta", "simulates scaling scenarios of web systems, request by request");
  fputs(".SH SYNOPSIS\n.B aguanta \\fICOMMAND\\fR ...\n.SH DESCRIPTION\n"
        "Does it hold, what does it cost, when must we move?\nA scenario says who uses a web system, through which software, on\n"
        "which machines, what breaks, what things cost, and what must hold.\n"
        "The answer has percentiles of latency, the bottleneck, uptime and the\nmonthly bill, each with its 95% interval, and a "
        "verdict "
        "per requirement.\n.PP\nA file named \\- is standard input, and an output named \\- standard output.\n.SH COMMANDS\n",
        file);
  for (const struct command *const *c = commands; *c; c++) put_entry(file, (*c)->name, (*c)->arguments, (*c)->doc);
  put_entry(file, "help", "[COMMAND]", "the commands, or the options of one");
  put_codes(file, arena);
  fputs(".SH ENVIRONMENT\n", file);
  put_entry(file, "GITHUB_STEP_SUMMARY", NULL, "names the file that --step-summary appends to");
  put_entry(file, "NO_COLOR, TERM", NULL, "no colour where NO_COLOR is set, or TERM is dumb");
  put_entry(file, "TMPDIR", NULL, "where pictures are drawn; else /tmp");
  fputs(".SH FILES\n", file);
  put_entry(file, "docs/", NULL,
            "the pages: results.md says what answers mean, scenario.md every key, measuring.md where numbers come from");
  put_entry(file, "scenarios/prices/", NULL, "the price lists that a scenario may name");
  put_entry(file, "models/service/presets/", NULL, "what is known of software");
  fputs(".SH EXAMPLES\n.nf\naguanta init \\-o shop.yaml\naguanta run shop.yaml\naguanta growth shop.yaml\n"
        "aguanta compare shop.yaml two\\-servers.yaml\naguanta explain services.web.pools\n.fi\n.SH SEE ALSO\n",
        file);
  for (const struct command *const *c = commands; *c; c++) fprintf(file, ".BR aguanta\\-%s (1)%s\n", (*c)->name, c[1] ? "," : "");
}

void manual_print(FILE *file, const struct command *c) {
  struct arena *arena = arena_new();
  if (c)
    put_command(file, arena, c);
  else
    put_program(file, arena);
  arena_free(arena);
}
