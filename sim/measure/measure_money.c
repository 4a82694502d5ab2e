/* Measures of money: what is paid for, and what it is divided by. */
#include "sim/measure/measure_money.h"
#include "models/money/bill.h"
#include "models/network/bandwidth.h"
#include "models/traffic/client_network.h"
#include "sim/engine/arena.h"
#include "sim/measure/measure_years.h"
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
  double *answered = arena_new_array(arena, double, model->endpoints.count + 1);
  for (uint32_t e = 0; v->seconds > 0 && e < v->endpoint_count; e++)
    answered[e] = (double)v->ended[e * OUTCOMES + OUTCOME_COMPLETED] / v->seconds;
  return (struct bill_use){nodes, measure_sent(model, v), answered, pods_of(model, v, arena), bill_month(model)};
}

/* --- the bill ---------------------------------------------------------------------------------------------------------------- */

static struct bill_sum sum_of(const struct model *model, const struct view *v,
                              uint32_t (*rows_of)(const struct model *, const struct bill_use *, struct arena *,
                                                  struct bill_row **)) {
  struct arena *arena = arena_new();
  struct bill_row *rows;
  struct bill_use use = measure_use(model, v, arena);
  uint32_t count = rows_of(model, &use, arena, &rows);
  struct bill_sum sum = count ? bill_sum(rows, count) : (struct bill_sum){NAN, NAN, NAN, NAN};
  arena_free(arena);
  return sum;
}

double value_cost(const struct measure *m, const struct model *model, const struct view *v) {
  (void)m;
  return sum_of(model, v, bill_compute).monthly;
}

double value_cost_low(const struct measure *m, const struct model *model, const struct view *v) {
  (void)m;
  return sum_of(model, v, bill_compute).low;
}

double value_cost_high(const struct measure *m, const struct model *model, const struct view *v) {
  (void)m;
  return sum_of(model, v, bill_compute).high;
}

double value_cost_first(const struct measure *m, const struct model *model, const struct view *v) {
  (void)m;
  return sum_of(model, v, bill_compute).first;
}

/* --- for each of something ---------------------------------------------------------------------------------------------------- */

/* NAN where none is answered. */
static double answered_a_month(const struct model *model, const struct view *v, int32_t endpoint) {
  double sum = 0;
  for (uint32_t e = 0; e < model->endpoints.count; e++)
    if (endpoint < 0 || (uint32_t)endpoint == e) sum += (double)v->ended[e * OUTCOMES + OUTCOME_COMPLETED];
  return sum > 0 && v->seconds > 0 ? sum / v->seconds * SECONDS_A_MONTH : NAN;
}

double value_cost_per_1000(const struct measure *m, const struct model *model, const struct view *v) {
  int32_t endpoint = m->subject == SUBJECT_ENDPOINT ? (int32_t)m->index : -1;
  return 1000 * value_cost(m, model, v) / answered_a_month(model, v, endpoint);
}

double value_cost_per_order(const struct measure *m, const struct model *model, const struct view *v) {
  int32_t order = model_bill(model)->order;
  return order < 0 ? NAN : value_cost(m, model, v) / answered_a_month(model, v, order);
}

double value_cost_per_user(const struct measure *m, const struct model *model, const struct view *v) {
  double users = bill_users(model);
  return users > 0 ? value_cost(m, model, v) / users : NAN;
}

/* --- what comes in ------------------------------------------------------------------------------------------------------------ */

double value_revenue(const struct measure *m, const struct model *model, const struct view *v) {
  (void)m;
  return sum_of(model, v, bill_revenue).monthly;
}

double value_profit(const struct measure *m, const struct model *model, const struct view *v) {
  return value_revenue(m, model, v) - value_cost(m, model, v);
}

double value_margin(const struct measure *m, const struct model *model, const struct view *v) {
  double revenue = value_revenue(m, model, v);
  return revenue > 0 ? (revenue - value_cost(m, model, v)) / revenue : NAN;
}

/* --- what is not served ------------------------------------------------------------------------------------------------------- */

double worth_of_a_second_down(const struct model *model) {
  const struct price_item *hour = price_named(&model_bill(model)->prices, model_bill(model)->hour_down);
  return hour ? price_each(hour) / SECONDS_A_MONTH : NAN;
}

double value_downtime_cost(const struct measure *m, const struct model *model, const struct view *v) {
  return value_downtime(m, model, v) * worth_of_a_second_down(model);
}
