/* An exponential time whose hazard follows the hour of the day: 24 relative rates, scaled to the mean 1, so that over whole days
 * there are as many strikes as without them. By inversion of the integrated rate. */
#include "models/core/link.h"
#include "models/core/wall_clock.h"
#include "models/core/world.h"
#include "models/faults/law.h"
#include "sim/engine/arena.h"
#include <math.h>

enum { HOURS = 24 };

static bool selected(const struct fault_config *f) { return f->mtbf != SIM_NEVER && f->by_hour; }

static sim_time next(struct fault_process *f) {
  const double *rates = f->config->by_hour->scaled;
  double left = stream_exponential(&f->draws) * (double)f->config->mtbf; /* of mean rate times time */
  if (!(left < 9e18)) return SIM_NEVER;
  double days = floor(left / (double)SIM_DAY), passed = days * (double)SIM_DAY;
  sim_time clock = wall_since_midnight(wall_time(f->world->model, world_now(f->world)));
  left -= passed;
  while (true) {
    double rate = rates[clock / SIM_HOUR], rest = (double)(SIM_HOUR - clock % SIM_HOUR);
    if (rate > 0 && left < rate * rest) return (sim_time)(passed + left / rate);
    left -= rate * rest, passed += rest;
    clock = (clock / SIM_HOUR + 1) % HOURS * SIM_HOUR;
  }
}

static double mean(const struct fault_config *f) { return (double)f->mtbf; }

/* --- keys -------------------------------------------------------------------------------------------------------------------- */

static bool within(sim_time at, sim_time from, sim_time to) { return from < to ? at >= from && at < to : at >= from || at < to; }

static void link(struct linker *l, struct fault_config *f, const char *path) {
  struct by_hour_config *h = f->by_hour;
  double sum = 0, *scaled = arena_new_array(l->arena, double, HOURS);
  bool rates = h->rates.count > 0, hours = h->times > 0;
  path = arena_format(l->arena, "%s.by_hour", path);
  if (rates == hours) {
    link_error(l, path, NULL, "needs 24 relative rates, or \"from\", \"to\" and \"times\"");
    return;
  }
  if (rates && h->rates.count != HOURS) {
    link_error(l, path, "rates", "needs 24 relative rates, one an hour from 00:00, not %u", h->rates.count);
    return;
  }
  if (hours && (h->from == h->to || h->from % SIM_HOUR || h->to % SIM_HOUR)) {
    link_error(l, path, NULL, "\"from\" and \"to\" must be two different whole hours, such as \"08:00\" and \"18:00\"");
    return;
  }
  for (uint32_t i = 0; i < HOURS; i++) {
    scaled[i] = rates ? ((const double *)h->rates.items)[i] : within(i * SIM_HOUR, h->from, h->to) ? h->times : 1;
    sum += scaled[i];
  }
  if (!(sum > 0)) link_error(l, path, NULL, "needs at least one rate that is more than 0");
  for (uint32_t i = 0; i < HOURS; i++) scaled[i] *= HOURS / sum;
  h->scaled = scaled;
}

static const struct field rate_fields[] = {ONLY_KEY("rate", NUMBER, RANGE(0, 1e9), .doc = "How likely in this hour, in any unit."),
                                           {0}};
static const struct record rate_record = {.name = "relative rate of an hour",
                                          .size = sizeof(double),
                                          .fields = rate_fields,
                                          .doc = "Written as the bare number.",
                                          .shorthand = "rate"};
static const struct field by_hour_fields[] = {
    KEY("rates", LIST, by_hour_config, rates, OPTIONAL, .record = &rate_record,
        .doc = "24 relative rates, from 00:00; scaled so that \"mtbf\" stays the mean."),
    KEY("from", CLOCK, by_hour_config, from, OPTIONAL, .doc = "Instead of rates: from this hour"),
    KEY("to", CLOCK, by_hour_config, to, OPTIONAL, .doc = "to this one, over midnight where it is earlier,"),
    KEY("times", NUMBER, by_hour_config, times, OPTIONAL, RANGE(0, 1e6), .open_range_low = true,
        .doc = "this many times as often as in the other hours."),
    {0}};
const struct record by_hour_record = {.name = "rates by hour",
                                      .size = sizeof(struct by_hour_config),
                                      .fields = by_hour_fields,
                                      .doc = "At which hours of the day a fault strikes more often.",
                                      .shorthand = "rates"};

const struct strike_law law_hours = {
    .key = "mtbf", .by_clock = true, .selected = selected, .link = link, .first = next, .next = next, .mean = mean};
