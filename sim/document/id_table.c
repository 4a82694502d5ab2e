/* Tables with ids: a row is about the claims whose source begins with its id. */
#include "sim/document/page_inner.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/report/format.h"
#include "sim/report/page/markdown_cell.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* One value in a cell. */
struct cell_line {
  const char *name; /* of scenario and claim, as Markdown; "" where there is only one */
  const char *value, *verdict;
  const struct claim_result *claim;
};

struct id_cell {
  struct cell_line *lines;
  uint32_t count, room;
  bool differ; /* not all have the same verdict: each value says its own */
};

struct id_columns {
  uint32_t id, simulated, verdict, reason; /* reason: the count of the header's cells where there is none */
  bool adds_simulated, adds_verdict;
};

/* --- ids ---------------------------------------------------------------------------------------------------------------------- */

/* Letters, digits, dashes and dots. */
static size_t id_length(const char *text) {
  size_t length = 0;
  while (isalnum((unsigned char)text[length]) || text[length] == '-' ||
         (text[length] == '.' && isalnum((unsigned char)text[length + 1])))
    length++;
  return length;
}

/* The next id of a source such as "P-7, P-8: in the busy hour"; behind a comma or a semicolon. Null at the end. */
static const char *next_id(const char **at, size_t *length) {
  while (**at == ' ' || **at == ',' || **at == ';') ++*at;
  const char *id = *at;
  *length = id_length(id);
  *at += strcspn(*at, ",;");
  return *id ? id : NULL;
}

static bool same_id(const char *id, size_t length, const char *other) {
  return strlen(other) == length && !strncmp(id, other, length);
}

static bool names(const char *source, const char *id) {
  size_t length;
  for (const char *at = source, *one; at && (one = next_id(&at, &length));)
    if (same_id(one, length, id)) return true;
  return false;
}

/* The ids that a row is about: mostly one. */
static bool row_names(const char *cell, const char *id, size_t id_len) {
  size_t length;
  for (const char *at = cell, *one; (one = next_id(&at, &length));)
    if (length == id_len && !strncmp(one, id, id_len)) return true;
  return false;
}

static bool claim_is_of(const char *cell, const char *source) {
  size_t length;
  for (const char *at = cell, *one; (one = next_id(&at, &length));) {
    char id[80];
    snprintf(id, sizeof id, "%.*s", (int)length, one);
    if (length && names(source, id)) return true;
  }
  return false;
}

/* --- cells -------------------------------------------------------------------------------------------------------------------- */

static struct id_columns columns_of(struct page *p, const struct markdown_table *t) {
  uint32_t count = t->header.count;
  struct id_columns c = {markdown_column(p->arena, p->markdown, t, "id"),
                         markdown_column(p->arena, p->markdown, t, "simulated"),
                         markdown_column(p->arena, p->markdown, t, "verdict"),
                         markdown_column(p->arena, p->markdown, t, "what decides it"),
                         false,
                         false};
  if (c.reason == count) c.reason = markdown_column(p->arena, p->markdown, t, "reason");
  c.adds_simulated = c.simulated == count, c.adds_verdict = c.verdict == count;
  if (c.adds_verdict) c.verdict = count + c.adds_simulated;
  return c;
}

static const char *as_markdown(struct arena *arena, const char *text) {
  char *memory;
  size_t length;
  FILE *file = allocate_stream(&memory, &length);
  markdown_text(file, text);
  fclose(file);
  const char *copy = arena_text(arena, memory);
  free(memory);
  return copy;
}

/* What a claim is called in a row that has its id before it: "Q-3 of an office" is "of an office". */
static const char *short_name(const char *ids, const char *claim) {
  size_t length = id_length(claim), one;
  for (const char *at = ids, *id; (id = next_id(&at, &one));)
    if (one == length && !strncmp(id, claim, length) && (!claim[length] || claim[length] == ' '))
      return claim + length + (claim[length] != 0);
  return claim;
}

static void add_line(struct page *p, struct id_cell *cell, const struct results *r, const char *file, const char *ids,
                     const struct claim_result *c) {
  if (cell->count == cell->room) {
    struct cell_line *more = arena_new_array(p->arena, struct cell_line, cell->room = 2 * cell->room + 4);
    if (cell->count) memcpy(more, cell->lines, cell->count * sizeof *more);
    cell->lines = more;
  }
  bool unknown = isnan(c->estimate.value);
  const char *claim = short_name(ids, c->id);
  const char *name = file     ? arena_format(p->arena, "%s%s%s", page_stem(p, file), *claim ? ", " : "", claim)
                     : *claim ? claim
                              : c->id;
  cell->lines[cell->count++] = (struct cell_line){
      as_markdown(p->arena, name), unknown ? "no data" : arena_text(p->arena, format_claim(c, r->bill.currency).text),
      c->kind == CLAIM_INFO ? "shown" : verdict_claim_word(c), c};
}

static struct id_cell cell_of(struct page *p, const struct tied_table *t, const char *ids) {
  struct id_cell cell = {0};
  for (uint32_t i = 0; i < t->tie.count; i++) {
    const struct results *r = p->runs[t->runs[i]].shown.results;
    for (uint32_t k = 0; k < r->claim_count; k++) {
      const struct claim_result *c = &r->claims[k];
      if (page_counts(c) && c->source && claim_is_of(ids, c->source))
        add_line(p, &cell, r, t->tie.count > 1 ? t->tie.files[i].name : NULL, ids, c);
    }
  }
  if (cell.count == 1) cell.lines->name = "";
  for (uint32_t i = 1; i < cell.count; i++) cell.differ |= strcmp(cell.lines[i].verdict, cell.lines->verdict) != 0;
  return cell;
}

/* " FAIL" behind a value in a cell whose verdicts differ. */
static const char *verdict_behind(struct page *p, const struct id_cell *cell, const struct cell_line *l) {
  return cell->differ && l->claim->kind != CLAIM_INFO ? arena_format(p->arena, " %s", l->verdict) : "";
}

static const char *simulated_text(struct page *p, const struct id_cell *cell) {
  const char *text = "";
  for (uint32_t i = 0; i < cell->count; i++) {
    const struct cell_line *l = &cell->lines[i];
    text = arena_format(p->arena, "%s%s%s%s%s%s", text, i ? "<br>" : "", l->name, *l->name ? ": " : "", l->value,
                        verdict_behind(p, cell, l));
  }
  return text;
}

static uint32_t lines_with(const struct id_cell *cell, const char *verdict) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < cell->count; i++) count += !strcmp(cell->lines[i].verdict, verdict);
  return count;
}

/* Once where all have the same; else how many have which, the worst first, without what is only shown. */
static const char *verdict_text(struct page *p, const struct id_cell *cell) {
  static const char *const order[] = {"FAIL", "CONTRADICTED", "WARN", "UNDECIDED", "NO DATA", "BETTER", "CONFIRMED", "PASS"};
  const char *text = "";
  if (!cell->differ) return cell->count ? cell->lines->verdict : "";
  for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
    uint32_t count = lines_with(cell, order[i]);
    if (count) text = arena_format(p->arena, "%s%s%u %s", text, *text ? ", " : "", count, order[i]);
  }
  return text;
}

/* --- comparing ---------------------------------------------------------------------------------------------------------------- */

/* The next <br> that is not escaped; null: there is none. */
static char *next_break(char *text) {
  char *found = strcasestr(text, "<br");
  while (found && found > text && found[-1] == '\\') found = strcasestr(found + 1, "<br");
  return found;
}

/* The next line of a cell with <br> between them; null at the end. */
static char *next_part(char **rest) {
  char *part = *rest, *end = part ? next_break(part) : NULL;
  if (!part) return NULL;
  *rest = end ? end + strcspn(end, ">") + (strchr(end, '>') != NULL) : NULL;
  if (end) *end = 0;
  while (*part == ' ') part++;
  for (size_t length = strlen(part); length && part[length - 1] == ' ';) part[--length] = 0;
  return part;
}

/* The value that the page has agrees, though its digits may be others. */
static bool value_agrees(struct page *p, const struct id_cell *cell, const struct cell_line *l, const char *text) {
  struct stated_figure q;
  size_t name = strlen(l->name), length = strlen(text);
  const char *verdict = verdict_behind(p, cell, l);
  if (strncmp(text, l->name, name) || length < strlen(verdict)) return false;
  if (strcasecmp(text + length - strlen(verdict), verdict)) return false;
  text = arena_format(p->arena, "%.*s", (int)(length - strlen(verdict)), text);
  text += name + (name && text[name] == ':');
  while (*text == ' ') text++;
  if (!strcmp(text, l->value)) return true;
  if (isnan(l->claim->estimate.value) || !stated_find(l->claim->unit, text, &q)) return false;
  return stated_agrees(&q, &l->claim->estimate, 0);
}

static void compare_values(struct page *p, const char *ids, struct span at, const struct id_cell *cell) {
  char *rest = arena_text(p->arena, page_raw(p, at)), *part;
  uint32_t i = 0;
  for (; (part = next_part(&rest)) && i < cell->count; i++) {
    const struct cell_line *l = &cell->lines[i];
    p->sum.compared++;
    if (value_agrees(p, cell, l, part)) continue;
    page_differs(p, DIFFERS_OURS, at, "%s: the page says \"%s\", simulated is %s%s%s%s", ids, part, l->name, *l->name ? ": " : "",
                 l->value, verdict_behind(p, cell, l));
  }
  if (part || i < cell->count)
    page_differs(p, DIFFERS_OURS, at, "%s: the page has %s values, simulated are %u", ids, part ? "more" : "fewer", cell->count);
}

static void compare_verdict(struct page *p, const char *ids, struct span at, const char *verdict) {
  p->sum.compared++;
  if (strcasecmp(page_raw(p, at), verdict))
    page_differs(p, DIFFERS_OURS, at, "%s: the page says \"%s\", the verdict is %s", ids, page_raw(p, at), verdict);
}

static bool is_listed(const char *text) { return !strncasecmp(text, "listed", 6); }

static void judge_listed(struct page *p, const struct table_row *row, const struct id_columns *c, const char *ids) {
  p->sum.listed++;
  if (c->reason < row->count && !*markdown_cell_text(p->arena, p->markdown, row, c->reason))
    page_differs(p, DIFFERS_DOCUMENT, markdown_cell_inside(p->markdown, row, c->id), "%s is listed, and the row does not say why",
                 ids);
}

static void judge_row(struct page *p, const struct tied_table *t, const struct id_columns *c, const struct table_row *row) {
  const char *ids = markdown_cell_text(p->arena, p->markdown, row, c->id);
  struct span id_at = markdown_cell_inside(p->markdown, row, c->id), at = markdown_cell_inside(p->markdown, row, c->simulated),
              verdict_at = markdown_cell_inside(p->markdown, row, c->verdict);
  if (!*ids) return;
  struct id_cell cell = cell_of(p, t, ids);
  const char *had = page_raw(p, at), *verdict_had = page_raw(p, verdict_at);
  p->sum.ids++;
  if (!cell.count) {
    if (is_listed(markdown_cell_text(p->arena, p->markdown, row, c->simulated))) {
      judge_listed(p, row, c, ids);
      return;
    }
    page_differs(p, DIFFERS_DOCUMENT, id_at,
                 "no claim of these scenarios cites %s: add one with this source, or write \"listed\" into its column "
                 "\"simulated\" and the reason behind it",
                 ids);
  }
  const char *simulated = simulated_text(p, &cell), *verdict = verdict_text(p, &cell);
  if (*had && cell.count) compare_values(p, ids, at, &cell);
  if (*verdict_had && cell.count) compare_verdict(p, ids, verdict_at, verdict);
  if (!cell.count) return;
  p->sum.empty += !*had + !*verdict_had;
  struct edit_cell cells[] = {{c->simulated, simulated}, {c->verdict, verdict}};
  if (c->verdict < c->simulated)
    cells[0] = (struct edit_cell){c->verdict, verdict}, cells[1] = (struct edit_cell){c->simulated, simulated};
  edits_row(p->edits, &t->of->table.header, row, cells, 2);
}

static void add_columns(struct page *p, const struct markdown_table *t, const struct id_columns *c) {
  struct edit_cell header[2], rule[2];
  uint32_t count = 0;
  if (c->adds_simulated)
    header[count] = (struct edit_cell){c->simulated, "simulated"}, rule[count++] = (struct edit_cell){c->simulated, "---"};
  if (c->adds_verdict)
    header[count] = (struct edit_cell){c->verdict, "verdict"}, rule[count++] = (struct edit_cell){c->verdict, "---"};
  edits_row(p->edits, &t->header, &t->header, header, count);
  edits_row(p->edits, &t->header, &t->rule, rule, count);
}

void id_table_read(struct page *p, const struct tied_table *t) { (void)p, (void)t; }

void id_table_judge(struct page *p, const struct tied_table *t) {
  const struct markdown_table *table = &t->of->table;
  struct id_columns c = columns_of(p, table);
  add_columns(p, table, &c);
  for (uint32_t i = 0; i < table->count; i++) judge_row(p, t, &c, &table->rows[i]);
}

/* --- over all tables ---------------------------------------------------------------------------------------------------------- */

/* Whether a row of any table is about this id; `alike`: one with the same letters before its number is enough. */
static uint32_t rows_with(struct page *p, const char *id, size_t length, bool alike, struct span *at) {
  uint32_t found = 0;
  size_t letters = length;
  while (letters && isdigit((unsigned char)id[letters - 1])) letters--;
  for (uint32_t i = 0; i < p->table_count; i++) {
    const struct markdown_table *t = &p->tables[i].of->table;
    if (!p->tables[i].by_id) continue;
    uint32_t column = markdown_column(p->arena, p->markdown, t, "id");
    for (uint32_t k = 0; k < t->count; k++) {
      const char *cell = markdown_cell_text(p->arena, p->markdown, &t->rows[k], column);
      bool same = row_names(cell, id, length),
           like = letters < length && !strncmp(cell, id, letters) && isdigit((unsigned char)cell[letters]);
      if (same) *at = markdown_cell_inside(p->markdown, &t->rows[k], column);
      found += alike ? like : same;
    }
  }
  return found;
}

static void judge_source(struct page *p, const struct page_run *r, const struct claim_result *c) {
  size_t length;
  struct span at;
  for (const char *rest = c->source, *id; (id = next_id(&rest, &length));) {
    if (!length || rows_with(p, id, length, false, &at) || !rows_with(p, id, length, true, &at)) continue;
    struct span of = {r->shown.at.offset, r->shown.at.offset + r->shown.at.length};
    page_differs(p, DIFFERS_DOCUMENT, of, "%s: claim \"%s\" cites %.*s, which no row has", r->shown.name, c->id, (int)length, id);
  }
}

static void judge_twice(struct page *p, const struct markdown_table *t) {
  uint32_t column = markdown_column(p->arena, p->markdown, t, "id");
  size_t length;
  for (uint32_t k = 0; k < t->count; k++) {
    const char *rest = markdown_cell_text(p->arena, p->markdown, &t->rows[k], column), *id;
    struct span last, here = markdown_cell_inside(p->markdown, &t->rows[k], column);
    while ((id = next_id(&rest, &length)))
      if (length && rows_with(p, id, length, false, &last) > 1 && last.from != here.from)
        page_differs(p, DIFFERS_DOCUMENT, here, "%.*s has another row", (int)length, id);
  }
}

void id_tables_judge(struct page *p) {
  for (uint32_t i = 0; i < p->run_count; i++) {
    const struct results *r = p->runs[i].shown.results;
    for (uint32_t k = 0; k < r->claim_count; k++)
      if (page_counts(&r->claims[k]) && r->claims[k].source) judge_source(p, &p->runs[i], &r->claims[k]);
  }
  for (uint32_t i = 0; i < p->table_count; i++)
    if (p->tables[i].by_id) judge_twice(p, &p->tables[i].of->table);
}
