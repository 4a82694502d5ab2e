#include "sim/document/page_inner.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/engine/fnv.h"
#include "sim/json/json.h"
#include "sim/json/safe_text.h"
#include "sim/json/source_file.h"
#include "sim/report/format.h"
#include "sim/store/output.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define ASKED "page: " /* begins the id of a claim that a page asks for */

static const char *words(struct arena *arena, const char *format, va_list more) {
  char *text, *copy;
  size_t length;
  FILE *file = allocate_stream(&text, &length);
  vfprintf(file, format, more);
  fclose(file);
  copy = arena_text(arena, text);
  free(text);
  return copy;
}

void page_wrong(struct page *p, struct span at, const char *format, ...) {
  struct position place = markdown_position(p->markdown, at);
  va_list more;
  va_start(more, format);
  diagnostic_add(p->diagnostics, &place, "%s", words(p->arena, format, more));
  va_end(more);
}

void page_differs(struct page *p, enum difference_kind kind, struct span at, const char *format, ...) {
  if (p->difference_count == p->difference_room) {
    struct difference *all = arena_new_array(p->arena, struct difference, p->difference_room = 2 * p->difference_room + 16);
    if (p->difference_count) memcpy(all, p->differences, p->difference_count * sizeof *all);
    p->differences = all;
  }
  va_list more;
  va_start(more, format);
  p->differences[p->difference_count++] =
      (struct difference){kind, markdown_position(p->markdown, at), words(p->arena, format, more)};
  va_end(more);
  ++*(kind == DIFFERS_OURS ? &p->sum.stale : kind == DIFFERS_DOCUMENT ? &p->sum.differences : &p->sum.no_data);
}

const char *page_raw(const struct page *p, struct span s) {
  return arena_format(p->arena, "%.*s", (int)(s.to - s.from), p->markdown->source->text + s.from);
}

const char *page_stem(const struct page *p, const char *path) {
  const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *dot = strrchr(base, '.');
  return arena_format(p->arena, "%.*s", dot && dot > base ? (int)(dot - base) : (int)strlen(base), base);
}

const struct claim_result *page_answer(const struct page *p, uint32_t run, const char *measure) {
  const struct results *r = p->runs[run].shown.results;
  for (uint32_t i = 0; i < r->claim_count; i++)
    if (!strncmp(r->claims[i].id, ASKED, strlen(ASKED)) && !strcmp(r->claims[i].id + strlen(ASKED), measure)) return &r->claims[i];
  return NULL;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------ */

static uint32_t run_of(struct page *p, const struct tie_file *f) {
  for (uint32_t i = 0; i < p->run_count; i++)
    if (!strcmp(p->runs[i].shown.path, f->path)) return i;
  if (p->run_count == p->run_room) {
    struct page_run *more = arena_new_array(p->arena, struct page_run, p->run_room = 2 * p->run_room + 16);
    if (p->run_count) memcpy(more, p->runs, p->run_count * sizeof *more);
    p->runs = more;
  }
  p->runs[p->run_count].shown = (struct page_scenario){f->name, f->path, markdown_position(p->markdown, f->at), NULL, false};
  return p->run_count++;
}

static bool has_column(struct page *p, const struct markdown_table *t, const char *name) {
  return markdown_column(p->arena, p->markdown, t, name) < t->header.count;
}

static void check_rows(struct page *p, const struct markdown_table *t) {
  for (uint32_t i = 0; i < t->count; i++)
    if (t->rows[i].count > t->header.count)
      page_wrong(p, markdown_cell_inside(p->markdown, &t->rows[i], t->header.count),
                 "this row has %u cells, the header has %u: a pipe that belongs to a cell is written \\|", t->rows[i].count,
                 t->header.count);
}

static void read_table(struct page *p, const struct markdown_tie *of) {
  struct tied_table *t = &p->tables[p->table_count++];
  const struct markdown_table *table = &of->table;
  *t = (struct tied_table){.of = of, .tie = tie_read(p->arena, p->diagnostics, p->markdown, of)};
  uint32_t *runs = arena_new_array(p->arena, uint32_t, t->tie.count + 1);
  for (uint32_t i = 0; i < t->tie.count; i++) runs[i] = run_of(p, &t->tie.files[i]);
  t->runs = runs;
  t->by_id = !has_column(p, table, "measure");
  check_rows(p, table);
  if (t->by_id && !has_column(p, table, "id")) {
    page_wrong(p, table->header.line,
               "this table has neither a column \"id\", for the claims that cite it, nor a column \"measure\"");
    t->tie.count = 0;
    return;
  }
  (t->by_id ? id_table_read : measure_table_read)(p, t);
}

/* A table for figures of ours that no comment fills. */
static void check_untied(struct page *p) {
  for (uint32_t i = 0; i < p->markdown->untied_count; i++) {
    const struct markdown_table *t = &p->markdown->untied[i];
    if (has_column(p, t, "simulated") && (has_column(p, t, "id") || has_column(p, t, "measure")))
      page_wrong(p, t->header.line, "this table has no scenario: write <!-- aguanta: FILE... --> right before it");
  }
}

struct page *page_read(struct arena *arena, struct diagnostics *diagnostics, const char *path) {
  const struct source_text *source = source_read_file(arena, diagnostics, path, JSON_FILE_LIMIT);
  if (!source) return NULL;
  struct page *p = arena_alloc(arena, sizeof *p);
  *p = (struct page){.arena = arena, .diagnostics = diagnostics, .path = path};
  p->sum.statements.overall = VERDICT_NONE;
  p->markdown = markdown_read(arena, diagnostics, source);
  p->edits = edits_new(arena, p->markdown);
  p->tables = arena_new_array(arena, struct tied_table, p->markdown->tie_count + 1);
  for (uint32_t i = 0; i < p->markdown->tie_count; i++) read_table(p, &p->markdown->ties[i]);
  check_untied(p);
  return p;
}

uint32_t page_scenarios(const struct page *p) { return p->run_count; }
struct page_scenario *page_scenario(struct page *p, uint32_t i) {
  return &p->runs[i].shown;
}
const char *page_path(const struct page *p) { return p->path; }
const struct page_sum *page_sum(const struct page *p) { return &p->sum; }

const char *page_finding(const struct page *p) {
  const char *text = markdown_plain(p->arena, p->markdown, p->markdown->first_advice);
  const char *behind = text + strspn(text, "0123456789");
  bool numbered = behind > text && (*behind == '.' || *behind == ')') && behind[1] == ' ';
  if (*text == '-' || *text == '+') behind = text + 1, numbered = *behind == ' ';
  return numbered ? behind + 2 : text;
}

bool page_has_ids(const struct page *p) {
  for (uint32_t i = 0; i < p->table_count; i++)
    if (p->tables[i].by_id) return true;
  return false;
}

/* --- what it asks ------------------------------------------------------------------------------------------------------------- */

bool page_ask(struct page *p, uint32_t i, struct scenario *s) {
  const struct page_run *r = &p->runs[i];
  struct claim *all = arena_new_array(s->arena, struct claim, s->claims.count + r->measure_count + 1);
  bool good = true;
  if (s->claims.count) memcpy(all, s->claims.items, s->claims.count * sizeof *all);
  for (uint32_t k = 0; k < r->measure_count; k++) {
    const char *text = r->measures[k].text;
    struct claim *c = &all[s->claims.count];
    *c = (struct claim){
        .name = arena_format(s->arena, ASKED "%s", text), .expression = text, .keys = {.show = text}, .kind = CLAIM_INFO};
    const char *wrong = claim_parse(s->arena, &s->model, c);
    if (wrong) page_wrong(p, r->measures[k].at, "%s: \"%s\" %s", r->shown.name, text, wrong);
    good &= !wrong;
    if (!wrong) measure_request(&c->measure, &s->model), s->claims.count++;
  }
  s->claims.items = all;
  return good;
}

uint64_t page_asked(const struct page *p, uint32_t i, uint64_t hash) {
  for (uint32_t k = 0; k < p->runs[i].measure_count; k++) hash = fnv_text(fnv_number(hash, k + 1), p->runs[i].measures[k].text);
  return hash;
}

bool page_counts(const struct claim_result *c) { return !c->implicit && strncmp(c->id, ASKED, strlen(ASKED)) != 0; }

/* --- judging ------------------------------------------------------------------------------------------------------------------ */

static void add_statements(struct statement_sum *all, const struct statement_sum *one) {
  all->count += one->count, all->confirmed += one->confirmed, all->better += one->better;
  all->contradicted += one->contradicted, all->undecided += one->undecided, all->no_data += one->no_data;
}

static void add_up(struct page *p) {
  for (uint32_t i = 0; i < p->run_count; i++) {
    const struct results *r = p->runs[i].shown.results;
    struct verdict_sum sum = verdicts_of(r);
    p->sum.scenarios++;
    for (uint32_t k = 0; k < r->claim_count; k++) p->sum.claims += page_counts(&r->claims[k]);
    verdicts_add(&p->sum.requirements, &sum.requirements);
    add_statements(&p->sum.statements, &sum.statements);
  }
}

static int by_place(const void *a, const void *b) {
  const struct difference *x = a, *y = b;
  return x->at.offset < y->at.offset ? -1 : x->at.offset > y->at.offset;
}

void page_judge(struct page *p) {
  add_up(p);
  for (uint32_t i = 0; i < p->table_count; i++) (p->tables[i].by_id ? id_table_judge : measure_table_judge)(p, &p->tables[i]);
  id_tables_judge(p);
  if (p->difference_count) qsort(p->differences, p->difference_count, sizeof *p->differences, by_place);
}

static void report_sums(FILE *out, const struct page *p, bool written) {
  const struct page_sum *s = &p->sum;
  uint32_t differ = s->differences + (written ? 0 : s->stale);
  safe_print(out, "%s: ", p->path);
  if (s->ids) safe_print(out, "%s, %s, ", format_counted(s->ids, "id", NULL).text, format_counted(s->claims, "claim", NULL).text);
  uint32_t ran = 0;
  for (uint32_t i = 0; i < p->run_count; i++) ran += p->runs[i].shown.ran;
  safe_print(out, "%s", format_counted(s->scenarios, "scenario", NULL).text);
  if (ran) safe_print(out, " (%u run)", ran);
  safe_print(out, "; ");
  safe_print(out, "%s compared, ", format_counted(s->compared, "cell", NULL).text);
  safe_print(out, "%s", format_counted(differ, "difference", NULL).text);
  if (s->no_data) safe_print(out, ", %u without data", s->no_data);
  if (written && edits_count(p->edits)) safe_print(out, ", %s written", format_counted(edits_count(p->edits), "cell", NULL).text);
  if (!written && s->empty) safe_print(out, ", %u empty: --write fills them", s->empty);
  fputc('\n', out);
}

void page_report(FILE *out, const struct page *p, bool written, bool quiet) {
  for (uint32_t i = 0; i < p->difference_count; i++)
    if (!written || p->differences[i].kind != DIFFERS_OURS)
      safe_print(out, "%s: %s\n", position_print(p->arena, &p->differences[i].at), p->differences[i].text);
  if (!quiet && !p->table_count) safe_print(out, "%s: no table is tied to scenarios\n", p->path);
  if (!quiet && p->table_count) report_sums(out, p, written);
}

struct check_page page_for_export(const struct page *p, bool written) {
  static const char *const kinds[] = {[DIFFERS_OURS] = "stale", [DIFFERS_DOCUMENT] = "document", [DIFFERS_OPEN] = "no data"};
  struct check_difference *all = arena_new_array(p->arena, struct check_difference, p->difference_count + 1);
  const struct page_sum *s = &p->sum;
  struct check_page out = {.file = p->path,
                           .judged = true,
                           .ids = s->ids,
                           .listed = s->listed,
                           .claims = s->claims,
                           .scenarios = s->scenarios,
                           .compared = s->compared,
                           .empty = written ? 0 : s->empty,
                           .requirements = s->requirements,
                           .statements = s->statements,
                           .finding = page_finding(p),
                           .differences = all};
  for (uint32_t i = 0; i < p->difference_count; i++) {
    const struct difference *d = &p->differences[i];
    struct check_difference *to = &all[out.difference_count];
    if (written && d->kind == DIFFERS_OURS) continue;
    *to = (struct check_difference){.kind = kinds[d->kind], .text = d->text};
    position_locate(&d->at, &to->line, &to->column);
    out.difference_count++;
  }
  return out;
}

/* Somebody may have changed it while its scenarios ran. */
static bool is_unchanged(const struct page *p) {
  const struct source_text *was = p->markdown->source,
                           *is = source_read_file(p->arena, diagnostics_new(p->arena), p->path, JSON_FILE_LIMIT);
  return is && is->length == was->length && !memcmp(is->text, was->text, was->length);
}

bool page_write(const struct page *p, char **error) {
  size_t length;
  if (!edits_count(p->edits)) return true;
  if (!is_unchanged(p)) {
    *error = allocate_format("%s has changed since it was read, and is not written: run it again", p->path);
    return false;
  }
  const char *text = edits_apply(p->edits, &length);
  return output_write(p->path, text, length, error);
}
