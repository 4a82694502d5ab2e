#include "sim/report/page/page.h"
#include "sim/report/format.h"
#include "sim/report/result_file.h"
#include <assert.h>
#include <math.h>
#include <string.h>

static void end_items(struct page *p) {
  if (p->listed) p->form->items_end(p);
  p->listed = false;
}

void page_lead(struct page *p, const char *verdict, const char *sentence) {
  end_items(p);
  p->form->lead(p, verdict, sentence);
}

void page_section(struct page *p, const char *title, bool folded) {
  end_items(p);
  p->form->section(p, title, folded);
}

void page_section_end(struct page *p, bool folded) {
  end_items(p);
  p->form->section_end(p, folded);
}

void page_text(struct page *p, const char *text) {
  end_items(p);
  p->form->text(p, text);
}

void page_item(struct page *p, const char *word, const char *text) {
  p->form->item(p, word, text);
  p->listed = true;
}

void page_table(struct page *p, const char *caption, const struct page_column *columns, uint32_t count) {
  assert(count <= PAGE_COLUMNS);
  end_items(p);
  p->columns = columns, p->column_count = count;
  p->form->table(p, caption);
}

void page_row(struct page *p, const char *const *cells) { p->form->row(p, cells); }

void page_table_end(struct page *p) { p->form->table_end(p); }

/* --- pictures ----------------------------------------------------------------------------------------------------------------- */

static void place(struct page *p, struct drawn *d) {
  end_items(p);
  p->form->picture(p, d);
  d->placed = true;
}

void page_picture(struct page *p, const char *kind) {
  for (uint32_t i = 0; p->pictures && i < p->pictures->count; i++)
    if (!p->pictures->all[i].placed && !strcmp(p->pictures->all[i].kind, kind)) place(p, &p->pictures->all[i]);
}

void page_pictures_left(struct page *p) {
  bool any = false;
  for (uint32_t i = 0; p->pictures && i < p->pictures->count; i++) {
    struct drawn *d = &p->pictures->all[i];
    if (d->placed) continue;
    if (!any) page_section(p, "More pictures", false);
    any = true;
    place(p, d);
  }
  if (any) page_section_end(p, false);
  if (p->pictures && p->pictures->trouble)
    page_text(p, arena_format(p->arena, "%s: %s.", p->pictures->count ? "Some pictures are missing" : "Without pictures",
                              p->pictures->trouble));
}

/* --- values ------------------------------------------------------------------------------------------------------------------- */

const char *page_value(struct page *p, const struct json_value *object, const char *unit, const char *currency) {
  struct estimate e = result_value(object);
  return arena_text(p->arena, format_estimate(result_unit(unit), currency, &e).text);
}

const char *page_claim_value(struct page *p, const struct json_value *claim, const char *currency) {
  struct estimate e = result_value(claim);
  struct claim_limit limit;
  claim_limit(claim, &limit);
  return arena_text(p->arena,
                    format_estimate_beside(result_unit(result_text(claim, "unit")), currency, &e, limit.low, limit.high).text);
}

const char *page_number(struct page *p, double value, const char *unit, const char *currency) {
  return arena_text(p->arena, format_number(result_unit(unit), currency, value).text);
}

const char *page_member(struct page *p, const struct json_value *object, const char *key, const char *unit) {
  return page_number(p, result_number(object, key), unit, NULL);
}

const char *page_count(struct page *p, const struct json_value *object, const char *key) {
  double count = result_number(object, key);
  return count >= 0 && count < 1e18 ? arena_text(p->arena, format_count((uint64_t)count).text) : "-";
}

const char *page_verdict(const struct json_value *claim) {
  const char *word = result_text(claim, "verdict");
  return !strcmp(word, "FAIL") && !strcmp(result_text(claim, "severity"), "should") ? "WARN" : word;
}

/* --- what every part ends with ------------------------------------------------------------------------------------------------ */

static void put_texts(struct page *p, const struct json_value *list, const char *word) {
  for (const struct json_value *v = json_first(list); v; v = json_next(v))
    if (json_text(v)) page_item(p, word, json_text(v));
}

void page_unknowns(struct page *p, const struct json_value *root, const char *const *more, uint32_t count) {
  const struct json_value *notes = json_member(root, "notes"), *broken = json_member(root, "violations");
  if (!json_count(notes) && !json_count(broken) && !count) return;
  page_section(p, "What the model does not know", false);
  put_texts(p, broken, "Broken invariant, a fault of the program");
  for (uint32_t i = 0; i < count; i++) page_item(p, NULL, more[i]);
  put_texts(p, notes, NULL);
  page_section_end(p, false);
}

static void put_how(struct page *p, const struct json_value *root, const char *word, const char *key, const char *unit) {
  const struct json_value *value = json_member(root, key);
  if (json_text(value) && *json_text(value)) page_item(p, word, json_text(value));
  if (json_type(value) != JSON_NUMBER) return;
  page_item(p, word, *unit ? page_member(p, root, key, unit) : page_count(p, root, key));
}

void page_provenance(struct page *p, const struct json_value *root) {
  const struct json_value *scenario = json_member(root, "scenario");
  page_section(p, "How it was run", true);
  put_how(p, scenario, "Scenario", "file", "");
  put_how(p, scenario, "Hash of the resolved scenario", "hash", "");
  put_how(p, root, "Seed", "seed", "");
  put_how(p, root, "Replications", "replications", "");
  put_how(p, root, "Requests", "requests", "");
  put_how(p, root, "Measured time of a replication", "window_s", "s");
  put_how(p, root, "Warm-up", "warmup_s", "s");
  put_how(p, json_member(root, "outages"), "Years of faults", "years", "");
  page_section_end(p, true);
}
