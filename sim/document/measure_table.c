/* Any planning document's own table: a row is a measure, a column a scenario. */
#include "sim/document/page_inner.h"
#include "sim/engine/arena.h"
#include "sim/report/format.h"
#include <string.h>

/* The columns of one scenario; the count of the header's cells and more where the table does not have it. */
struct scenario_columns {
  uint32_t stated, simulated;
  const char *heading; /* of what is simulated */
};

static bool has(const struct markdown_table *t, uint32_t column) { return column < t->header.count; }

/* The column of the document's figures: as the comment names it, else of the scenario's name, else `stated`. */
static uint32_t stated_column(struct page *p, const struct tied_table *t, uint32_t i) {
  const struct markdown_table *table = &t->of->table;
  const struct tie_file *f = &t->tie.files[i];
  uint32_t column = markdown_column(p->arena, p->markdown, table, f->column ? f->column : page_stem(p, f->name));
  if (!has(table, column) && !f->column && t->tie.count == 1) column = markdown_column(p->arena, p->markdown, table, "stated");
  return column;
}

static struct scenario_columns columns_of(struct page *p, const struct tied_table *t, uint32_t i) {
  const struct markdown_table *table = &t->of->table;
  const struct tie_file *f = &t->tie.files[i];
  const char *name = f->column ? f->column : page_stem(p, f->name);
  struct scenario_columns c = {.stated = stated_column(p, t, i),
                               .heading = t->tie.count > 1 ? arena_format(p->arena, "%s simulated", name) : "simulated"};
  c.simulated = markdown_column(p->arena, p->markdown, table, c.heading);
  return c;
}

static const char *measure_of(struct page *p, const struct tied_table *t, const struct table_row *row) {
  return markdown_cell_text(p->arena, p->markdown, row, markdown_column(p->arena, p->markdown, &t->of->table, "measure"));
}

static void ask(struct page *p, uint32_t run, const char *text, struct span at) {
  struct page_run *r = &p->runs[run];
  for (uint32_t i = 0; i < r->measure_count; i++)
    if (!strcmp(r->measures[i].text, text)) return;
  if (r->measure_count == r->measure_room) {
    struct page_measure *more = arena_new_array(p->arena, struct page_measure, r->measure_room = 2 * r->measure_room + 8);
    if (r->measure_count) memcpy(more, r->measures, r->measure_count * sizeof *more);
    r->measures = more;
  }
  r->measures[r->measure_count++] = (struct page_measure){text, at};
}

void measure_table_read(struct page *p, const struct tied_table *t) {
  const struct markdown_table *table = &t->of->table;
  uint32_t measure = markdown_column(p->arena, p->markdown, table, "measure");
  for (uint32_t i = 0; i < t->tie.count; i++) {
    struct scenario_columns c = columns_of(p, t, i);
    const struct tie_file *f = &t->tie.files[i];
    if (!has(table, c.stated) && (f->column || t->tie.count > 1))
      page_wrong(p, f->at, "the table has no column \"%s\"", f->column ? f->column : page_stem(p, f->name));
    for (uint32_t k = 0; k < table->count; k++) {
      const char *text = measure_of(p, t, &table->rows[k]);
      if (*text) ask(p, t->runs[i], text, markdown_cell_inside(p->markdown, &table->rows[k], measure));
    }
  }
}

/* --- judging ------------------------------------------------------------------------------------------------------------------ */

static bool says_nothing(const char *text) {
  static const char *const words[] = {"", "-", "--", "\xE2\x80\x93", "\xE2\x80\x94", "n/a", "?"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (!strcmp(words[i], text)) return true;
  return false;
}

/* A figure of the document against the run. */
static void compare_stated(struct page *p, const struct tied_table *t, uint32_t i, const struct table_row *row, uint32_t column,
                           const struct claim_result *c) {
  const char *text = markdown_cell_text(p->arena, p->markdown, row, column);
  struct span at = markdown_cell_inside(p->markdown, row, column);
  const char *currency = p->runs[t->runs[i]].shown.results->bill.currency;
  struct stated_figure q;
  if (says_nothing(text)) return;
  p->sum.compared++;
  if (!stated_find(c->unit, text, &q))
    page_differs(p, DIFFERS_DOCUMENT, at, "%s: \"%s\" has no figure that can be compared: write one such as %s", c->expression,
                 text, stated_example(c->unit));
  else if (*q.currency && currency && strcmp(q.currency, currency))
    page_differs(p, DIFFERS_DOCUMENT, at, "%s: stated is %s, and the bill of %s is in %s", c->expression, text,
                 t->tie.files[i].name, currency);
  else if (isnan(c->estimate.value))
    page_differs(p, DIFFERS_OPEN, at, "%s: stated is %s, the run has no data%s%s", c->expression, text, c->reason ? ": " : "",
                 c->reason ? c->reason : "");
  else if (!stated_agrees(&q, &c->estimate, t->tie.within))
    page_differs(p, DIFFERS_DOCUMENT, at, "%s: stated is %s, simulated is %s (%s)", c->expression, text,
                 format_estimate_beside(c->unit, currency, &c->estimate, q.low, q.high).text, t->tie.files[i].name);
}

static const char *simulated_text(struct page *p, const struct claim_result *c, const char *currency) {
  return isnan(c->estimate.value) ? "no data" : arena_text(p->arena, format_estimate(c->unit, currency, &c->estimate).text);
}

/* What the page says is simulated, which may have other digits. */
static void compare_simulated(struct page *p, const struct table_row *row, uint32_t column, const struct claim_result *c,
                              const char *simulated) {
  struct span at = markdown_cell_inside(p->markdown, row, column);
  const char *had = page_raw(p, at);
  struct stated_figure q;
  if (!*had) {
    p->sum.empty++;
    return;
  }
  p->sum.compared++;
  if (!strcmp(had, simulated)) return;
  if (!isnan(c->estimate.value) && stated_find(c->unit, had, &q) && stated_agrees(&q, &c->estimate, 0)) return;
  page_differs(p, DIFFERS_OURS, at, "%s: the page says %s is simulated, it is %s", c->expression, had, simulated);
}

static int by_column(const struct edit_cell *a, const struct edit_cell *b) {
  return a->column < b->column ? -1 : a->column > b->column;
}

/* Few, and mostly in order. */
static void sort_cells(struct edit_cell *cells, uint32_t count) {
  for (uint32_t i = 1; i < count; i++)
    for (uint32_t k = i; k && by_column(&cells[k], &cells[k - 1]) < 0; k--) {
      struct edit_cell c = cells[k];
      cells[k] = cells[k - 1], cells[k - 1] = c;
    }
}

struct measure_columns {
  struct scenario_columns *of; /* by file of the tie */
  uint32_t added;              /* columns that the table does not have yet */
};

/* Those that are missing come behind all others. */
static struct measure_columns all_columns(struct page *p, const struct tied_table *t) {
  struct measure_columns all = {arena_new_array(p->arena, struct scenario_columns, t->tie.count + 1), 0};
  for (uint32_t i = 0; i < t->tie.count; i++) {
    all.of[i] = columns_of(p, t, i);
    if (!has(&t->of->table, all.of[i].simulated)) all.of[i].simulated = t->of->table.header.count + all.added++;
  }
  return all;
}

static void judge_row(struct page *p, const struct tied_table *t, const struct measure_columns *all, const struct table_row *row) {
  const char *measure = measure_of(p, t, row);
  struct edit_cell *cells = arena_new_array(p->arena, struct edit_cell, t->tie.count + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < t->tie.count && *measure; i++) {
    const struct claim_result *c = page_answer(p, t->runs[i], measure);
    if (!c) continue;
    const char *simulated = simulated_text(p, c, p->runs[t->runs[i]].shown.results->bill.currency);
    if (has(&t->of->table, all->of[i].stated)) compare_stated(p, t, i, row, all->of[i].stated, c);
    compare_simulated(p, row, all->of[i].simulated, c, simulated);
    cells[count++] = (struct edit_cell){all->of[i].simulated, simulated};
  }
  sort_cells(cells, count);
  edits_row(p->edits, &t->of->table.header, row, cells, count);
}

static void add_columns(struct page *p, const struct tied_table *t, const struct measure_columns *all) {
  struct edit_cell *header = arena_new_array(p->arena, struct edit_cell, t->tie.count + 1),
                   *rule = arena_new_array(p->arena, struct edit_cell, t->tie.count + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < t->tie.count; i++) {
    if (has(&t->of->table, all->of[i].simulated)) continue;
    header[count] = (struct edit_cell){all->of[i].simulated, all->of[i].heading};
    rule[count++] = (struct edit_cell){all->of[i].simulated, "---"};
  }
  edits_row(p->edits, &t->of->table.header, &t->of->table.header, header, count);
  edits_row(p->edits, &t->of->table.header, &t->of->table.rule, rule, count);
}

void measure_table_judge(struct page *p, const struct tied_table *t) {
  struct measure_columns all = all_columns(p, t);
  add_columns(p, t, &all);
  for (uint32_t k = 0; k < t->of->table.count; k++) judge_row(p, t, &all, &t->of->table.rows[k]);
}
