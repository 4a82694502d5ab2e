#include "sim/report/text/text_fold.h"
#include "sim/engine/allocate.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A piece of text that takes one column: a character, and the colours that are set around it. */
struct cell {
  const char *at;
  int length;
};

struct line {
  struct cell *cells;
  int width, indent;
};

enum { UNDER = 4, CUTS = 24, NARROWEST = 20, LEAST_PART = 13 }; /* a verdict alone ("CONTRADICTED ") is no part */

/* ---- lines ---- */

static int color_length(const char *text, const char *end) {
  if (end - text < 3 || text[0] != '\033' || text[1] != '[') return 0;
  const char *at = text + 2;
  while (at < end && strchr("0123456789;", *at)) at++;
  return at < end && *at == 'm' ? (int)(at - text) + 1 : 0;
}

/* What sets a colour belongs to the character behind it, what ends it ("\x1b[0m") to the one before. */
static const char *cell_end(const char *at, const char *end) {
  for (int color; (color = color_length(at, end));) at += color;
  if (at < end) at++;
  while (at < end && ((unsigned char)*at & 0xC0) == 0x80) at++;
  while (end - at >= 4 && !memcmp(at, "\033[0m", 4)) at += 4;
  return at;
}

static bool blank(const struct line *l, int column) { return column >= l->width || *l->cells[column].at == ' '; }

static struct line line_of(const char *text, size_t length) {
  struct line l = {.cells = allocate_zeroed(length + 1, sizeof *l.cells)};
  for (const char *at = text, *end = text + length; at < end;) {
    const char *next = cell_end(at, end);
    l.cells[l.width++] = (struct cell){at, (int)(next - at)};
    at = next;
  }
  while (l.width > 0 && blank(&l, l.width - 1)) l.width--;
  while (l.indent < l.width && blank(&l, l.indent)) l.indent++;
  return l;
}

static void put(FILE *file, const struct line *l, int from, int to) {
  for (int i = from; i < to && i < l->width; i++) fwrite(l->cells[i].at, 1, (size_t)l->cells[i].length, file);
}

static int trimmed(const struct line *l, int from, int to) {
  if (to > l->width) to = l->width;
  while (to > from && blank(l, to - 1)) to--;
  return to;
}

/* A gap between columns ends before `column`. */
static bool gap_before(const struct line *l, int column) { return column >= 2 && blank(l, column - 1) && blank(l, column - 2); }

/* ---- one line on its own ---- */

/* Where the text of a line begins whose first words are a name, or a mark: behind the first gap, or behind "note: ". */
static int text_begins(const struct line *l, int width) {
  int limit = width / 2;
  for (int i = l->indent + 1; i < l->width && i <= limit; i++)
    if (gap_before(l, i) && !blank(l, i)) return i;
  for (int i = l->indent; i + 1 < l->width && i < l->indent + 10 && !blank(l, i); i++)
    if (*l->cells[i].at == ':' && blank(l, i + 1)) return i + 2;
  return l->indent + (l->indent ? 2 : UNDER) <= limit ? l->indent + (l->indent ? 2 : UNDER) : 2;
}

/* The last blank at which what begins at `from` can end within `room`; the end of the word when it is wider. */
static int break_at(const struct line *l, int from, int room) {
  int end = from + room;
  if (l->width <= end) return l->width;
  while (end > from && !blank(l, end)) end--;
  if (end > from) return end;
  for (end = from + room; end < l->width && !blank(l, end);) end++;
  return end;
}

/* Columns [from, …) of a line, the first of them standing at `margin`, the others at `hang`. */
static void wrap(FILE *file, const struct line *l, int from, int margin, int hang, int width) {
  for (int at = from, begins = margin; at < l->width;) {
    int lead = at; /* an indentation is no place to break */
    while (lead < l->width && blank(l, lead)) lead++;
    int end = break_at(l, lead, width - begins - (lead - at) > 0 ? width - begins - (lead - at) : 1);
    fprintf(file, "%*s", begins, "");
    put(file, l, at, trimmed(l, at, end)), fputc('\n', file);
    for (at = end; at < l->width && blank(l, at);) at++;
    begins = hang;
  }
}

static void wrap_line(FILE *file, const struct line *l, int width) {
  if (l->width <= width)
    put(file, l, 0, l->width), fputc('\n', file);
  else
    wrap(file, l, 0, 0, text_begins(l, width), width);
}

/* ---- tables ---- */

struct block {
  struct line *lines;
  int count, width;
  int cuts[CUTS], dedent[CUTS], cut_count; /* cut i: where the part i + 1 begins */
  int margin;
};

static int gaps(const struct line *l) {
  int count = 0;
  for (int i = l->indent + 1; i < l->width; i++) count += gap_before(l, i) && !blank(l, i);
  return count;
}

/* Rows have columns; the text of a note has one gap at most. */
static bool is_row(const struct line *l) { return gaps(l) >= 2; }
static bool too_wide(const struct block *b, const struct line *l) { return l->width > b->width && is_row(l); }

/* What is cut: rows that do not fit, and those that stand in the same columns. */
static bool is_cut(const struct block *b, const struct line *l) {
  return b->cut_count && l->width > b->cuts[0] &&
         (too_wide(b, l) || (gap_before(l, b->cuts[0]) && (gaps(l) >= 1 || l->indent > 8)));
}

/* ---- narrower gaps ---- */

/* In the columns of the table, if it has one: not a heading, not the text of a note. */
static bool in_columns(const struct line *l) { return is_row(l) || (l->indent >= 2 && gaps(l) >= 1) || l->indent > 8; }

static int widest(const struct block *b) {
  int most = 0;
  for (int i = 0; i < b->count; i++)
    if (too_wide(b, &b->lines[i]) && b->lines[i].width > most) most = b->lines[i].width;
  return most;
}

static bool all_blank(const struct block *b, int column) {
  for (int i = 0; i < b->count; i++)
    if (in_columns(&b->lines[i]) && !blank(&b->lines[i], column)) return false;
  return true;
}

static void remove_column(struct line *l, int column) {
  if (column >= l->width) return;
  memmove(l->cells + column, l->cells + column + 1, (size_t)(l->width - column - 1) * sizeof *l->cells);
  l->width--;
  if (l->indent > column) l->indent--;
}

/* Where all rows are blank in more than two columns running, behind where the first of them begins, two are enough. */
static void squeeze(struct block *b) {
  int column = b->width, most = widest(b);
  for (int i = 0; i < b->count; i++)
    if (in_columns(&b->lines[i]) && b->lines[i].indent < column) column = b->lines[i].indent;
  for (int run = 0; column < most && most > b->width; column++) {
    run = all_blank(b, column) ? run + 1 : 0;
    if (run <= 2) continue;
    for (int i = 0; i < b->count; i++)
      if (in_columns(&b->lines[i])) remove_column(&b->lines[i], column);
    run--, column--, most--;
  }
}

/* ---- columns that move ---- */

static bool all_have_gap(const struct block *b, int column) {
  for (int i = 0; i < b->count; i++)
    if (too_wide(b, &b->lines[i]) && !gap_before(&b->lines[i], column)) return false;
  return true;
}

/* The last gap of the rows in (from, from + room]; 0: none. A narrow first part is no use. */
static int next_cut(const struct block *b, int from, int room) {
  for (int column = from + room + 2; column > from + LEAST_PART; column--)
    if (all_have_gap(b, column)) return column;
  return 0;
}

/* By how much the part between two cuts is moved to the left: what all rows have blank there. */
static int dedent(const struct block *b, int from, int to) {
  int least = to - from;
  for (int i = 0; i < b->count; i++) {
    const struct line *l = &b->lines[i];
    int lead = 0;
    if (!is_cut(b, l)) continue;
    while (from + lead < to && from + lead < l->width && blank(l, from + lead)) lead++;
    if (from + lead < l->width && lead < least) least = lead;
  }
  return least;
}

static void find_cuts(struct block *b) {
  int most = widest(b), from = 0, room = b->width, least = most;
  for (int i = 0; i < b->count; i++)
    if (too_wide(b, &b->lines[i]) && b->lines[i].indent < least) least = b->lines[i].indent;
  b->margin = least + UNDER;
  while (most - from > room && b->cut_count < CUTS) {
    int cut = next_cut(b, from, room);
    if (!cut) return;
    b->cuts[b->cut_count++] = from = cut;
    room = b->width - b->margin;
  }
}

static void cut_row(FILE *file, const struct block *b, const struct line *l) {
  int first = trimmed(l, 0, b->cuts[0]);
  if (first) put(file, l, 0, first), fputc('\n', file);
  for (int i = 0; i < b->cut_count; i++) {
    int from = b->cuts[i] + b->dedent[i], to = i + 1 < b->cut_count ? b->cuts[i + 1] : l->width;
    struct line part = *l;
    part.width = trimmed(l, from < l->width ? from : l->width, to);
    if (part.width > from) wrap(file, &part, from, b->margin, b->margin + 2, b->width);
  }
}

static void fold_block(FILE *file, struct block *b) {
  squeeze(b);
  find_cuts(b);
  for (int i = 0; i < b->cut_count; i++) b->dedent[i] = dedent(b, b->cuts[i], i + 1 < b->cut_count ? b->cuts[i + 1] : widest(b));
  for (int i = 0; i < b->count; i++) {
    const struct line *l = &b->lines[i];
    if (is_cut(b, l))
      cut_row(file, b, l);
    else
      wrap_line(file, l, b->width);
  }
}

void text_folded(FILE *file, const char *text, int width) {
  int room = 1;
  for (const char *c = text; *c; c++) room += *c == '\n';
  struct block b = {.lines = allocate_zeroed((size_t)room, sizeof *b.lines), .width = width};
  struct line *lines = b.lines;
  for (int read = 0; *text;) {
    size_t length = strcspn(text, "\n");
    lines[read] = line_of(text, length);
    bool ends = !lines[read].width, last = !text[length] || !text[length + 1];
    read++, b.count += !ends;
    if (ends || last) fold_block(file, &b);
    if (ends) fputc('\n', file);
    if (ends || last) b = (struct block){.lines = lines + read, .width = width};
    text += length + (text[length] == '\n');
  }
  for (int i = 0; i < room; i++) free(lines[i].cells);
  free(lines);
}

/* ---- messages ---- */

/* "   12 | " before a line of a file, or "      | " before the marks below it: where what is quoted begins; 0 when nothing is. */
static int quote_begins(const struct line *l) {
  int i = l->indent;
  while (i < l->width && *l->cells[i].at >= '0' && *l->cells[i].at <= '9') i++;
  bool bar = l->indent && i + 1 < l->width && *l->cells[i].at == '|' && blank(l, i + 1);
  if (!bar && i + 2 < l->width && blank(l, i) && *l->cells[i + 1].at == '|') bar = l->indent && blank(l, ++i + 1);
  return bar ? i + 2 : 0;
}

/* By how much the quoted line and its marks are moved to the left so that the first mark, and what is around it, are seen. */
static int hidden(const struct line *marks, int begins, int width) {
  int first = begins;
  while (first < marks->width && blank(marks, first)) first++;
  int wanted = first + NARROWEST - width;
  return wanted > 0 ? wanted : 0;
}

static void put_quote(FILE *file, const struct line *l, int begins, int shift, int width, bool dots) {
  int from = begins + shift, end = l->width < from + width - begins ? l->width : from + width - begins;
  bool before = dots && shift, behind = dots && end < l->width;
  put(file, l, 0, begins);
  fputs(before ? "..." : "", file), put(file, l, from + (before ? 3 : 0), end - (behind ? 3 : 0)), fputs(behind ? "..." : "", file);
  fputc('\n', file);
}

static const char *next_line(const char *text, struct line *l) {
  size_t length = strcspn(text, "\n");
  *l = line_of(text, length);
  return text + length + (text[length] == '\n');
}

void text_folded_messages(FILE *file, const char *text, int width) {
  while (*text) {
    struct line l, marks = {0};
    text = next_line(text, &l);
    int begins = quote_begins(&l);
    if (begins && *text) next_line(text, &marks);
    bool marked = begins && quote_begins(&marks) == begins;
    int shift = marked ? hidden(&marks, begins, width) : 0;
    if (begins) put_quote(file, &l, begins, shift, width, true);
    if (marked) text += strcspn(text, "\n"), text += *text == '\n', put_quote(file, &marks, begins, shift, width, false);
    if (!begins) wrap_line(file, &l, width);
    free(l.cells), free(marks.cells);
  }
}
