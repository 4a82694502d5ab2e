#include "models/core/model.h"
#include "models/money/bill.h"
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

/* The bill is one of a month, in the currency of the price list; money of others is converted by the rates of the list. */
static const char *to_list(struct claim_parser *p, const struct money_value *money, double *value) {
  const struct price_list *list = &model_bill(p->model)->prices;
  double worth = list->items.count ? price_list_worth(list, money->currency) : 1;
  if (money->per[0] && strcmp(money->per, "month"))
    return arena_format(p->arena, "is per %s: the bill is that of a month", money->per);
  if (isnan(worth))
    return arena_format(p->arena, "is in %s: the price list is in %s, and has no rate between the two", money->currency,
                        list->currency);
  *value = money->amount * worth;
  return NULL;
}

/* NaN for what is no decimal number: strtod would take nan, inf and hexadecimals too. */
static double plain_number(const char *text) {
  struct csv_cell cell = {text, (uint32_t)strlen(text)};
  return csv_cell_is_number(cell) ? csv_cell_value(cell) : NAN;
}

static const char *parse_seconds(struct claim_parser *p, const char *text, double *value) {
  sim_time ns = 0;
  const char *wrong = unit_parse_duration(p->arena, text, &ns);
  *value = sim_seconds_of((double)ns);
  return wrong;
}

static const char *parse_share(struct claim_parser *p, const char *text, double *value) {
  const char *wrong = unit_parse_ratio(p->arena, text, value);
  if (wrong || *value <= 1) return wrong;
  if (*value <= 100 && !strchr(text, '%'))
    return arena_format(p->arena, "is a share and must be at most 100%%: write \"%s%%\", not \"%s\"", text, text);
  return arena_format(p->arena, "is a share and must be at most 100%%, not \"%s\"", text);
}

static const char *parse_rate(struct claim_parser *p, const char *text, double *value) {
  return unit_parse_rate(p->arena, text, value);
}

static const char *parse_money(struct claim_parser *p, const char *text, double *value) {
  struct money_value money = {0};
  const char *wrong = unit_parse_money(p->arena, text, &money);
  return wrong ? wrong : to_list(p, &money, value);
}

static const char *parse_number(struct claim_parser *p, const char *text, double *value) {
  *value = plain_number(unit_trimmed(p->arena, text));
  return isfinite(*value) ? NULL : arena_format(p->arena, "must be a number such as 12 or 0.5, not \"%s\"", text);
}

/* A limit is written in the unit of what is measured. */
static double parse_value(struct claim_parser *p, const struct measure *m, const char *text) {
  static const char *(*const parse[])(struct claim_parser *, const char *, double *) = {
      [UNIT_NONE] = parse_number,     [UNIT_SECONDS] = parse_seconds, [UNIT_RATIO] = parse_share,
      [UNIT_PER_SECOND] = parse_rate, [UNIT_CURRENCY] = parse_money,  [UNIT_COUNT] = parse_number};
  double value = 0;
  const char *wrong = parse[m->kind->unit](p, text, &value);
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
  if (strstr(value, " over ")) FAIL(p, "has \"over\" after the comparison: write MEASURE over WINDOW < VALUE");
  if (share) {
    *share = 0;
    const char *wrong = unit_parse_ratio(p->arena, share + 5, &c->share);
    if (wrong) FAIL(p, "has a share that %s", wrong);
    if (!wrong && !(c->share > 0 && c->share <= 1))
      FAIL(p, "has a share of the outages, years or months that must be above 0%% and at most 100%%");
    if (!c->measure.kind->shares)
      FAIL(p, "can say \"for 95%%\" of rto and rpo, and of the downtime, availability and outages of a year or month only");
    size_t length = strlen(value);
    while (length && value[length - 1] == ' ') value[--length] = 0;
  }
  c->low = -INFINITY;
  c->high = INFINITY;
  char *dots = c->comparison == COMPARE_IN ? strstr(value, "..") : NULL;
  if (c->comparison == COMPARE_IN) {
    if (!dots) {
      FAIL(p, "needs a range such as 100ms..200ms after \"in\"");
      return;
    }
    *dots = 0;
    c->low = parse_value(p, &c->measure, value);
    c->high = parse_value(p, &c->measure, dots + 2);
    if (!p->error && c->low > c->high) FAIL(p, "has a range whose ends are the wrong way round");
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
  return p.error;
}
