/* A planning document: its tables and ties, what its cells say, and its scenarios without results; a page that is written anew is
 * the page that was read, as nothing was simulated. */
#include "sim/document/edits.h"
#include "sim/document/page.h"
#include "tests/fuzz/fuzz.h"

/* A page names its scenarios relative to itself, so it needs a place in the tree. */
static const char *const path = "build/fuzz/page-input.md";

static void look_at(struct arena *arena, const struct markdown *m, const struct markdown_table *t) {
  for (uint32_t i = 0; i < t->count; i++)
    for (uint32_t k = 0; k <= t->rows[i].count && k < 40; k++) {
      markdown_cell_text(arena, m, &t->rows[i], k);
      if (k < t->rows[i].count) markdown_cell_inside(m, &t->rows[i], k);
    }
}

/* Every cell of the first column gets a text, and the page is read again. */
static void change(struct arena *arena, const struct markdown *m) {
  struct edits *e = edits_new(arena, m);
  struct edit_cell cell = {0, "85 ms"};
  size_t length;
  for (uint32_t i = 0; i < m->tie_count; i++)
    for (uint32_t k = 0; k < m->ties[i].table.count; k++)
      edits_row(e, &m->ties[i].table.header, &m->ties[i].table.rows[k], &cell, 1);
  const char *text = edits_apply(e, &length);
  const struct source_text changed = {.name = "changed.md", .text = text, .length = length};
  markdown_read(arena, diagnostics_new(arena), &changed);
}

static void tables(const uint8_t *bytes, size_t length) {
  struct arena *arena = arena_new();
  struct diagnostics *faults = diagnostics_new(arena);
  const struct source_text source = {.name = "page.md", .text = fuzz_text(arena, bytes, length), .length = length};
  const struct markdown *m = markdown_read(arena, faults, &source);
  for (uint32_t i = 0; m && i < m->tie_count; i++) look_at(arena, m, &m->ties[i].table);
  for (uint32_t i = 0; m && i < m->untied_count; i++) look_at(arena, m, &m->untied[i]);
  if (m) change(arena, m);
  diagnostics_render(faults, arena);
  arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  tables(bytes, length);
  struct arena *arena = arena_new();
  struct diagnostics *faults = diagnostics_new(arena);
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(bytes, 1, length, file) != length || fclose(file)) abort();
  struct page *p = page_read(arena, faults, path);
  if (p) page_finding(p), page_has_ids(p);
  diagnostics_render(faults, arena);
  arena_free(arena);
  return 0;
}
