#include "models/data/keyspace.h"
#include "models/world.h"
#include "sim/engine/alias.h"
#include "sim/engine/real.h"
#include "sim/engine/zipf.h"
#include <stdlib.h>

enum { HEAD = 4096 };

void keyspace_link(struct keyspace_config *k, struct arena *arena) {
  k->entity = stream_entity(k->name, PURPOSE_KEY);
  if (k->zipf <= 0 || k->of > KEYSPACE_TABLE) return;
  uint32_t n = (uint32_t)k->of, head = n > 4 * HEAD ? HEAD : n;
  double *weights = malloc(n * sizeof *weights), all = 0, most = 0;
  if (!weights) abort();
  for (uint32_t i = 0; i < n; i++) {
    weights[i] = real_pow((double)i + 1, -k->zipf);
    all += weights[i];
    if (i < head) most = all;
  }
  k->head = alias_new(arena, weights, head);
  k->head_share = most / all;
  if (head < n) k->tail = alias_new(arena, weights + head, n - head);
  free(weights);
}

/* The draws that decide: of the errand, or of the client as the whole run knows it. */
static uint64_t chooser(const struct world *w, const struct request *r, const struct keyspace_config *k) {
  if (k->by == BY_REQUEST || r->user == NOBODY) return r->subject;
  return stream_key(w->seed, w->replication, PURPOSE_KEY, stream_entity(w->sources[r->source].config->name, r->user));
}

uint32_t keyspace_item(const struct world *w, const struct request *r, uint32_t keyspace) {
  return keyspace_item_at(w, r, keyspace, 0);
}

uint32_t keyspace_item_at(const struct world *w, const struct request *r, uint32_t keyspace, uint32_t n) {
  const struct keyspace_config *k = model_keyspace(w->model, keyspace);
  struct stream draws = stream_at(chooser(w, r, k), k->entity + n);
  if (k->tail && stream_uniform(&draws) >= k->head_share) return HEAD + alias_sample(k->tail, &draws);
  if (k->head) return alias_sample(k->head, &draws);
  if (k->zipf > 0) return zipf_sample((uint32_t)k->of, k->zipf, &draws) - 1;
  return stream_below(&draws, (uint32_t)k->of);
}

/* Sum of k^-zipf over all items: exactly up to some number, then the integral (Euler and Maclaurin, two terms). */
static double mass(const struct keyspace_config *k) {
  enum { EXACT = 1 << 16 };
  double sum = 0, n = (double)k->of, s = k->zipf;
  int64_t from = k->of < EXACT ? k->of : EXACT;
  for (int64_t i = 1; i <= from; i++) sum += real_pow((double)i, -s);
  if (from == k->of) return sum;
  double a = (double)from, log_a = real_log(a), log_n = real_log(n);
  double area = log_n * real_exp_slope((1 - s) * log_n) - log_a * real_exp_slope((1 - s) * log_a);
  double at_a = real_pow(a, -s), at_n = real_pow(n, -s);
  return sum + area + (at_n - at_a) / 2 + s * (at_a / a - at_n / n) / 12;
}

double keyspace_probability(const struct keyspace_config *k, uint32_t item) {
  if (k->zipf <= 0) return 1 / (double)k->of;
  return real_pow((double)item + 1, -k->zipf) / mass(k);
}

#define AT(member) offsetof(struct keyspace_config, member)
static const char *const by_words[] = {"request", "client", NULL};
static const struct field fields[] = {
    {.name = "of", .kind = FIELD_INTEGER, .offset = AT(of), .low = 1, .high = 4e9, .doc = "Items that there are."},
    {.name = "zipf",
     .kind = FIELD_NUMBER,
     .offset = AT(zipf),
     .fallback = "0",
     .low = 0,
     .high = 10,
     .doc = "Exponent of Zipf's law: the k-th most popular item is asked for in proportion to k to the power -zipf; 0: all alike.",
     .source = "proxies 0.64 to 0.83 (Breslau et al. 1999); caches in front of databases 1 to 2.5 (Yang et al. 2020)"},
    {.name = "by",
     .kind = FIELD_WORD,
     .offset = AT(by),
     .words = by_words,
     .fallback = "\"request\"",
     .doc = "request: each is about an item of its own; client: all requests of one client are about the same (tenant, account)."},
    {0}};
#undef AT
const struct record keyspace_record = {"keys", sizeof(struct keyspace_config), fields,
                                       "What requests are about: a catalogue of which each has one item.", "of"};
