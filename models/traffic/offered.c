#include "models/traffic/offered.h"
#include "models/traffic/source.h"
#include "models/traffic/waiting_room.h"

static double source_rate(const struct model *m, const struct source_config *s) {
  if (s->kind->rate_at_most) return s->kind->rate_at_most(s);
  return source_expected(s, m->run.warmup, m->run.warmup + m->run.window) / ((double)m->run.window * 1e-9);
}

double model_visits(const struct model *m, const struct source_config *s) {
  double visits = 0;
  for (uint32_t e = 0; e < m->endpoints.count; e++) visits += s->visits[e];
  return visits;
}

/* Requests a second, of all endpoints. */
static double request_rate(const struct model *m, const struct source_config *s) { return source_rate(m, s) * model_visits(m, s); }

/* Of those who come to a waiting room between the two instants, the share that it can let in meanwhile. */
static double admitted_share(const struct model *m, int32_t room, sim_time from, sim_time to) {
  if (room < 0) return 1;
  double come = 0, most = ((const struct room_config *)model_rooms(m)->items)[room].admit * sim_seconds(to - from);
  for (uint32_t i = 0; i < model_sources(m)->count; i++)
    if (model_source(m, i)->room == room) come += source_expected(model_source(m, i), from, to);
  return come > most ? most / come : 1;
}

double model_offered(const struct model *m, sim_time from, sim_time to) {
  double sum = 0;
  for (uint32_t i = 0; i < model_sources(m)->count; i++) {
    const struct source_config *s = model_source(m, i);
    if (!s->kind->closed) sum += model_visits(m, s) * source_expected(s, from, to) * admitted_share(m, s->room, from, to);
  }
  return sum;
}

double model_offered_rate(const struct model *m) {
  return model_offered(m, m->run.warmup, m->run.warmup + m->run.window) / ((double)m->run.window * 1e-9);
}

double model_requests(const struct model *m) {
  double rate = 0;
  for (uint32_t i = 0; i < model_sources(m)->count; i++) rate += request_rate(m, model_source(m, i));
  return rate * (sim_seconds(m->run.warmup) + sim_seconds(m->run.window));
}

double model_share(const struct model *m, uint32_t source, uint32_t endpoint) {
  const struct source_config *s = model_source(m, source);
  double all = 0, weights = 0, mine = 0;
  for (uint32_t i = 0; i < model_sources(m)->count; i++) all += source_rate(m, model_source(m, i));
  for (uint32_t k = 0; k < s->mix.count; k++) {
    weights += s->mix.weight[k];
    mine += s->mix.reference[k] == (int32_t)endpoint ? s->mix.weight[k] : 0;
  }
  return all > 0 ? source_rate(m, s) / all * mine / weights : 0;
}

double model_source_share(const struct model *m, uint32_t source, uint32_t endpoint) {
  double all = 0;
  for (uint32_t i = 0; i < model_sources(m)->count; i++) all += request_rate(m, model_source(m, i));
  return all > 0 ? source_rate(m, model_source(m, source)) * model_source(m, source)->visits[endpoint] / all : 0;
}

double model_endpoint_share(const struct model *m, uint32_t endpoint) {
  double all = 0, mine = 0;
  for (uint32_t i = 0; i < model_sources(m)->count; i++) {
    const struct source_config *s = model_source(m, i);
    all += request_rate(m, s), mine += source_rate(m, s) * s->visits[endpoint];
  }
  return all > 0 ? mine / all : 0;
}
