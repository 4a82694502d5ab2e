/* Uptime, recovery and the bill of a run. */
#include "sim/json/json_print.h"
#include "sim/report/format.h"
#include "sim/report/page/page_result.h"
#include "sim/report/result_file.h"
#include <math.h>
#include <string.h>

/* --- uptime ------------------------------------------------------------------------------------------------------------------- */

static void put_spread(struct page *p, const struct json_value *part, const char *period) {
  const struct json_value *s = json_member(part, period);
  page_row(p, (const char *[]){arena_format(p->arena, "%s a %s", result_text(part, "of"), period),
                               page_value(p, json_member(s, "mean_s"), "s", NULL), page_member(p, s, "p50_s", "s"),
                               page_value(p, json_member(s, "p95_s"), "s", NULL), page_member(p, s, "worst_s", "s")});
}

static void uptime(struct page *p, const struct json_value *outages) {
  static const struct page_column columns[] = {
      {"not served", PAGE_TEXT}, {"mean", PAGE_NUMBER}, {"median", PAGE_NUMBER}, {"p95", PAGE_NUMBER}, {"worst", PAGE_NUMBER}};
  const struct json_value *parts = json_member(outages, "downtime"), *budget = json_member(outages, "error_budget");
  page_text(p, arena_format(p->arena, "%s of all requests are served; %s a year are not.",
                            page_value(p, json_member(outages, "availability"), "ratio", NULL),
                            page_member(p, outages, "downtime_per_year_s", "s")));
  if (json_count(budget))
    page_text(p, arena_format(p->arena, "Of the error budget of %s (%s a year) %s are used in the mean year.",
                              page_member(p, budget, "target", "ratio"), page_member(p, budget, "year_s", "s"),
                              page_value(p, json_member(budget, "used"), "ratio", NULL)));
  if (*result_text(outages, "needs")) page_text(p, arena_format(p->arena, "For more: %s.", result_text(outages, "needs")));
  if (!json_count(parts)) return;
  page_table(p, "Time of a year and of a month that is not served, over all that were simulated", columns, 5);
  for (const struct json_value *d = json_first(parts); d; d = json_next(d)) put_spread(p, d, "year"), put_spread(p, d, "month");
  page_table_end(p);
}

static const char *rpo(struct page *p, const struct json_value *c) {
  if (*result_text(c, "rpo_reason")) return result_text(c, "rpo_reason");
  return json_member(c, "rpo_mean_s") ? page_value(p, json_member(c, "rpo_mean_s"), "s", NULL) : "";
}

/* "start 1 min, repair 2 h" of an object of seconds. */
static const char *phases(struct page *p, const struct json_value *of) {
  const char *text = "";
  for (const struct json_value *v = json_first(of); v; v = json_next(v)) {
    const char *name = json_name(v) ? json_name(v) : "";
    if (!(json_number(v) > 0)) continue;
    text = arena_format(p->arena, "%s%s%s %s", text, *text ? ", " : "", strcmp(name, "warm_up") ? name : "warm-up",
                        page_number(p, json_number(v), "s", NULL));
  }
  return text;
}

static void recovery(struct page *p, const struct json_value *classes) {
  static const struct page_column columns[] = {{"fault", PAGE_TEXT},      {"a year", PAGE_NUMBER},    {"RTO, mean", PAGE_NUMBER},
                                               {"RTO, p95", PAGE_NUMBER}, {"RPO, mean", PAGE_NUMBER}, {"lost a year", PAGE_NUMBER},
                                               {"share", PAGE_NUMBER},    {"spent on", PAGE_TEXT}};
  if (!json_count(classes)) return;
  page_table(p, "Faults: how often, how long until all are served again (RTO), how old the oldest lost write is (RPO)", columns, 8);
  for (const struct json_value *c = json_first(classes); c; c = json_next(c)) {
    const char *fault = result_text(c, "fault"), *why = result_text(c, "reason");
    double share = result_number(c, "downtime_share");
    if (json_flag(json_member(c, "planned"))) fault = arena_format(p->arena, "%s, planned", fault);
    page_row(p, (const char *[]){fault, page_member(p, c, "faults_per_year", "number"),
                                 page_value(p, json_member(c, "rto_mean_s"), "s", NULL), page_member(p, c, "rto_p95_s", "s"),
                                 rpo(p, c), page_member(p, c, "downtime_per_year_s", "s"),
                                 isnan(share) ? "-" : arena_text(p->arena, format_percent(share).text),
                                 *why ? why : phases(p, json_member(c, "rto_phases_s"))});
  }
  page_table_end(p);
}

static void strikes(struct page *p, const struct json_value *rows) {
  static const struct page_column columns[] = {{"fault", PAGE_TEXT},
                                               {"at", PAGE_NUMBER},
                                               {"requirement", PAGE_CODE},
                                               {"broken in", PAGE_NUMBER},
                                               {"holds again after", PAGE_TEXT}};
  if (!json_count(rows)) return;
  page_table(p, "Faults at a given time: until each requirement holds again", columns, 5);
  for (const struct json_value *s = json_first(rows); s; s = json_next(s)) {
    const char *why = result_text(s, "reason");
    const char *after = page_value(p, json_member(s, "recovery_s"), "s", NULL);
    if (*why)
      after = why;
    else if (result_number(s, "broken") > result_number(s, "back"))
      after = "not in the time that is watched";
    else if (!(result_number(s, "broken") > 0))
      after = "holds all the time";
    page_row(p,
             (const char *[]){result_text(s, "fault"), page_member(p, s, "at_s", "s"), result_text(s, "expr"),
                              arena_format(p->arena, "%s of %s", page_count(p, s, "broken"), page_count(p, s, "judged")), after});
  }
  page_table_end(p);
}

void page_outages(struct page *p, const struct result_file *f) {
  const struct json_value *outages = json_member(f->root, "outages"), *struck = json_member(f->root, "strikes");
  bool years = json_type(outages) == JSON_OBJECT;
  if (!years && !json_count(struck)) return;
  page_section(p, "Outages and recovery", true);
  if (years) uptime(p, outages);
  if (years) recovery(p, json_member(outages, "classes"));
  strikes(p, struck);
  page_picture(p, "downtime");
  page_section_end(p, true);
}

/* --- the bill ----------------------------------------------------------------------------------------------------------------- */

static const char *money(struct page *p, const struct json_value *object, const char *key) {
  return arena_text(p->arena, format_money(result_number(object, key)).text);
}

static void sums(struct page *p, const struct json_value *bill) {
  static const struct part {
    const char *key, *word;
  } parts[] = {{"monthly", "total"},
               {"monthly_low", "all prices at their low ends"},
               {"monthly_high", "all prices at their high ends"},
               {"first_month", "the first month, at promotional prices"},
               {"revenue", "revenue"},
               {"profit", "profit"}};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (json_member(bill, parts[i].key))
      page_row(p, (const char *[]){parts[i].word, "", "",
                                   i                                       ? money(p, bill, parts[i].key)
                                   : isnan(result_number(bill, "monthly")) ? "unknown"
                                                                           : money(p, bill, "monthly"),
                                   ""});
}

static void rates(struct page *p, const struct json_value *bill, const char *currency) {
  static const struct {
    const char *key, *word;
  } parts[] = {{"per_1000_requests", "1000 requests cost"},
               {"per_user", "a user costs"},
               {"per_order", "an order costs"},
               {"hour_down", "an hour of downtime costs"},
               {"downtime_per_year", "the downtime of a year costs"}};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    const struct json_value *value = json_member(bill, parts[i].key);
    if (json_type(value) == JSON_OBJECT) value = json_member(value, "value");
    if (json_type(value) == JSON_NUMBER) page_item(p, parts[i].word, page_number(p, json_number(value), currency, currency));
  }
}

void page_bill(struct page *p, const struct result_file *f) {
  static const struct page_column columns[] = {{"item", PAGE_TEXT},
                                               {"quantity", PAGE_NUMBER},
                                               {"price", PAGE_NUMBER},
                                               {"a month", PAGE_NUMBER},
                                               {"source of the price", PAGE_TEXT}};
  const struct json_value *bill = json_member(f->root, "bill"), *lines = json_member(bill, "lines");
  if (!json_count(lines)) return;
  page_section(p, "Cost", true);
  page_table(p, arena_format(p->arena, "The bill of a month, in %s", *f->currency ? f->currency : "the currency of its prices"),
             columns, 5);
  for (const struct json_value *l = json_first(lines); l; l = json_next(l))
    page_row(p, (const char *[]){result_text(l, "item"),
                                 arena_format(p->arena, "%s %s", page_member(p, l, "quantity", "number"), result_text(l, "unit")),
                                 page_member(p, l, "unit_price", "number"), money(p, l, "monthly"), result_text(l, "source")});
  for (const struct json_value *l = json_first(json_member(bill, "income")); l; l = json_next(l))
    page_row(p, (const char *[]){result_text(l, "item"),
                                 arena_format(p->arena, "%s %s", page_member(p, l, "quantity", "number"), result_text(l, "unit")),
                                 page_member(p, l, "unit_price", "number"), money(p, l, "monthly"), "what comes in"});
  sums(p, bill);
  page_table_end(p);
  rates(p, bill, f->currency);
  page_picture(p, "bill");
  page_section_end(p, true);
}

/* --- values of scenarios ------------------------------------------------------------------------------------------------------ */

const char *page_brief(struct arena *arena, const struct json_value *value) {
  const struct json_value *first = json_first(value);
  if (json_text(value)) return json_text(value);
  if (json_type(value) == JSON_NUMBER) return json_raw_number_text(value);
  if (json_type(value) != JSON_OBJECT || json_count(value) != 1 || json_type(first) != JSON_OBJECT)
    return json_print_line(arena, value);
  const char *text = json_name(first);
  for (const struct json_value *v = json_first(first); v; v = json_next(v))
    text = arena_format(arena, "%s, %s %s", text, json_name(v),
                        json_text(v)                  ? json_text(v)
                        : json_type(v) == JSON_NUMBER ? json_raw_number_text(v)
                                                      : json_print_line(arena, v));
  return text;
}
