/* {"reserve": "tickets", "count": 2, "sold_out": [...]}, {"pay": "tickets"}, {"release": "tickets"}: what happens to limited
 * stock (models/stock/stock.h). Each is a change in the place where the stock is counted, over a connection of the calling
 * replica's pool if it has one. A client for whom too little is left gets its answer after the steps of `sold_out`; the rest of the
 * endpoint is not run. */
#include "models/database/connection_pool.h"
#include "models/replication/shard.h"
#include "models/database/lock.h"
#include "models/database/pooler.h"
#include "models/stock/stock.h"
#include "models/core/model.h"
#include "models/request/program.h"
#include "models/request/request.h"
#include "models/steps/steps.h"
#include "sim/engine/arena.h"
#include <string.h>

struct count_weight {
  double weight;
};

struct stock_step {
  int32_t stock;
  int64_t count;
  struct config_list counts; /* struct count_weight */
  struct distribution demand;
  struct config_list sold_out;
};

static const struct stock_config *stock_of(const struct compiler *c, const struct stock_step *s) {
  return (const struct stock_config *)model_stocks(c->model)->items + s->stock;
}

static bool has_caller(struct compiler *c, const char *step) {
  if (compile_service(c) < 0) compile_error(c, "a \"%s\" step needs a service that asks: put it inside a \"call\"", step);
  if (compile_is_after_answer(c))
    compile_error(c, "a \"%s\" step decides what the client is told: put it before the \"answer\"", step);
  return !c->error;
}

static struct instruction *emit_on_stock(struct compiler *c, const struct operation *operation, const struct stock_step *s) {
  struct instruction *in = compile_emit(c, operation);
  in->stock = (uint16_t)s->stock;
  return in;
}

/* The class of the stock's row. */
static uint16_t lock_of(struct compiler *c, const struct stock_step *s) {
  const struct stock_config *stock = stock_of(c, s);
  uint16_t lock = lock_class_of(c, LOCK_STOCK, stock->at, -1, stock->name, stock->lock_wait);
  c->model->locks->classes[lock].waited = stock->locked;
  return lock;
}

/* From the row's lock to the commit: between the two the transaction travels. */
static void compile_transaction(struct compiler *c, const struct stock_step *s, const struct distribution *demand) {
  const struct stock_config *stock = stock_of(c, s);
  c->draws++;
  compile_lock(c, lock_of(c, s), 1, false);
  compile_written(c, stock->at, compile_cpu(c, demand));
  for (int64_t i = 0; i < stock->round_trips; i++) {
    compile_from_database(c, false);
    compile_to_database(c, stock->at, ROUTE_PRIMARY);
  }
}

/* One change: what it is in the end is one instruction, run where the stock is counted. */
static struct instruction *compile_change(struct compiler *c, const struct stock_step *s, bool counts,
                                          const struct operation *operation) {
  const struct stock_config *stock = stock_of(c, s);
  const struct distribution *demand = s->demand.kind ? &s->demand : &stock->demand;
  bool database = model_service(c->model, (uint32_t)stock->at)->kind == SERVICE_DATABASE;
  if (database && c->transaction == stock->at && c->transaction_depth == c->depth)
    compile_error(c, "a change of the stock \"%s\" is a transaction of its own: put it before or after the other one", stock->name);
  c->shard = shard_of_name(service_shards(model_service(c->model, (uint32_t)stock->at)), stock->name);
  if (database) {
    struct instruction *acquire = compile_emit(c, &operation_acquire);
    acquire->service = stock->at, acquire->caller = (int16_t)compile_service(c), acquire->route = ROUTE_PRIMARY;
    acquire->cell = compile_cell(c, stock->at, TIME_POOL);
  }
  compile_to_database(c, stock->at, ROUTE_PRIMARY);
  if (database && counts)
    compile_transaction(c, s, demand);
  else
    compile_written(c, stock->at, compile_cpu(c, demand));
  if (database) compile_flush(c, stock->at);
  struct instruction *change = emit_on_stock(c, operation, s);
  if (database && counts) change->lock = lock_of(c, s), compile_unlocked(c, false);
  compile_from_database(c, true);
  c->shard = SHARD_OF_ITEM;
  if (database) compile_emit(c, &operation_release)->service = stock->at;
  return change;
}

/* --- reserve ----------------------------------------------------------------------------------------------------------------- */

/* How many pieces: `count`, or 1, 2, 3, ... by the weights of `counts`. */
static struct distribution pieces_of(struct compiler *c, const struct stock_step *s) {
  if (!s->counts.count) return distribution_constant((double)s->count);
  const struct count_weight *given = s->counts.items;
  double *values = arena_new_array(c->arena, double, s->counts.count),
         *weights = arena_new_array(c->arena, double, s->counts.count);
  for (uint32_t i = 0; i < s->counts.count; i++) values[i] = i + 1, weights[i] = given[i].weight;
  struct distribution d = {.kind = distribution_kind_named("discrete")};
  struct parameter_values p = {.given = {true, true}, .list = {values, weights}, .count = {s->counts.count, s->counts.count}};
  if (d.kind->solve(&d, &p, c->arena)) compile_error(c, "the weights of \"counts\" add up to zero");
  return d;
}

static void check_count(struct compiler *c, const struct stock_step *s) {
  const struct stock_config *stock = stock_of(c, s);
  int64_t most = s->counts.count ? (int64_t)s->counts.count : s->count;
  if (most > stock->amount)
    compile_error(c, "reserves %lld of \"%s\" at once, of which there are %lld in all", (long long)most, stock->name,
                  (long long)stock->amount);
}

/* By stock: a reserve step has been compiled. */
static bool *reserved(struct compiler *c) {
  if (!c->reserved) c->reserved = arena_new_array(c->arena, bool, model_stocks(c->model)->count + 1);
  return c->reserved;
}

static void compile_reserve(struct compiler *c, const void *config) {
  const struct stock_step *s = config;
  check_count(c, s);
  if (!has_caller(c, "reserve")) return;
  struct distribution pieces = pieces_of(c, s);
  compile_change(c, s, true, &operation_reserve)->demand = pieces;
  bool before = reserved(c)[s->stock];
  reserved(c)[s->stock] = true;
  struct instruction *taken = emit_on_stock(c, &operation_reserved, s);
  taken->probability = 1;    /* planned for as if there were enough for all */
  bool *outer = c->reserved; /* what is reserved instead is not there for those who got theirs */
  c->reserved = arena_new_array(c->arena, bool, model_stocks(c->model)->count + 1);
  memcpy(c->reserved, outer, model_stocks(c->model)->count * sizeof *outer);
  reserved(c)[s->stock] = before;
  compile_steps(c, &s->sold_out);
  compile_end_early(c, OUTCOME_SOLD_OUT);
  c->reserved = outer;
  taken->target = (uint16_t)c->program->count;
}

static const struct field weight_fields[] = {
    KEY("weight", NUMBER, count_weight, weight, RANGE(0, 1e9), .doc = "How often this number is wanted, relative to the others."),
    {0}};
static const struct record weight_record = {.name = "weight",
                                            .size = sizeof(struct count_weight),
                                            .fields = weight_fields,
                                            .doc = "The first is of one piece, the second of two, and so on.",
                                            .shorthand = "weight"};
#define DEMAND                                                                                                                     \
  KEY("demand", DISTRIBUTION, stock_step, demand, OPTIONAL,                                                                        \
      .doc = "CPU time of this change on a reference core; absent: as the stock's \"demand\".")
static const struct field reserve_fields[] = {
    KEY("reserve", REFERENCE, stock_step, stock, .target = "stock", .doc = "The stock."),
    KEY("count", INTEGER, stock_step, count, DEFAULT(1), RANGE(1, 1e6), .doc = "Pieces wanted: all of them or none."),
    KEY("counts", LIST, stock_step, counts, OPTIONAL, .record = &weight_record,
        .doc = "Instead of \"count\": weights of wanting 1, 2, 3, ... pieces, such as [30, 55, 5, 10]."),
    DEMAND,
    KEY("sold_out", CHOICES, stock_step, sold_out, OPTIONAL, .choices = &step_choices,
        .doc = "What is done when too little is left; the client then gets the answer sold_out, and the rest is not run."),
    {0}};
static const struct record reserve_record = {.name = "reserve step",
                                             .size = sizeof(struct stock_step),
                                             .fields = reserve_fields,
                                             .doc = "Takes pieces of a limited stock and holds them for the client."};
static const struct step_kind reserve_kind = {compile_reserve};
const struct alternative step_reserve = {"reserve", true, &reserve_record, &reserve_kind};

/* --- pay, release ------------------------------------------------------------------------------------------------------------ */

static void needs_hold(struct compiler *c, const struct stock_step *s) {
  if (!reserved(c)[s->stock] && c->program->unheld < 0) c->program->unheld = s->stock;
}

static void compile_pay(struct compiler *c, const void *config) {
  const struct stock_step *s = config;
  if (!has_caller(c, "pay")) return;
  needs_hold(c, s);
  compile_change(c, s, false, &operation_pay);
}

static void compile_release(struct compiler *c, const void *config) {
  const struct stock_step *s = config;
  if (!has_caller(c, "release")) return;
  needs_hold(c, s);
  compile_change(c, s, true, &operation_return_stock);
}

static const struct field pay_fields[] = {
    KEY("pay", REFERENCE, stock_step, stock, .target = "stock", .doc = "The stock."), DEMAND, {0}};
static const struct record pay_record = {
    .name = "pay step",
    .size = sizeof(struct stock_step),
    .fields = pay_fields,
    .doc = "Turns all that the client holds of a stock into sold; fails when a hold has expired."};
static const struct step_kind pay_kind = {compile_pay};
const struct alternative step_pay = {"pay", true, &pay_record, &pay_kind};

static const struct field release_fields[] = {
    KEY("release", REFERENCE, stock_step, stock, .target = "stock", .doc = "The stock."), DEMAND, {0}};
static const struct record release_record = {.name = "release step",
                                             .size = sizeof(struct stock_step),
                                             .fields = release_fields,
                                             .doc = "Gives back all that the client holds of a stock."};
static const struct step_kind release_kind = {compile_release};
const struct alternative step_release = {"release", true, &release_record, &release_kind};
