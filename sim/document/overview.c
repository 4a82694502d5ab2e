/* The pages of planning documents on one screen. */
#include "sim/document/page.h"
#include "sim/engine/arena.h"
#include "sim/json/safe_text.h"
#include <string.h>

enum { WIDTH = 100, LINES_OF_FINDING = 2 };

static const char *name_of(struct arena *arena, const char *path) {
  const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
  return arena_format(arena, "%.*s", (int)strcspn(base, "."), base);
}

/* Broken into lines at blanks; what does not fit ends with dots. */
static void put_finding(FILE *out, const char *text, int indent, int width) {
  for (int line = 0; *text && line < LINES_OF_FINDING; line++) {
    size_t room = (size_t)(width - indent), length = strlen(text);
    bool cut = length > room;
    if (cut)
      for (length = room - (line + 1 == LINES_OF_FINDING ? 3 : 0); length > 1 && text[length] != ' ';) length--;
    safe_print(out, "%*s%.*s%s\n", indent, "", (int)length, text, cut && line + 1 == LINES_OF_FINDING ? "..." : "");
    for (text += length; *text == ' ';) text++;
  }
}

void page_overview(FILE *out, struct page *const *pages, uint32_t count, int width) {
  struct arena *arena = arena_new();
  fprintf(out, "\n%-12s %4s %6s  %-19s  %-36s\n", "", "", "", "requirements", "statements");
  fprintf(out, "%-12s %4s %6s  %5s %6s %6s  %9s %6s %12s %6s  %6s\n", "document", "ids", "claims", "kept", "broken", "open",
          "confirmed", "better", "contradicted", "open", "listed");
  for (uint32_t i = 0; i < count; i++) {
    const struct page_sum *s = page_sum(pages[i]);
    const struct requirement_sum *r = &s->requirements;
    const struct statement_sum *t = &s->statements;
    if (!page_has_ids(pages[i])) continue;
    safe_print(out, "%-12s %4u %6u  %5u %6u %6u  %9u %6u %12u %6u  %6u\n", name_of(arena, page_path(pages[i])), s->ids, s->claims,
               r->pass, r->fail + r->warnings, r->undecided + r->no_data + r->open, t->confirmed, t->better, t->contradicted,
               t->undecided + t->no_data, s->listed);
    put_finding(out, page_finding(pages[i]), 2, width ? width : WIDTH);
  }
  fputc('\n', out);
  arena_free(arena);
}
