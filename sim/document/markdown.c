#include "sim/document/markdown.h"
#include "sim/engine/arena.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The page, line by line. */
struct reader {
  struct arena *arena;
  struct diagnostics *diagnostics;
  const char *text;
  uint32_t length, at; /* at: where the next line begins */
  struct markdown *page;
  bool in_list;      /* a list item stands above: four blanks need not be code */
  bool blank_before; /* the line above is empty */
  bool wants_advice; /* "what to do" stands above, as a heading or in bold letters */
  struct markdown_tie *ties;
  struct markdown_table *untied;
  uint32_t tie_room, untied_room;
};

struct line {
  struct span all;  /* without what ends it */
  uint32_t inside;  /* where it begins behind blanks and the marks of quotations */
  uint32_t next;    /* where the next line begins */
  uint32_t columns; /* of blanks before it */
};

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

static bool next_line(const struct reader *r, uint32_t at, struct line *out) {
  if (at >= r->length) return false;
  const char *end = memchr(r->text + at, '\n', r->length - at);
  uint32_t to = end ? (uint32_t)(end - r->text) : r->length;
  *out = (struct line){.all = {at, to}, .inside = at, .next = end ? to + 1 : to};
  if (to > at && r->text[to - 1] == '\r') out->all.to--;
  for (; out->inside < out->all.to && (is_blank(r->text[out->inside]) || r->text[out->inside] == '>'); out->inside++) {
    char c = r->text[out->inside];
    out->columns = c == '>' ? 0 : out->columns + (c == '\t' ? 4 : 1);
  }
  return true;
}

static bool is_empty(const struct line *l) { return l->inside == l->all.to; }

static bool line_begins(const struct reader *r, const struct line *l, const char *with) {
  size_t length = strlen(with);
  return l->all.to - l->inside >= length && !strncasecmp(r->text + l->inside, with, length);
}

/* --- cells -------------------------------------------------------------------------------------------------------------------- */

/* The next pipe that ends a cell, or the end. */
static uint32_t cell_end(const char *text, uint32_t at, uint32_t end) {
  for (; at < end && text[at] != '|'; at++)
    if (text[at] == '\\' && at + 1 < end && ispunct((unsigned char)text[at + 1])) at++;
  return at < end ? at : end;
}

static struct table_row cells_of(const struct reader *r, const struct line *l) {
  uint32_t at = l->inside, end = l->all.to, room = 2;
  while (end > at && is_blank(r->text[end - 1])) end--;
  for (uint32_t i = at; i < end; i++) room += r->text[i] == '|';
  struct span *cells = arena_new_array(r->arena, struct span, room);
  struct table_row row = {.line = l->all, .cells = cells};
  if (at < end && r->text[at] == '|') at++;
  while (at < end) {
    uint32_t to = cell_end(r->text, at, end);
    row.closed = to < end;
    cells[row.count++] = (struct span){at, to};
    at = to + 1;
  }
  return row;
}

static bool is_rule(const char *text, struct span cell) {
  uint32_t dashes = 0;
  while (cell.from < cell.to && is_blank(text[cell.from])) cell.from++;
  while (cell.from < cell.to && is_blank(text[cell.to - 1])) cell.to--;
  if (cell.from < cell.to && text[cell.from] == ':') cell.from++;
  if (cell.from < cell.to && text[cell.to - 1] == ':') cell.to--;
  for (; cell.from < cell.to && text[cell.from] == '-'; cell.from++) dashes++;
  return dashes && cell.from == cell.to;
}

static bool starts_block(const struct reader *r, const struct line *l) {
  static const char *const marks[] = {"<", "#", "```", "~~~", "- ", "* ", "+ "};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (line_begins(r, l, marks[i])) return true;
  return is_empty(l);
}

/* A table that begins with this line; *next is where it ends. */
static bool read_table(const struct reader *r, const struct line *first, struct markdown_table *out, uint32_t *next) {
  struct line l;
  if (!memchr(r->text + first->inside, '|', first->all.to - first->inside) || !next_line(r, first->next, &l)) return false;
  *out = (struct markdown_table){.header = cells_of(r, first), .rule = cells_of(r, &l)};
  if (out->rule.count != out->header.count) return false;
  for (uint32_t i = 0; i < out->rule.count; i++)
    if (!is_rule(r->text, out->rule.cells[i])) return false;
  uint32_t room = 0, from = *next = l.next;
  while (next_line(r, *next, &l) && !starts_block(r, &l)) room++, *next = l.next;
  struct table_row *rows = arena_new_array(r->arena, struct table_row, room + 1);
  for (uint32_t at = from; out->count < room && next_line(r, at, &l); at = l.next) rows[out->count++] = cells_of(r, &l);
  out->rows = rows;
  return true;
}

/* --- comments ----------------------------------------------------------------------------------------------------------------- */

static uint32_t skip_space(const struct reader *r, uint32_t at, uint32_t end) {
  while (at < end && isspace((unsigned char)r->text[at])) at++;
  return at;
}

/* Where a comment that begins at `at` ends; the end of the page when it does not. */
static uint32_t comment_end(const struct reader *r, uint32_t at) {
  for (uint32_t i = at + 4; i + 3 <= r->length; i++)
    if (!memcmp(r->text + i, "-->", 3)) return i + 3;
  return r->length;
}

/* The words behind "aguanta:" of a comment that is ours. */
static bool our_words(const struct reader *r, struct span comment, struct span *words) {
  uint32_t at = skip_space(r, comment.from + 4, comment.to);
  if (comment.to - at < 8 || strncasecmp(r->text + at, "aguanta", 7)) return false;
  at = skip_space(r, at + 7, comment.to);
  if (at >= comment.to || r->text[at] != ':') return false;
  bool ended = comment.to >= 3 && !memcmp(r->text + comment.to - 3, "-->", 3);
  *words = (struct span){skip_space(r, at + 1, comment.to), ended ? comment.to - 3 : comment.to};
  if (words->from > words->to) words->from = words->to;
  while (words->to > words->from && isspace((unsigned char)r->text[words->to - 1])) words->to--;
  return true;
}

static bool is_end(const struct reader *r, struct span words) {
  return words.to - words.from == 3 && !strncasecmp(r->text + words.from, "end", 3);
}

struct position markdown_position(const struct markdown *page, struct span s) {
  return (struct position){page->source, s.from, s.to > s.from ? s.to - s.from : 1};
}

static void wrong(const struct reader *r, struct span at, const char *why) {
  struct span first = at;
  for (uint32_t i = at.from; i < at.to; i++)
    if (r->text[i] == '\n') first.to = i, i = at.to;
  struct position p = markdown_position(r->page, first);
  diagnostic_add(r->diagnostics, &p, "%s", why);
}

/* The next line that is not empty. */
static bool next_full_line(const struct reader *r, uint32_t at, struct line *out) {
  while (next_line(r, at, out)) {
    if (!is_empty(out)) return true;
    at = out->next;
  }
  return false;
}

static void add_tie(struct reader *r, const struct markdown_tie *tie) {
  if (r->page->tie_count == r->tie_room) {
    struct markdown_tie *more = arena_new_array(r->arena, struct markdown_tie, r->tie_room = 2 * r->tie_room + 8);
    if (r->page->tie_count) memcpy(more, r->ties, r->page->tie_count * sizeof *more);
    r->page->ties = r->ties = more;
  }
  r->ties[r->page->tie_count++] = *tie;
}

static void add_untied(struct reader *r, const struct markdown_table *table) {
  if (r->page->untied_count == r->untied_room) {
    struct markdown_table *more = arena_new_array(r->arena, struct markdown_table, r->untied_room = 2 * r->untied_room + 8);
    if (r->page->untied_count) memcpy(more, r->untied, r->page->untied_count * sizeof *more);
    r->page->untied = r->untied = more;
  }
  r->untied[r->page->untied_count++] = *table;
}

/* From the comment to the marker of its end; returns where to read on. */
static uint32_t read_tie(struct reader *r, struct markdown_tie *tie) {
  struct line l;
  uint32_t next;
  if (tie->words.from == tie->words.to) wrong(r, tie->comment, "this comment names no scenario: write <!-- aguanta: FILE... -->");
  if (!next_full_line(r, tie->comment.to, &l) || !read_table(r, &l, &tie->table, &next)) {
    wrong(r, tie->comment, "no table stands behind this comment; only blank lines may stand between them");
    return tie->comment.to;
  }
  struct span words = {0, 0};
  bool follows = next_full_line(r, next, &l) && line_begins(r, &l, "<!--");
  struct span comment = {l.inside, follows ? comment_end(r, l.inside) : l.inside};
  if (!follows || !our_words(r, comment, &words) || !is_end(r, words)) {
    wrong(r, tie->comment, "the table behind this comment has no end: write <!-- aguanta: end --> right below it");
    return next;
  }
  if (tie->words.from < tie->words.to) add_tie(r, tie);
  return comment.to;
}

static uint32_t read_comment(struct reader *r, const struct line *l) {
  struct span comment = {l->inside, comment_end(r, l->inside)}, words;
  if (!our_words(r, comment, &words)) return comment.to;
  if (is_end(r, words)) {
    wrong(r, comment, "an end without a table that begins: write <!-- aguanta: FILE... --> right before the table");
    return comment.to;
  }
  struct markdown_tie tie = {.comment = comment, .words = words};
  return read_tie(r, &tie);
}

/* --- the page ----------------------------------------------------------------------------------------------------------------- */

/* Past a fenced block; 0 when the line does not begin one. */
static uint32_t fence_end(const struct reader *r, const struct line *l) {
  char mark = l->inside < l->all.to ? r->text[l->inside] : 0;
  uint32_t count = 0, at = l->next;
  if (mark != '`' && mark != '~') return 0;
  while (l->inside + count < l->all.to && r->text[l->inside + count] == mark) count++;
  if (count < 3) return 0;
  for (struct line n; next_line(r, at, &n); at = n.next) {
    uint32_t closing = 0;
    while (n.inside + closing < n.all.to && r->text[n.inside + closing] == mark) closing++;
    uint32_t rest = n.inside + closing;
    while (rest < n.all.to && is_blank(r->text[rest])) rest++;
    if (closing >= count && rest == n.all.to) return n.next;
  }
  return r->length;
}

static bool is_item(const struct reader *r, const struct line *l) {
  uint32_t at = l->inside;
  while (at < l->all.to && isdigit((unsigned char)r->text[at])) at++;
  bool numbered = at > l->inside && at + 1 < l->all.to && (r->text[at] == '.' || r->text[at] == ')') && is_blank(r->text[at + 1]);
  return numbered || line_begins(r, l, "- ") || line_begins(r, l, "* ") || line_begins(r, l, "+ ");
}

/* Where the paragraph or list item that begins with this line ends. */
static uint32_t paragraph_end(const struct reader *r, const struct line *first) {
  uint32_t end = first->all.to;
  struct line l;
  for (uint32_t at = first->next; next_line(r, at, &l) && !starts_block(r, &l) && !is_item(r, &l); at = l.next) end = l.all.to;
  return end;
}

/* Behind the bold words that a line begins with. */
static uint32_t bold_end(const struct reader *r, const struct line *l) {
  for (uint32_t i = l->inside + 2; i + 1 < l->all.to; i++)
    if (r->text[i] == '*' && r->text[i + 1] == '*') return i + 2;
  return l->all.to;
}

static void note_advice(struct reader *r, const struct line *l) {
  bool heading = line_begins(r, l, "#"), bold = line_begins(r, l, "**");
  if (r->page->first_advice.to) return;
  if (r->wants_advice && !heading) {
    r->page->first_advice = (struct span){l->inside, paragraph_end(r, l)};
    return;
  }
  struct span words = {l->inside, heading ? l->all.to : bold ? bold_end(r, l) : l->inside};
  if (words.from == words.to || !strcasestr(markdown_plain(r->arena, r->page, words), "what to do")) return;
  r->wants_advice = true;
  struct span more = {skip_space(r, words.to, l->all.to), paragraph_end(r, l)};
  if (bold && more.from < l->all.to) r->page->first_advice = more;
}

/* Reads what begins with this line; returns where to read on. */
static uint32_t read_block(struct reader *r, const struct line *l) {
  bool blank_before = r->blank_before;
  r->blank_before = is_empty(l);
  if (is_empty(l)) return l->next;
  if (l->columns == 0) r->in_list = is_item(r, l) || (r->in_list && !blank_before);
  if (is_item(r, l) && l->columns < 4) r->in_list = true;
  if (l->columns >= 4 && !r->in_list && blank_before) return l->next;
  uint32_t next = fence_end(r, l);
  struct markdown_table table;
  if (next) return next;
  if (line_begins(r, l, "<!--")) return read_comment(r, l);
  if (read_table(r, l, &table, &next)) return add_untied(r, &table), next;
  note_advice(r, l);
  return l->next;
}

struct markdown *markdown_read(struct arena *arena, struct diagnostics *diagnostics, const struct source_text *source) {
  struct markdown *page = arena_alloc(arena, sizeof *page);
  *page = (struct markdown){.source = source};
  struct reader r = {.arena = arena,
                     .diagnostics = diagnostics,
                     .text = source->text,
                     .length = (uint32_t)source->length,
                     .page = page,
                     .blank_before = true};
  for (struct line l; next_line(&r, r.at, &l);) r.at = read_block(&r, &l);
  return page;
}

/* --- the text of cells -------------------------------------------------------------------------------------------------------- */

struct span markdown_cell_inside(const struct markdown *page, const struct table_row *row, uint32_t column) {
  if (column >= row->count) return (struct span){row->line.to, row->line.to};
  struct span s = row->cells[column];
  while (s.from < s.to && is_blank(page->source->text[s.from])) s.from++;
  while (s.to > s.from && is_blank(page->source->text[s.to - 1])) s.to--;
  return s;
}

/* Of a bracket that begins a link "[text](target)": where its text ends; else 0. */
static uint32_t link_text_end(const char *text, uint32_t at, uint32_t end) {
  uint32_t depth = 0;
  for (; at < end; at++) {
    depth += text[at] == '[';
    if (text[at] == ']' && --depth == 0) return at + 1 < end && text[at + 1] == '(' ? at : 0;
  }
  return 0;
}

static uint32_t link_end(const char *text, uint32_t at, uint32_t end) {
  while (at < end && text[at] != ')') at++;
  return at < end ? at + 1 : end;
}

static bool is_escape(const char *text, struct span s, bool code) {
  return text[s.from] == '\\' && s.from + 1 < s.to && (code ? text[s.from + 1] == '|' : ispunct((unsigned char)text[s.from + 1]));
}

const char *markdown_plain(struct arena *arena, const struct markdown *page, struct span s) {
  const char *text = page->source->text;
  char *out = arena_alloc(arena, s.to - s.from + 1);
  uint32_t length = 0, closing = 0;
  bool code = false;
  for (; s.from < s.to; s.from++) {
    bool escape = is_escape(text, s, code);
    char c = text[s.from += escape];
    uint32_t link = !escape && !code && c == '[' ? link_text_end(text, s.from, s.to) : 0;
    if (link) closing = link;
    if (closing && s.from == closing) s.from = link_end(text, closing, s.to) - 1;
    if (!escape && c == '`') code = !code;
    bool mark = !escape &&
                (c == '`' || link || (c == ']' && closing && s.from > closing) || (!code && (c == '*' || (c == '#' && !length))));
    bool blank = isspace((unsigned char)c);
    if (!mark && !(blank && (!length || out[length - 1] == ' '))) out[length++] = blank ? ' ' : c;
  }
  while (length && is_blank(out[length - 1])) length--;
  out[length] = 0;
  return out;
}

const char *markdown_cell_text(struct arena *arena, const struct markdown *page, const struct table_row *row, uint32_t column) {
  return markdown_plain(arena, page, markdown_cell_inside(page, row, column));
}

uint32_t markdown_column(struct arena *arena, const struct markdown *page, const struct markdown_table *table, const char *name) {
  uint32_t i = 0;
  while (i < table->header.count && strcasecmp(markdown_cell_text(arena, page, &table->header, i), name)) i++;
  return i;
}
