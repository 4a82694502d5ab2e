#include "sim/cli/options.h"
#include "sim/report/export.h"
#include "sim/store/scheduler.h"
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
static char *scheduler_names(const struct command *c) { return (void)c, scheduler_list(); }

#define OPTION(number, ...) {__VA_ARGS__},
const struct option options_table[OPTION_COUNT] = {
#include "sim/cli/options_list.h"
};
#undef OPTION

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
  fprintf(f, "\nStart with: aguanta init\n");
}
