#include "sim/document/tie.h"
#include "sim/engine/arena.h"
#include "sim/json/source_file.h"
#include "sim/scenario/unit.h"
#include <ctype.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FOLDERS_ABOVE = 32, FILES_MOST = 1000 };

struct tying {
  struct arena *arena;
  struct diagnostics *diagnostics;
  const struct markdown *page;
  struct tie_file *files;
  uint32_t count;
  double within;
};

static void wrong(struct tying *t, struct span at, const char *format, const char *text) {
  struct position p = markdown_position(t->page, at);
  diagnostic_add(t->diagnostics, &p, format, text);
}

/* --- where files are ---------------------------------------------------------------------------------------------------------- */

/* The folder above, as a prefix that ends with a slash or is empty; null above the root. */
static const char *folder_above(struct arena *arena, const char *prefix) {
  size_t length = strlen(prefix);
  bool climbs = !length || (length >= 3 && !strcmp(prefix + length - 3, "../"));
  if (!strcmp(prefix, "/")) return NULL;
  if (climbs) return arena_format(arena, "%s../", prefix);
  while (length > 1 && prefix[length - 2] != '/') length--;
  return arena_format(arena, "%.*s", (int)length - 1, prefix);
}

static const char *folder_of(struct arena *arena, const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? arena_format(arena, "%.*s", (int)(slash - path) + 1, path) : "";
}

static bool is_root(const char *prefix) {
  char *real = realpath(*prefix ? prefix : ".", NULL);
  bool root = !real || !strcmp(real, "/");
  free(real);
  return root;
}

static void take(struct tying *t, const char *path, size_t prefix, const char *column, struct span at) {
  if (t->count == FILES_MOST) {
    wrong(t, at, "more than %s scenarios", "1000");
    return;
  }
  const char *copy = arena_text(t->arena, path);
  for (uint32_t i = 0; i < t->count; i++)
    if (!strcmp(t->files[i].path, path) && !column && !t->files[i].column) return;
  t->files[t->count++] = (struct tie_file){column, copy + prefix, copy, at};
}

/* Whether the folder has any file of this name or pattern; they are taken then. */
static bool take_from(struct tying *t, const char *prefix, const char *name, const char *column, struct span at) {
  glob_t found;
  const char *pattern = *name == '/' ? name : arena_format(t->arena, "%s%s", prefix, name);
  bool any = !glob(pattern, 0, NULL, &found);
  if (any && column && found.gl_pathc > 1) wrong(t, at, "a column is one scenario, and \"%s\" is several", name);
  for (size_t i = 0; any && i < found.gl_pathc; i++) take(t, found.gl_pathv[i], *name == '/' ? 0 : strlen(prefix), column, at);
  globfree(&found);
  return any;
}

static void find(struct tying *t, const char *name, const char *column, struct span at) {
  const char *prefix = folder_of(t->arena, t->page->source->name);
  for (int i = 0; i < FOLDERS_ABOVE && prefix; i++) {
    if (take_from(t, prefix, name, column, at)) return;
    if (*name == '/' || is_root(prefix)) break;
    prefix = folder_above(t->arena, prefix);
  }
  wrong(t, at, "there is no file \"%s\", in the page's folder or in one above it", name);
}

/* --- words -------------------------------------------------------------------------------------------------------------------- */

/* Up to the next blank that is not between quotes. */
static uint32_t word_end(const char *text, struct span s) {
  bool quoted = false;
  while (s.from < s.to && (quoted || !isspace((unsigned char)text[s.from]))) quoted ^= text[s.from++] == '"';
  return s.from;
}

static char *without_quotes(struct arena *arena, const char *text, struct span s) {
  char *out = arena_alloc(arena, s.to - s.from + 1);
  size_t length = 0;
  for (; s.from < s.to; s.from++)
    if (text[s.from] != '"') out[length++] = text[s.from];
  return out;
}

static void take_word(struct tying *t, struct span at) {
  char *word = without_quotes(t->arena, t->page->source->text, at), *equals = strchr(word, '=');
  if (!equals) {
    find(t, word, NULL, at);
    return;
  }
  *equals = 0;
  if (!strcmp(word, "within")) {
    const char *why = unit_parse_ratio(t->arena, equals + 1, &t->within);
    if (why) wrong(t, at, "\"within\" %s", why);
  } else if (*word && equals[1])
    find(t, equals + 1, word, at);
  else
    wrong(t, at, "\"%s=\": write COLUMN=FILE, such as v2=scenarios/v2.json, or within=5%%", word);
}

struct tie tie_read(struct arena *arena, struct diagnostics *diagnostics, const struct markdown *page,
                    const struct markdown_tie *of) {
  struct tying t = {.arena = arena, .diagnostics = diagnostics, .page = page};
  const char *text = page->source->text;
  t.files = arena_new_array(arena, struct tie_file, FILES_MOST);
  for (struct span s = of->words; s.from < s.to;) {
    struct span word = {s.from, word_end(text, s)};
    if (word.to > word.from) take_word(&t, word);
    for (s.from = word.to; s.from < s.to && isspace((unsigned char)text[s.from]);) s.from++;
  }
  return (struct tie){t.count, t.files, t.within};
}
