/* What `aguanta explain` prints: the page of a path, or a search; and an example with either. */
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/json/diagnostic.h"
#include "sim/language/example.h"
#include "sim/language/schema.h"
#include "sim/language/terms.h"
#include "sim/scenario/record_keys.h"
#include <stdlib.h>
#include <string.h>

/* The root has no example of its own: what is in it has. */
static const char *with_example(struct arena *arena, const struct record *root, const char *path, const char *page,
                                const struct explain_view *view) {
  const char *canonical = explain_canonical(arena, root, path);
  if (!canonical || !*canonical) return page;
  size_t length = strlen(canonical);
  if (length > 5 && !strcmp(canonical + length - 5, ".NAME")) canonical = arena_format(arena, "%.*s", (int)length - 5, canonical);
  return arena_format(arena, "%s\nexample, over a scenario (\"extends\" names it):\n%s", page,
                      example_print(arena, root, canonical, NULL, view->width));
}

static const char root_end[] = "\nMore:\n"
                               "  aguanta explain KEY   what is in it: services, run.window\n"
                               "  aguanta explain WORD  search: hpa, timeout, gunicorn, p95\n"
                               "  aguanta explain measures | units | distributions | presets\n"
                               "                  causes | verdicts | columns | meters\n"
                               "                  commands | options | exit codes\n";

/* A key of the root may be a word of other things too. */
static const char *with_others(struct arena *arena, const struct record *root, const char *word, const char *page,
                               const struct explain_view *view) {
  if (!record_field(root, word)) return page;
  uint32_t found = explain_found(arena, root, word, view);
  if (view->all) return arena_format(arena, "%s\n%s", page, explain_search(arena, root, word, view));
  return found > 1 ? arena_format(arena, "%s\nThe word stands in %u more places: 'aguanta explain -v %s'.\n", page, found - 1, word)
                   : page;
}

static char *search(struct arena *arena, const struct record *root, const char *words, const struct explain_view *view) {
  char *found = explain_search(arena, root, words, view);
  bool whole;
  const char *preset = explain_presets(arena, words, found == NULL, &whole);
  if (!preset) return found;
  if (!found) return arena_text(arena, preset);
  return whole ? arena_format(arena, "%s\n%s", preset, found) : arena_format(arena, "%s%s", found, preset);
}

char *explain(struct arena *arena, const struct record *root, const char *words, const struct explain_view *view,
              struct diagnostics *d) {
  struct diagnostics *of_path = diagnostics_new(arena);
  const char *page = explain_page(arena, root, words, view, of_path);
  if (page && !*words) return arena_format(arena, "%s%s", page, root_end);
  if (page) return arena_text(arena, with_others(arena, root, words, with_example(arena, root, words, page, view), view));
  size_t first = strcspn(words, ".");
  bool path = words[first] && record_field(root, arena_format(arena, "%.*s", (int)first, words));
  char *found = path ? NULL : search(arena, root, words, view);
  if (found) return found;
  if (path) {
    explain_page(arena, root, words, view, d);
    return NULL;
  }
  const char *near = explain_nearest(arena, root, words, view);
  diagnostic_add(d, NULL, "nothing is known of \"%s\"%s", words,
                 *near ? near : "; 'aguanta explain' shows what a scenario may hold");
  return NULL;
}
