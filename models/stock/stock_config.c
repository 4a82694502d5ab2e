#include "models/stock/stock.h"
#include "models/core/meter.h"
#include "models/core/model.h"
#include "sim/engine/arena.h"

static const struct field fields[] = {
    KEY("amount", INTEGER, stock_config, amount, RANGE(1, 1e15), .doc = "Pieces at the start of the run."),
    KEY("at", REFERENCE, stock_config, at, .target = "services",
        .doc = "Where they are counted, on its first replica: a database (a change locks the row) or a cache (a change is one "
               "command)."),
    KEY("hold", DURATION, stock_config, hold, DEFAULT("never"), RANGE(1, FIELD_YEAR),
        .doc = "Time after which reserved pieces that are not paid for are free again; never: they stay held."),
    KEY("demand", DISTRIBUTION, stock_config, demand, .doc = "CPU time of one change on a reference core."),
    KEY("round_trips", INTEGER, stock_config, round_trips, DEFAULT(1), RANGE(0, 64),
        .doc = "Database: trips from it to the caller and back while the row is locked; 0: one statement that commits itself.",
        .source = "BEGIN, UPDATE, COMMIT: the commit is a trip of its own after the row is locked"),
    KEY("lock_wait", DURATION, stock_config, lock_wait, DEFAULT("50s"), RANGE(1, FIELD_YEAR),
        .doc = "Database: how long a change waits for the row before it fails.", .source = "MySQL innodb_lock_wait_timeout 50 s"),
    {0}};
const struct record stock_record = {.name = "stock",
                                    .size = sizeof(struct stock_config),
                                    .fields = fields,
                                    .doc = "Something of which there is a limited number, and which is never oversold."};

static void declare_meters(struct model *m, struct stock_config *c) {
  c->left = meter_declare(m, c->name, "left", METER_LEVEL, "Pieces neither sold nor held.");
  c->held = meter_declare(m, c->name, "held", METER_LEVEL, "Pieces reserved and not yet paid.");
  c->sold = meter_declare(m, c->name, "sold", METER_COUNT, "Pieces paid.");
  c->refused = meter_declare(m, c->name, "refused", METER_COUNT, "Reservations that found too little left.");
  c->expired = meter_declare(m, c->name, "expired", METER_COUNT, "Pieces whose hold expired.");
  c->sold_out =
      meter_declare(m, c->name, "sold_out", METER_TIME, "From the start of the measured time until nothing was left, once.");
  c->locked = meter_declare(m, c->name, "lock_wait", METER_TIME, "Waiting for the row's lock, by those that got it.");
}

const char *stock_link(struct model *m, struct stock_config *c, const char **key) {
  const struct service_config *at = model_service(m, (uint32_t)c->at);
  *key = "at";
  if (at->kind != SERVICE_DATABASE && at->kind != SERVICE_CACHE)
    return arena_format(m->arena, "\"%s\" is neither a database nor a cache: pieces are counted in one of these", at->name);
  if (at->embedded) return arena_format(m->arena, "\"%s\" is a file: pieces are counted by a server", at->name);
  declare_meters(m, c);
  return NULL;
}

static const struct field root_keys[] = {
    ONLY_KEY("stock", MAP, OPTIONAL, .record = &stock_record, .doc = "What there is a limited number of, by name."), {0}};
const struct record stock_root_record = {.name = "stock of a scenario", .size = sizeof(struct config_list), .fields = root_keys};
