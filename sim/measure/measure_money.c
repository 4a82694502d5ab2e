/* Measures of money: what is paid for, and what it is divided by. */
#include "sim/measure/measure_money.h"
#include "models/money/bill.h"
#include "models/network/bandwidth.h"
#include "models/traffic/client_network.h"
#include "sim/engine/arena.h"
#include "sim/measure/measure_years.h"
#include "sim/measure/price_ends.h"
#include <math.h>

/* --- what ran ---------------------------------------------------------------------------------------------------------------- */

static double counted(const struct view *v, uint32_t meter) {
  double sum = 0;
  for (uint32_t i = 0; i < v->observation.window_count; i++) sum += v->observation.meters[meter].course.sums[i];
  return sum;
}

/* All that clients get leaves the CDN, where there is one; what it has not leaves the origin first. What clients send reaches the
 * origin where the CDN has no answer. */
struct sent_bytes measure_sent(const struct model *model, const struct view *v) {
  struct sent_bytes sent = {0};
  for (uint32_t e = 0; v->seconds > 0 && e < v->endpoint_count; e++) {
    const struct endpoint_config *c = model_endpoint(model, e);
    double answered = (double)v->ended[e * OUTCOMES + OUTCOME_COMPLETED], hits = 0;
    if (endpoint_way(c)->cdn.hit > 0)
      for (uint32_t i = 0; i < v->observation.window_count; i++)
        hits += v->observation.meters[endpoint_way(c)->cdn.hits].course.sums[i];
    sent.origin += fmax(0, answered - hits) * (double)endpoint_way(c)->response;
    sent.cdn += endpoint_way(c)->cdn.hit > 0 ? answered * (double)endpoint_way(c)->response : 0;
    sent.received += fmax(0, (double)v->arrived[e] - hits) * (double)endpoint_way(c)->request;
  }
  if (model->counts_ways && v->observation.meter_count) {
    sent.between_zones = counted(v, model_ways(model)->between_zones);
    sent.between_regions = counted(v, model_ways(model)->between_regions);
  }
  if (v->seconds > 0) sent.between_zones /= v->seconds, sent.between_regions /= v->seconds;
  if (v->seconds > 0) sent.origin /= v->seconds, sent.cdn /= v->seconds, sent.received /= v->seconds;
  return sent;
}

static double level_of(const struct model *model, const struct view *v, uint32_t meter) {
  const struct measure whole = {.subject = SUBJECT_METER, .index = meter};
  return v->observation.meter_count && v->seconds > 0 ? measure_mean_level(&v->observation.meters[meter].course, &whole, model, v)
                                                      : NAN;
}

/* Without a run nothing is known of them. */
static struct pods_use *pods_of(const struct model *model, const struct view *v, struct arena *arena) {
  struct pods_use *use = arena_new_array(arena, struct pods_use, model->services.count + 1);
  for (uint32_t i = 0; i < model->services.count; i++) {
    const struct service_money *money = service_money(model_service(model, i));
    if (money->counted) use[i].pods = level_of(model, v, money->pods);
    if (!money->by_resources) continue;
    use[i].vcpus = level_of(model, v, money->millicores) / 1000;
    use[i].memory_gb = level_of(model, v, money->bytes) / 1e9;
  }
  return use;
}

struct bill_use measure_use(const struct model *model, const struct view *v, struct arena *arena) {
  double *nodes = arena_new_array(arena, double, model->platform.nodes.count + 1);
  for (uint32_t i = 0; i < model->platform.nodes.count; i++) {
    nodes[i] = (double)model_nodes(model, i)->count;
    if (v->seconds > 0) nodes[i] += v->node_gained_s[i] / v->seconds;
  }
  double *answered = arena_new_array(arena, double, model->endpoints.count + 1), arrived = 0;
  for (uint32_t e = 0; v->seconds > 0 && e < v->endpoint_count; e++) {
    answered[e] = (double)v->ended[e * OUTCOMES + OUTCOME_COMPLETED] / v->seconds;
    arrived += (double)v->arrived[e] / v->seconds;
  }
  return (struct bill_use){nodes, measure_sent(model, v), answered, arrived, pods_of(model, v, arena), bill_month(model)};
}

/* --- the bill ---------------------------------------------------------------------------------------------------------------- */

struct money_rows {
  struct bill_row *cost, *income;
  uint32_t cost_count, income_count;
};

static struct money_rows rows_of(const struct model *model, const struct view *v, struct arena *arena) {
  struct bill_use use = measure_use(model, v, arena);
  struct money_rows rows;
  rows.cost_count = bill_compute(model, &use, arena, &rows.cost);
  rows.income_count = bill_revenue(model, &use, arena, &rows.income);
  return rows;
}

/* NAN where there are none: nothing has a price. */
static double sum_at(const struct bill_row *rows, uint32_t count, enum price_end end, const struct price_item *only) {
  double sum = count ? 0 : NAN;
  for (uint32_t i = 0; i < count; i++) {
    bool typical = end == PRICE_TYPICAL || (only && rows[i].from != only);
    sum += typical ? rows[i].monthly : end == PRICE_LOW ? rows[i].low : rows[i].high;
  }
  return sum;
}

static double value_at(const struct measure *m, const struct model *model, const struct view *v, enum price_end cost,
                       enum price_end income, const struct price_item *only) {
  struct arena *arena = arena_new();
  struct money_rows rows = rows_of(model, v, arena);
  double value = measure_row(m)->priced(m, model, v, sum_at(rows.cost, rows.cost_count, cost, only),
                                        sum_at(rows.income, rows.income_count, income, only));
  arena_free(arena);
  return value;
}

double value_priced(const struct measure *m, const struct model *model, const struct view *v) {
  return value_at(m, model, v, PRICE_TYPICAL, PRICE_TYPICAL, NULL);
}

/* A claim may ask for one end alone. */
static double cost_at(const struct model *model, const struct view *v, enum price_end end) {
  struct arena *arena = arena_new();
  struct money_rows rows = rows_of(model, v, arena);
  double cost = sum_at(rows.cost, rows.cost_count, end, NULL);
  arena_free(arena);
  return cost;
}

double value_cost_low(const struct measure *m, const struct model *model, const struct view *v) {
  (void)m;
  return cost_at(model, v, PRICE_LOW);
}

double value_cost_high(const struct measure *m, const struct model *model, const struct view *v) {
  (void)m;
  return cost_at(model, v, PRICE_HIGH);
}

double value_cost_first(const struct measure *m, const struct model *model, const struct view *v) {
  (void)m;
  struct arena *arena = arena_new();
  struct money_rows rows = rows_of(model, v, arena);
  double first = rows.cost_count ? bill_sum(rows.cost, rows.cost_count).first : NAN;
  arena_free(arena);
  return first;
}

/* --- from what is paid and what comes in -------------------------------------------------------------------------------------- */

/* NAN where none is answered. */
static double answered_a_month(const struct model *model, const struct view *v, int32_t endpoint) {
  double sum = 0;
  for (uint32_t e = 0; e < model->endpoints.count; e++)
    if (endpoint < 0 || (uint32_t)endpoint == e) sum += (double)v->ended[e * OUTCOMES + OUTCOME_COMPLETED];
  return sum > 0 && v->seconds > 0 ? sum / v->seconds * SECONDS_A_MONTH : NAN;
}

PRICED(priced_cost) {
  (void)m, (void)model, (void)v, (void)revenue;
  return cost;
}

PRICED(priced_cost_per_1000) {
  (void)revenue;
  int32_t endpoint = m->subject == SUBJECT_ENDPOINT ? (int32_t)m->index : -1;
  return 1000 * cost / answered_a_month(model, v, endpoint);
}

PRICED(priced_cost_per_order) {
  (void)m, (void)revenue;
  int32_t order = model_bill(model)->order;
  return order < 0 ? NAN : cost / answered_a_month(model, v, order);
}

PRICED(priced_cost_per_user) {
  (void)m, (void)v, (void)revenue;
  double users = bill_users(model);
  return users > 0 ? cost / users : NAN;
}

PRICED(priced_revenue) {
  (void)m, (void)model, (void)v, (void)cost;
  return revenue;
}

PRICED(priced_profit) {
  (void)m, (void)model, (void)v;
  return revenue - cost;
}

PRICED(priced_margin) {
  (void)m, (void)model, (void)v;
  return revenue > 0 ? (revenue - cost) / revenue : NAN;
}

/* --- prices that are ranges --------------------------------------------------------------------------------------------------- */

bool has_price_ends(const struct measure *m, const struct model *model) {
  return measure_row(m)->priced && price_list_has_ranges(&model_bill(model)->prices);
}

/* A high price is dear where it is paid and welcome where it comes in: of one item both are the same end. */
struct price_ends price_ends_of(const struct measure *m, const struct model *model, const struct view *v,
                                const struct price_item *only) {
  double a = value_at(m, model, v, PRICE_LOW, only ? PRICE_LOW : PRICE_HIGH, only);
  double b = value_at(m, model, v, PRICE_HIGH, only ? PRICE_HIGH : PRICE_LOW, only);
  return isnan(a) || isnan(b) ? (struct price_ends){NAN, NAN} : (struct price_ends){fmin(a, b), fmax(a, b)};
}

/* --- what is not served ------------------------------------------------------------------------------------------------------- */

double worth_of_a_second_down_at(const struct model *model, enum price_end end) {
  const struct price_item *hour = price_named(&model_bill(model)->prices, model_bill(model)->hour_down);
  return hour ? price_each(hour, end) / SECONDS_A_MONTH : NAN;
}

double worth_of_a_second_down(const struct model *model) { return worth_of_a_second_down_at(model, PRICE_TYPICAL); }

double value_downtime_cost(const struct measure *m, const struct model *model, const struct view *v) {
  return value_downtime(m, model, v) * worth_of_a_second_down(model);
}
