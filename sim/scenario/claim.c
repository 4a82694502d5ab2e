#include "models/core/model.h"
#include "sim/scenario/claim_inner.h"
#include "sim/json/csv.h"
#include "sim/scenario/unit_names.h"
#include "sim/scenario/unit.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void claim_skip_space(struct claim_parser *p) {
  while (isspace((unsigned char)*p->at)) p->at++;
}

bool claim_take(struct claim_parser *p, const char *token) {
  claim_skip_space(p);
  size_t length = strlen(token);
  if (strncmp(p->at, token, length)) return false;
  p->at += length;
  return true;
}

char *claim_take_word(struct claim_parser *p, const char *ends) {
  claim_skip_space(p);
  size_t length = strcspn(p->at, ends);
  while (length && isspace((unsigned char)p->at[length - 1])) length--;
  char *word = arena_alloc(p->arena, length + 1);
  memcpy(word, p->at, length);
  p->at += length;
  return word;
}

static bool is_time(const struct measure *m) {
  if (m->aggregate == AGGREGATE_SHARE) return false;
  if (m->quantity == QUANTITY_METER) return m->meter == METER_TIME;
  return m->quantity == QUANTITY_WAIT || m->aggregate == AGGREGATE_DOWNTIME || m->aggregate == AGGREGATE_RTO ||
         m->aggregate == AGGREGATE_RPO || m->quantity == QUANTITY_LATENCY || m->quantity == QUANTITY_TIME;
}

/* The bill is one of a month, in the currency of the price list. */
static const char *not_of_a_month(struct claim_parser *p, const struct money_value *money) {
  const struct config_list *items = &p->model->bill.prices.items;
  const char *currency = items->count ? ((const struct price_item *)items->items)[0].price.currency : money->currency;
  if (money->per[0] && strcmp(money->per, "month"))
    return arena_format(p->arena, "is per %s: the bill is that of a month", money->per);
  if (strcmp(money->currency, currency))
    return arena_format(p->arena, "is in %s: the price list is in %s", money->currency, currency);
  return NULL;
}

/* NaN for what is no decimal number: strtod would take nan, inf and hexadecimals too. */
static double plain_number(const char *text) {
  struct csv_cell cell = {text, (uint32_t)strlen(text)};
  return csv_cell_is_number(cell) ? csv_cell_value(cell) : NAN;
}

static double parse_value(struct claim_parser *p, const struct measure *m, const char *text) {
  const char *wrong = NULL;
  double value = 0;
  if (is_time(m)) {
    sim_time ns = 0;
    wrong = unit_parse_duration(p->arena, text, &ns);
    value = (double)ns * 1e-9;
  } else if (m->aggregate == AGGREGATE_SHARE || m->aggregate == AGGREGATE_ERROR_RATE || m->aggregate == AGGREGATE_AVAILABILITY ||
             m->aggregate == AGGREGATE_UTILIZATION || m->aggregate == AGGREGATE_HIT_RATE) {
    wrong = unit_parse_ratio(p->arena, text, &value);
    if (!wrong && value > 1) wrong = arena_format(p->arena, "is a share and must be at most 100%%, not \"%s\"", text);
  } else if (m->aggregate == AGGREGATE_RATE || m->aggregate == AGGREGATE_SATURATION) {
    wrong = unit_parse_rate(p->arena, text, &value);
  } else if (m->aggregate == AGGREGATE_COST) {
    struct money_value money = {0};
    wrong = unit_parse_money(p->arena, text, &money);
    if (!wrong) wrong = not_of_a_month(p, &money);
    value = money.amount;
  } else {
    value = plain_number(unit_trimmed(p->arena, text));
    if (!isfinite(value)) wrong = arena_format(p->arena, "must be a number such as 12 or 0.5, not \"%s\"", text);
  }
  if (wrong) FAIL(p, "has a value that %s", wrong);
  return value;
}

static void parse_bounds(struct claim_parser *p, struct claim *c) {
  static const struct {
    const char *word;
    enum comparison comparison;
  } words[] = {
      {"<=", COMPARE_LESS_EQUAL}, {"<", COMPARE_LESS}, {">=", COMPARE_GREATER_EQUAL}, {">", COMPARE_GREATER}, {"in ", COMPARE_IN}};
  int i = 0;
  while (i < 5 && !claim_take(p, words[i].word)) i++;
  if (i == 5) {
    FAIL(p, "needs a comparison (<, <=, >, >= or in a..b) where it says \"%s\"", p->at);
    return;
  }
  c->comparison = words[i].comparison;
  char *value = claim_take_word(p, ""), *share = strstr(value, " for ");
  if (strstr(value, " over ")) FAIL(p, "has \"over\" behind the comparison, before which it stands");
  if (share) {
    *share = 0;
    const char *wrong = unit_parse_ratio(p->arena, share + 5, &c->share);
    if (wrong) FAIL(p, "has a share that %s", wrong);
    if (!wrong && !(c->share > 0 && c->share <= 1)) FAIL(p, "has a share of the outages that must be above 0%% and at most 100%%");
    if (c->measure.aggregate != AGGREGATE_RTO && c->measure.aggregate != AGGREGATE_RPO)
      FAIL(p, "can say \"for 95%%\" of rto and rpo only");
    size_t length = strlen(value);
    while (length && value[length - 1] == ' ') value[--length] = 0;
  }
  c->low = -INFINITY, c->high = INFINITY;
  char *dots = c->comparison == COMPARE_IN ? strstr(value, "..") : NULL;
  if (c->comparison == COMPARE_IN) {
    if (!dots) {
      FAIL(p, "needs a range such as 100ms..200ms after \"in\"");
      return;
    }
    *dots = 0;
    c->low = parse_value(p, &c->measure, value), c->high = parse_value(p, &c->measure, dots + 2);
    if (!p->fault && c->low > c->high) FAIL(p, "has a range whose ends are the wrong way round");
  } else
    *(c->comparison <= COMPARE_LESS_EQUAL ? &c->high : &c->low) = parse_value(p, &c->measure, value);
}

const char *claim_parse(struct arena *arena, const struct model *model, struct claim *c) {
  const char *rest;
  const char *wrong = measure_parse(arena, model, c->expression, &c->measure, &rest);
  if (wrong) return wrong;
  struct claim_parser p = {arena, model, rest, NULL};
  claim_skip_space(&p);
  bool unbounded = c->kind == CLAIM_INFO && !*p.at;
  if (unbounded)
    c->comparison = COMPARE_GREATER_EQUAL, c->low = -INFINITY, c->high = INFINITY;
  else
    parse_bounds(&p, c);
  return p.fault;
}
