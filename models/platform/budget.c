#include "models/platform/budget.h"
#include "models/core/audit.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <math.h>

/* By service: how far below what must be healthy an eviction has left it; 0: none has. */
struct budgets {
  int64_t *broken;
};

static struct budgets *budgets_of(const struct world *w) { return world_part(w, PART_budgets); }

const struct budget_config *service_budget(const struct service_config *s) {
  return ((const struct budget_keys *)service_part(s, PART_budgets))->config;
}

/* --- how many ---------------------------------------------------------------------------------------------------------------- */

static int64_t rounded_up(const struct amount *a, int64_t of) {
  return a->form == AMOUNT_SHARE ? (int64_t)ceil(a->value * (double)of - 1e-9) : (int64_t)a->value;
}

int64_t budget_must(const struct service_config *s, int64_t desired) {
  const struct budget_config *b = service_budget(s);
  if (!b) return 0;
  int64_t must = b->min_available.form ? rounded_up(&b->min_available, desired) : desired - rounded_up(&b->unavailable, desired);
  return must > 0 ? must : 0;
}

static bool is_healthy(const struct container *c) { return container_serves(c) && c->ready && !c->leaving; }

static int64_t healthy(const struct world *w, const struct service *s) {
  int64_t count = 0;
  for (uint32_t i = 0; i < s->capacity; i++) count += is_healthy(&w->containers[s->first + i]);
  return count;
}

bool budget_allows(struct world *w, const struct container *c) {
  const struct service *s = world_service_of(w, c);
  const struct budget_config *b = service_budget(service_config(s));
  if (!b || c->node == NONE) return true;
  int64_t must = budget_must(service_config(s), s->desired), left = healthy(w, s) - is_healthy(c);
  bool allowed = left >= must;
  if (!allowed) meter_count(w, b->refused);
  return allowed;
}

void budget_spends(struct world *w, const struct container *c) {
  const struct service *s = world_service_of(w, c);
  if (!service_budget(service_config(s)) || !is_healthy(c)) return;
  int64_t short_of = budget_must(service_config(s), s->desired) - (healthy(w, s) - 1);
  int64_t *broken = &budgets_of(w)->broken[s->index];
  if (short_of > *broken) *broken = short_of;
}

/* --- a part ------------------------------------------------------------------------------------------------------------------ */

static bool used(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (service_budget(model_service(m, i))) return true;
  return false;
}

/* Null, or what is wrong with it. */
static const char *wrong_with(const struct model *m, const struct service_config *s, const struct budget_config *b) {
  if (!service_runs(s)) return "has no replicas of yours that a drain could take";
  if (!m->platform.kind->budgets)
    return arena_format(m->arena, "platform.kind %s drains without asking: budgets are Kubernetes'", m->platform.kind->member.word);
  if (!b->min_available.form == !b->unavailable.form) return "needs one of \"min_available\" and \"unavailable\"";
  if (budget_must(s, s->replicas) >= s->replicas)
    return arena_format(m->arena,
                        "leaves none of its %lld replicas to a drain: a node with one of them could never be drained; allow for "
                        "one, or give it one replica more",
                        (long long)s->replicas);
  return NULL;
}

static void link_service(struct linker *l, struct service_config *s, const char *path) {
  struct budget_config *b = ((struct budget_keys *)service_part(s, PART_budgets))->config;
  if (!b) return;
  const char *wrong = wrong_with(l->model, s, b);
  if (wrong) link_error(l, path, "budget", "%s", wrong);
  b->refused = meter_declare(l->model, s->name, "evictions_refused", METER_COUNT, "Evictions that its budget did not allow yet.");
  l->model->meters[b->refused].quiet = true;
}

static void open_budgets(struct world *w) {
  budgets_of(w)->broken = arena_new_array(w->arena, int64_t, w->model->services.count + 1);
}

static void audit_budgets(const struct audit *a) {
  for (uint32_t i = 0; i < a->world->model->services.count; i++)
    if (budgets_of(a->world)->broken[i] > 0)
      audit_broken(a, "budget: an eviction left service %u with %lld healthy replicas too few", i,
                   (long long)budgets_of(a->world)->broken[i]);
}

static const struct field budget_fields[] = {
    KEY("min_available", AMOUNT, budget_config, min_available, OPTIONAL,
        .doc = "Replicas that must stay ready, or a share of those that are wanted, rounded up."),
    KEY("unavailable", AMOUNT, budget_config, unavailable, OPTIONAL,
        .doc = "Instead: replicas that may be missing, or a share, rounded up."),
    {0}};
static const struct record budget_record = {.name = "budget",
                                            .size = sizeof(struct budget_config),
                                            .fields = budget_fields,
                                            .doc = "What a drain leaves alone, as a PodDisruptionBudget."};
static const struct field service_fields[] = {
    KEY("budget", RECORD, budget_keys, config, OPTIONAL, .record = &budget_record, .apart = true,
        .doc = "How many of its replicas the drain of a node leaves in service. Crashes and roll-outs do not ask."),
    {0}};
static const struct record service_keys = {
    .name = "budget of a service", .size = sizeof(struct budget_keys), .fields = service_fields};

const struct part part_budgets = {.name = "budgets",
                                  .used = used,
                                  .keys.service = &service_keys,
                                  .service = link_service,
                                  .room.world = sizeof(struct budgets),
                                  .open = open_budgets,
                                  .audit = audit_budgets};
