#include "sim/document/edits.h"
#include "sim/engine/arena.h"
#include "sim/report/format.h"
#include <stdlib.h>
#include <string.h>

struct edit {
  struct span old;
  const char *text;
};

struct edits {
  struct arena *arena;
  const struct markdown *page;
  struct edit *items;
  uint32_t count, room;
};

struct edits *edits_new(struct arena *arena, const struct markdown *page) {
  struct edits *e = arena_alloc(arena, sizeof *e);
  *e = (struct edits){.arena = arena, .page = page};
  return e;
}

uint32_t edits_count(const struct edits *e) { return e->count; }

static void add(struct edits *e, struct span old, const char *text) {
  if (e->count == e->room) {
    struct edit *more = arena_new_array(e->arena, struct edit, e->room = 2 * e->room + 32);
    if (e->count) memcpy(more, e->items, e->count * sizeof *more);
    e->items = more;
  }
  e->items[e->count++] = (struct edit){old, text};
}

static const char *slice(const struct edits *e, struct span s) {
  return arena_format(e->arena, "%.*s", (int)(s.to - s.from), e->page->source->text + s.from);
}

/* With the blanks before it that were there, or one; and behind it so many that the cell keeps its width. */
static void replace(struct edits *e, const struct table_row *header, const struct table_row *row, uint32_t column,
                    const char *text) {
  struct span cell = row->cells[column], inside = markdown_cell_inside(e->page, row, column);
  if (!strcmp(slice(e, inside), text)) return;
  bool last = column + 1 == row->count && !row->closed, was_empty = inside.from == inside.to;
  const char *before = was_empty || inside.from == cell.from ? " " : slice(e, (struct span){cell.from, inside.from});
  int width = format_width(slice(e, cell)), heading = format_width(slice(e, header->cells[column])),
      used = format_width(before) + format_width(text);
  int after = last ? 0 : width == heading && width > used + 1 ? width - used : 1;
  if (!*text && was_empty) return;
  add(e, cell, arena_format(e->arena, "%s%s%*s", before, text, after, ""));
}

/* Where the last cell ends and, after its pipe, the next begins. */
static uint32_t row_end(const struct edits *e, const struct table_row *row) {
  uint32_t at = row->line.to;
  while (at > row->line.from && strchr(" \t", e->page->source->text[at - 1])) at--;
  return at;
}

static void append(struct edits *e, const struct table_row *row, const struct edit_cell *cells, uint32_t count) {
  const char *all = "";
  uint32_t at = row_end(e, row), column = row->count;
  for (uint32_t i = 0; i < count; column++) {
    bool ours = cells[i].column == column;
    const char *text = ours ? cells[i].text : "";
    i += ours;
    all = row->closed ? arena_format(e->arena, "%s %s%s|", all, text, *text ? " " : "")
                      : arena_format(e->arena, "%s |%s%s", all, *text ? " " : "", text);
  }
  if (*all) add(e, (struct span){at, at}, all);
}

void edits_row(struct edits *e, const struct table_row *header, const struct table_row *row, const struct edit_cell *cells,
               uint32_t count) {
  uint32_t there = 0;
  for (; there < count && cells[there].column < row->count; there++)
    replace(e, header, row, cells[there].column, cells[there].text);
  uint32_t end = count;
  while (end > there && !*cells[end - 1].text) end--; /* a row need not have cells that are empty */
  append(e, row, cells + there, end - there);
}

char *edits_apply(const struct edits *e, size_t *length) {
  const struct source_text *source = e->page->source;
  size_t room = source->length + 1, used = 0, at = 0;
  for (uint32_t i = 0; i < e->count; i++) room += strlen(e->items[i].text);
  char *out = arena_alloc(e->arena, room);
  for (uint32_t i = 0; i < e->count; i++) {
    const struct edit *edit = &e->items[i];
    memcpy(out + used, source->text + at, edit->old.from - at);
    used += edit->old.from - at;
    memcpy(out + used, edit->text, strlen(edit->text));
    used += strlen(edit->text);
    at = edit->old.to;
  }
  memcpy(out + used, source->text + at, source->length - at);
  *length = used + source->length - at;
  return out;
}
