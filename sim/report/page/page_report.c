#include "sim/report/page_report.h"
#include "sim/engine/allocate.h"
#include "sim/json/source_file.h"
#include "sim/report/capacity_report.h"
#include "sim/report/check_report.h"
#include "sim/report/compare_report.h"
#include "sim/report/costs_report.h"
#include "sim/report/drill_report.h"
#include "sim/report/export.h"
#include "sim/report/growth_report.h"
#include "sim/report/page/page.h"
#include "sim/report/result_file.h"
#include "sim/report/run_report.h"
#include "sim/report/sensitivity_report.h"
#include "sim/store/output.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PAGE(name) &page_kind_##name,
static const struct page_kind *const kinds[] = {
#include "sim/report/page/page_kinds.h"
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* One answer that is shown: a file, or one of those of a check. */
struct shown_answer {
  const struct page_kind *kind;
  struct result_file file;
  const char *verdict, *sentence;
};

struct report {
  struct arena *arena;
  struct shown_answer *answers;
  uint32_t count, room;
  const char *engine, *first_path; /* of the first answer */
  const struct json_value *pages;  /* with tables that a check judged; null: none */
  const char *missing;             /* what a check could not judge; null: nothing */
  char *error;
};

/* --- reading ------------------------------------------------------------------------------------------------------------------ */

static bool refuse(struct report *r, const char *path, const char *why) {
  free(r->error);
  r->error = allocate_format("%s: %s", path, why);
  return false;
}

static bool same_version(struct report *r, const struct json_value *root, const char *path) {
  const char *engine = result_text(root, "engine");
  if (!*engine) engine = "of an unknown version";
  if (!r->engine) r->engine = engine, r->first_path = path;
  if (!strcmp(engine, r->engine)) return true;
  return refuse(r, path,
                arena_format(r->arena,
                             "made by aguanta %s, but %s by aguanta %s; a report shows results of one version: make both again "
                             "with the same program",
                             engine, r->first_path, r->engine));
}

static bool add(struct report *r, const struct page_kind *kind, const struct json_value *root, const char *path) {
  if (!same_version(r, root, path)) return false;
  if (r->count == r->room) {
    struct shown_answer *more = arena_new_array(r->arena, struct shown_answer, 2 * r->room + 4);
    if (r->count) memcpy(more, r->answers, r->count * sizeof *more);
    r->answers = more, r->room = 2 * r->room + 4;
  }
  struct shown_answer *a = &r->answers[r->count++];
  *a = (struct shown_answer){.kind = kind, .file = result_file_of(root, path)};
  a->verdict = kind->judge(r->arena, &a->file, &a->sentence);
  return true;
}

static const struct page_kind *kind_named(const char *word) {
  for (int i = 0; i < KINDS; i++)
    if (!strcmp(kinds[i]->word, word)) return kinds[i];
  return NULL;
}

/* The scenarios of a check, which has no answer of its own; one that could not be read has no result. */
static bool add_check(struct report *r, const struct json_value *root, const char *path) {
  bool any = false;
  for (const struct json_value *s = json_first(json_member(root, "scenarios")); s; s = json_next(s)) {
    const struct json_value *result = json_member(s, "result");
    if (json_number(json_member(result, "aguanta_result")) != 1) {
      if (result_number(s, "exit_code") != 0)
        r->missing = arena_format(r->arena, "%s%s%s", r->missing ? r->missing : "", r->missing ? ", " : "", result_text(s, "file"));
      continue;
    }
    if (!add(r, kind_named("result"), result, path)) return false;
    any = true;
  }
  if (json_count(json_member(root, "pages"))) r->pages = json_member(root, "pages"), any = true;
  return any || refuse(r, path, "a check without a scenario that could be read");
}

/* The member that says what kind of answer it is: "aguanta_growth". */
static const struct json_value *signature(const struct json_value *root) {
  for (const struct json_value *v = json_first(root); v; v = json_next(v))
    if (json_name(v) && !strncmp(json_name(v), "aguanta_", 8) && json_type(v) == JSON_NUMBER) return v;
  return NULL;
}

static const char *known_words(struct report *r) {
  const char *text = "run, check";
  for (int i = 1; i < KINDS; i++) text = arena_format(r->arena, "%s%s%s", text, i + 1 < KINDS ? ", " : " and ", kinds[i]->word);
  return text;
}

static bool add_root(struct report *r, const struct json_value *root, const char *path) {
  const struct json_value *mark = signature(root);
  if (!mark)
    return refuse(
        r, path,
        arena_format(r->arena, "not a result of aguanta; write one with `--export %s.json`: of %s", "RESULT", known_words(r)));
  const char *word = json_name(mark) + 8;
  const struct page_kind *kind = kind_named(word);
  if (!kind && strcmp(word, "check"))
    return refuse(r, path,
                  arena_format(r->arena, "a report cannot show an answer of this kind (\"%s\"); it shows those of %s",
                               json_name(mark), known_words(r)));
  if (json_number(mark) != 1)
    return refuse(r, path,
                  arena_format(r->arena,
                               "is of version %.0f of its format, and this program reads version 1; make it again with "
                               "this program",
                               fmin(fmax(json_number(mark), -1e9), 1e9)));
  return kind ? add(r, kind, root, path) : add_check(r, root, path);
}

/* The rows of a sweep are no page. */
static bool is_sweep(const char *path) {
  const char *dot = strrchr(path, '.');
  return dot && (!strcmp(dot, ".ndjson") || !strcmp(dot, ".csv"));
}

static bool add_file(struct report *r, const char *path) {
  struct diagnostics *diagnostics = diagnostics_new(r->arena);
  if (is_sweep(path))
    return refuse(r, path,
                  "rows of a sweep or of a table are not a report; draw a sweep with `aguanta plot --kind sweep`, and give results "
                  "as JSON");
  const struct json_value *root = json_read_file(r->arena, diagnostics, path);
  if (!diagnostics_errors(diagnostics)) return add_root(r, root, arena_text(r->arena, path));
  free(r->error);
  r->error = allocate_text(diagnostics_render(diagnostics, r->arena));
  r->error[strcspn(r->error, "\n")] = 0; /* one line: the file is ours, not the user's to mend */
  return false;
}

/* --- writing ------------------------------------------------------------------------------------------------------------------ */

static const char *name_of(const struct shown_answer *a) { return *a->file.title ? a->file.title : a->file.name; }

static const char *title_of(struct report *r, const char *title) {
  const struct shown_answer *first = r->answers;
  if (title) return title;
  if (!r->count) return "Pages against their scenarios";
  if (r->count > 1) return arena_format(r->arena, "%u answers, and what they say", r->count);
  if (!*name_of(first)) return first->kind->heading;
  return strcmp(first->kind->word, "result") ? arena_format(r->arena, "%s: %s", first->kind->heading, name_of(first))
                                             : name_of(first);
}

static const char *heading_of(struct report *r, const struct shown_answer *a) {
  const char *name = name_of(a);
  return *name ? arena_format(r->arena, "%s: %s", a->kind->heading, name) : a->kind->heading;
}

/* All at a glance, before each of them. */
static void put_summary(struct page *p, struct report *r) {
  static const struct page_column columns[] = {{"answer", PAGE_TEXT}, {"verdict", PAGE_VERDICT}, {"in one sentence", PAGE_TEXT}};
  page_table(p, "What each answer says", columns, 3);
  for (uint32_t i = 0; i < r->count; i++) {
    const struct shown_answer *a = &r->answers[i];
    page_row(p, (const char *[]){heading_of(r, a), a->verdict ? a->verdict : "", a->sentence});
  }
  page_table_end(p);
}

static const char *page_verdict_of(const struct json_value *page) {
  double code = result_number(page, "exit_code");
  return code == 0 ? "PASS" : code == 99 ? "FAIL" : code == 98 ? "UNDECIDED" : "ERROR";
}

/* Markdown pages whose tables were held against their scenarios. */
static void put_checked_pages(struct page *p, struct report *r) {
  static const struct page_column columns[] = {{"page", PAGE_TEXT},          {"verdict", PAGE_VERDICT},
                                               {"claims", PAGE_NUMBER},      {"cells compared", PAGE_NUMBER},
                                               {"differences", PAGE_NUMBER}, {"what to do", PAGE_TEXT}};
  page_section(p, "Pages against their scenarios", false);
  page_table(p, "Tables of Markdown pages, cell by cell", columns, 6);
  for (const struct json_value *d = json_first(r->pages); d; d = json_next(d))
    page_row(p,
             (const char *[]){result_text(d, "file"), page_verdict_of(d), page_count(p, d, "claims"), page_count(p, d, "compared"),
                              arena_format(r->arena, "%u", json_count(json_member(d, "differences"))), result_text(d, "finding")});
  page_table_end(p);
  for (const struct json_value *d = json_first(r->pages); d; d = json_next(d))
    for (const struct json_value *x = json_first(json_member(d, "differences")); x; x = json_next(x))
      page_item(p, arena_format(r->arena, "%s, line %s", result_text(d, "file"), page_count(p, x, "line")), result_text(x, "text"));
  page_section_end(p, false);
}

/* Runs drawn into one picture, where there are several. */
static void put_side_by_side(struct page *p, struct report *r) {
  struct result_file *files = arena_new_array(r->arena, struct result_file, r->count);
  struct pictures *drawn = arena_new_array(r->arena, struct pictures, 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < r->count; i++)
    if (!strcmp(r->answers[i].kind->word, "result")) files[count++] = r->answers[i].file;
  if (count < 2) return;
  pictures_draw(r->arena, files, count, drawn);
  drawn->trouble = NULL; /* each answer says it */
  for (uint32_t i = 0; i < drawn->count; i++) p->form->picture(p, &drawn->all[i]);
}

static void put_answer(struct page *p, struct report *r, const struct shown_answer *a) {
  struct pictures drawn = {.count = 0};
  if (p->form->pictures) pictures_draw(r->arena, &a->file, 1, &drawn);
  p->pictures = &drawn;
  if (r->count > 1) {
    p->form->part(p, heading_of(r, a));
    page_lead(p, a->verdict, a->sentence);
  }
  a->kind->write(p, &a->file);
  if (r->count > 1) p->form->part_end(p);
  p->pictures = NULL;
}

static void write_page(FILE *file, const struct page_form *form, struct report *r, const char *title) {
  struct page p = {.file = file, .form = form, .arena = r->arena};
  struct page_head head = {title_of(r, title), r->engine ? r->engine : "check"};
  form->open(&p, &head);
  if (r->count == 1) page_lead(&p, r->answers->verdict, r->answers->sentence);
  form->body(&p);
  if (r->missing) page_text(&p, arena_format(r->arena, "Without an answer, and not on this page: %s.", r->missing));
  if (r->count > 1) put_summary(&p, r);
  if (r->pages) put_checked_pages(&p, r);
  if (r->count > 1 && form->pictures) put_side_by_side(&p, r);
  for (uint32_t i = 0; i < r->count; i++) put_answer(&p, r, &r->answers[i]);
  form->close(&p, &head);
}

static const struct page_form *form_of(const char *output) {
  const char *dot = strrchr(output, '.');
  if (!strcmp(output, "-")) return &page_html;
  if (!strcmp(output, "-.md")) return &page_markdown;
  return !dot ? NULL : !strcmp(dot, ".html") || !strcmp(dot, ".htm") ? &page_html : !strcmp(dot, ".md") ? &page_markdown : NULL;
}

enum page_outcome report_pages(const char *const *paths, uint32_t count, const char *output, const char *title, char **error) {
  struct report r = {.arena = arena_new()};
  const struct page_form *form = form_of(output);
  enum page_outcome outcome = PAGE_WRITTEN;
  char *bytes = NULL;
  size_t length = 0;
  *error = NULL;
  if (!form) *error = allocate_format("%s: a report is a .html or a .md", output), outcome = PAGE_MISUSED;
  for (uint32_t i = 0; i < count && outcome == PAGE_WRITTEN; i++)
    if (!add_file(&r, paths[i])) *error = r.error, outcome = PAGE_NO_RESULT;
  if (outcome == PAGE_WRITTEN) {
    FILE *file = allocate_stream(&bytes, &length);
    write_page(file, form, &r, title);
    fclose(file);
    if (!output_write(output, bytes, length, error)) outcome = PAGE_FAILED;
  }
  free(bytes);
  arena_free(r.arena);
  return outcome;
}

/* --- right after a run -------------------------------------------------------------------------------------------------------- */

static void write_run(FILE *file, const struct answer *a) { report_json_write(file, a->run); }

static void write_answer(FILE *file, const struct page_form *form, const struct answer *a) {
  static void (*const writers[ANSWER_KINDS])(FILE *, const struct answer *) = {[ANSWER_RUN] = write_run,
                                                                               [ANSWER_CHECK] = report_check_json,
                                                                               [ANSWER_COMPARE] = report_compare_json,
                                                                               [ANSWER_CAPACITY] = report_capacity_json,
                                                                               [ANSWER_SENSITIVITY] = report_sensitivity_json,
                                                                               [ANSWER_DRILL] = report_drill_json,
                                                                               [ANSWER_GROWTH] = report_growth_json,
                                                                               [ANSWER_COSTS] = report_costs_json};
  struct report r = {.arena = arena_new()};
  struct diagnostics *diagnostics = diagnostics_new(r.arena);
  char *json = NULL;
  size_t length = 0;
  FILE *memory = allocate_stream(&json, &length);
  if (writers[a->kind]) writers[a->kind](memory, a);
  fclose(memory);
  const struct json_value *root = json_read_text(r.arena, diagnostics, "the answer", json, length);
  if (root && !diagnostics_errors(diagnostics) && add_root(&r, root, "the answer")) write_page(file, form, &r, NULL);
  free(r.error);
  free(json);
  arena_free(r.arena);
}

void page_answer_markdown(FILE *file, const struct answer *a) { write_answer(file, &page_markdown, a); }

static void write_html(FILE *file, const struct answer *a) { write_answer(file, &page_html, a); }

const struct export_format export_html = {.name = "html",
                                          .write = {[ANSWER_RUN] = write_html,
                                                    [ANSWER_CHECK] = write_html,
                                                    [ANSWER_COMPARE] = write_html,
                                                    [ANSWER_CAPACITY] = write_html,
                                                    [ANSWER_SENSITIVITY] = write_html,
                                                    [ANSWER_DRILL] = write_html,
                                                    [ANSWER_GROWTH] = write_html,
                                                    [ANSWER_COSTS] = write_html}};
