/* `aguanta explain presets`, `aguanta explain node`: what each preset sets, and why; docs/presets.md is the same in Markdown. */
#include "models/service/preset.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/json/json_print.h"
#include "sim/language/schema.h"
#include "sim/scenario/place.h"
#include "sim/scenario/preset.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* One value that a preset sets. */
struct setting {
  const char *path, *value, *source;
};

enum { SETTINGS_MOST = 60 };

struct settings {
  struct arena *arena;
  struct setting each[SETTINGS_MOST];
  uint32_t count;
};

static void collect(struct settings *s, const struct json_value *object, const char *path) {
  for (const struct json_value *v = json_first(object); v && s->count < SETTINGS_MOST; v = json_next(v)) {
    const char *here = *path ? arena_format(s->arena, "%s.%s", path, json_name(v)) : json_name(v);
    const struct json_value *inner = wrapped_value((struct place){0}, v), *value = inner ? inner : v;
    if (!strcmp(json_name(v), "source")) continue;
    if (!inner && json_type(v) == JSON_OBJECT && !json_member(v, "source")) {
      collect(s, v, here);
      continue;
    }
    const char *text = json_type(value) == JSON_TEXT ? json_text(value) : json_print_line(s->arena, value);
    s->each[s->count++] = (struct setting){here, text, json_text(json_member(v, "source"))};
  }
}

static struct settings *settings_of(struct arena *arena, const struct json_value *tree) {
  struct settings *s = arena_alloc(arena, sizeof *s);
  *s = (struct settings){.arena = arena};
  collect(s, json_member(tree, "service"), "");
  return s;
}

static const char *text_of(const struct json_value *tree, const char *key) {
  const char *text = json_text(json_member(tree, key));
  return text ? text : "";
}

static const struct json_value *tree_of(struct arena *arena, const char *name) {
  return preset_tree(arena, diagnostics_new(arena), name);
}

/* --- for the terminal --------------------------------------------------------------------------------------------------------- */

static void put_list(FILE *out, struct arena *arena) {
  fputs("presets: \"preset\": NAME in a service sets what is known of the software; what the service says itself wins, null takes "
        "away\n\n",
        out);
  for (const struct preset *p = presets; p->name; p++)
    fprintf(out, "  %-17s %s\n", p->name, text_of(tree_of(arena, p->name), "title"));
  fputs("\n'aguanta explain NAME' says what one sets and why; docs/presets.md has all of them.\n", out);
}

static void put_one(FILE *out, struct arena *arena, const char *name) {
  const struct json_value *tree = tree_of(arena, name);
  const struct settings *s = settings_of(arena, tree);
  fprintf(out, "preset %s: %s\n", name, text_of(tree, "title"));
  if (*text_of(tree, "images")) fprintf(out, "  images: %s\n", text_of(tree, "images"));
  if (*text_of(tree, "words")) fprintf(out, "  also for: %s\n", text_of(tree, "words"));
  fputs("\nsets, where the service does not say otherwise:\n", out);
  for (uint32_t i = 0; i < s->count; i++) {
    fprintf(out, "  %-22s %s\n", s->each[i].path, s->each[i].value);
    if (s->each[i].source) fprintf(out, "      %s\n", s->each[i].source);
  }
  if (*text_of(tree, "trust")) fprintf(out, "\nNot in it: %s\n", text_of(tree, "trust"));
  fprintf(out,
          "Never in a preset: demands, replicas, cores, memory of the program.\n\nexample:\n  \"services\": { \"%s\": { "
          "\"preset\": \"%s\" } }\n",
          strcmp(text_of(json_member(tree, "service"), "kind"), "app") ? name : "api", name);
}

char *explain_presets(struct arena *arena, const char *words, bool alone, bool *whole) {
  const char *word = !strncmp(words, "preset ", 7) ? words + 7 : words;
  bool all = !strcasecmp(word, "preset") || !strcasecmp(word, "presets");
  const char *name = all ? NULL : preset_meant(arena, word);
  *whole = all || alone || word != words || (name && !strcasecmp(name, word));
  if (!all && !name) return NULL;
  if (!*whole) return arena_format(arena, "The preset for it is %s: 'aguanta explain %s'.\n", name, name);
  char *memory = NULL;
  size_t size = 0;
  FILE *out = allocate_stream(&memory, &size);
  if (all)
    put_list(out, arena);
  else
    put_one(out, arena, name);
  fclose(out);
  char *text = arena_text(arena, memory);
  free(memory);
  return text;
}

/* --- docs/presets.md ---------------------------------------------------------------------------------------------------------- */

static void put_cell(FILE *out, const char *text) {
  for (; text && *text; text++) {
    if (*text == '|') fputc('\\', out);
    fputc(*text, out);
  }
}

static void put_section(FILE *out, struct arena *arena, const char *name) {
  const struct json_value *tree = tree_of(arena, name);
  const struct settings *s = settings_of(arena, tree);
  fprintf(out, "\n### %s\n\n%s.\n", name, text_of(tree, "title"));
  if (*text_of(tree, "images")) fprintf(out, "Images: `%s`.\n", text_of(tree, "images"));
  fputs("\n| key | value | source |\n| --- | --- | --- |\n", out);
  for (uint32_t i = 0; i < s->count; i++) {
    fprintf(out, "| `%s` | `%s` | ", s->each[i].path, s->each[i].value);
    put_cell(out, s->each[i].source);
    fputs(" |\n", out);
  }
  if (*text_of(tree, "trust")) fprintf(out, "\n%s\n", text_of(tree, "trust"));
}

char *presets_print(struct arena *arena) {
  char *memory = NULL;
  size_t size = 0;
  FILE *out = allocate_stream(&memory, &size);
  for (const struct preset *p = presets; p->name; p++) put_section(out, arena, p->name);
  fclose(out);
  char *text = arena_text(arena, memory);
  free(memory);
  return text;
}
