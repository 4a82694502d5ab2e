/* What can be configured, as tables.
 *
 * A component of the models (a service, a step, a fault) is a plain struct; one static table of fields describes its keys.
 * The reader of scenarios, the error messages, the JSON Schema, `aguanta explain` and docs/scenario.md are all printed from
 * these tables, so a key exists in one place. This header holds data types only: the lowest layer, included by `models/`
 * (which fills tables) and by `sim/scenario/` (which reads them).
 *
 *     struct pool_config { int64_t max; sim_time wait; };
 *     static const struct field pool_fields[] = {
 *       KEY("max", INTEGER, pool_config, max, DEFAULT(10), RANGE(1, 1e6),
 *           .doc = "Connections that one process may hold open.", .source = "mysql2, node-postgres: 10"),
 *       KEY("wait", DURATION, pool_config, wait, DEFAULT("2s"), RANGE(0, FIELD_YEAR), .doc = "..."),
 *       {0}};
 *     const struct record pool_record = {.name = "pool", .size = sizeof(struct pool_config), .fields = pool_fields, .doc = "..."};
 */
#ifndef FIELD_H
#define FIELD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_kind {                 /* C type at the offset                 JSON form */
                  FIELD_FLAG,     /* bool                                 true, false */
                  FIELD_INTEGER,  /* int64_t                              151; with a .target struct split: 6, {"us": 3, "eu": 3} */
                  FIELD_NUMBER,   /* double                               2.5 */
                  FIELD_DURATION, /* int64_t nanoseconds (sim_time)       "250ms", "2h30m", "1y"; SIM_NEVER for "never" */
                  FIELD_BYTES,    /* int64_t bytes                        "512Mi", "8GB" */
                  FIELD_CPU,      /* int64_t millicores                   "500m", 4, 0.5; INT64_MAX for "unlimited" */
                  FIELD_RATE,     /* double per second                    "120/s", "40/min", "10000/day" */
                  FIELD_QUOTA,    /* struct quota                         "100/min", "10/15min" */
                  FIELD_RATIO,    /* double 0..1 (or more)                "99.95%", 0.5 */
                  FIELD_AMOUNT,   /* struct amount                        2, "25%" */
                  FIELD_BANDWIDTH,    /* int64_t bits per second              "20Mbit/s"; INT64_MAX for "unlimited" */
                  FIELD_MONEY,        /* struct money_value                   "40 USD/month", "0.10 USD/h", "0.09 USD/GB" */
                  FIELD_CLOCK,        /* int64_t nanoseconds since midnight   "20:00", "10:00:30" */
                  FIELD_CALENDAR,     /* struct calendar_rule                 "30d", "daily 03:00", "first Sunday 03:00" */
                  FIELD_LIMIT,        /* int64_t, INT64_MAX for "unlimited"   511, "unlimited" */
                  FIELD_TEXT,         /* const char *                         any string */
                  FIELD_SEED,         /* uint64_t                             42, "launch-day" (hashed) */
                  FIELD_WORD,         /* int32_t, index into .words           "round-robin" */
                  FIELD_WORDS,        /* uint32_t, bits by .words             "any", ["manager", "worker"] */
                  FIELD_MEMBER,       /* pointer to a descriptor of .family   "token-bucket"; at most one in a record */
                  FIELD_REFERENCE,    /* int32_t, index into the root's map named by .target; -1 when absent */
                  FIELD_REFERENCES,   /* struct references by .target         "a", ["a", "b"]; none when absent */
                  FIELD_DISTRIBUTION, /* struct distribution in ns            "12ms", {"exponential": "8s"} */
                  FIELD_WEIGHTS,      /* struct weights: name -> number       {"list": 70, "buy": 5}; names refer to .target */
                  FIELD_TABLE,        /* struct table with .columns           "load.csv", a file next to the one that names it */
                  FIELD_FILE,         /* struct text_file                     "access.log", a file next to the one that names it */
                  FIELD_RECORD,       /* the struct of .record, in place      {...}; all its defaults when absent */
                  FIELD_LIST,         /* struct config_list of .record        [ {...}, ... ] */
                  FIELD_MAP, /* struct config_list of .record, each beginning with const char *name     { "a": {...}, ... } */
                  FIELD_REFERENCE_MAP, /* as FIELD_MAP, but each entry begins with int32_t reference: its name refers to .target */
                  FIELD_CHOICE,        /* struct choice by .choices            {"day": {...}} or its shorthand */
                  FIELD_CHOICES,       /* struct config_list of struct choice  [ {"cpu": "2ms"}, ... ] */
                  FIELD_ADDED          /* none: the key of this name, which a component adds to the record, is listed here */
};

struct config_list {
  void *items;
  uint32_t count;
};

/* Money per something. `per` is the word after the slash: month, h, year, GB, or empty for a plain amount. */
struct money_value {
  double amount;
  double low, high; /* of a value with a range; else the amount */
  char currency[4];
  char per[12];
};

/* `count` in `per_ns`, exactly: a rate keeps the quotient only, and a limit that counts in windows of a minute needs both. */
struct quota {
  int64_t count;
  int64_t per_ns;
};

/* A number of things, or a share of all that there are. */
enum amount_form { AMOUNT_NONE, AMOUNT_NUMBER, AMOUNT_SHARE };

struct amount {
  double value; /* of a share 1 for all */
  int32_t form; /* enum amount_form */
};

/* When something happens again and again: every `period_ns` from a random moment on; or at a time of day, on each day of the week
 * in `weekdays`, or on one such day of a month, or on a day of a month, of every month or of one. */
enum { CALENDAR_LAST = 6 };

struct calendar_rule {
  int64_t period_ns; /* 0: by days */
  int64_t clock_ns;  /* since midnight */
  uint32_t weekdays; /* bit 0: Monday; 0: by `day` */
  uint32_t ordinal;  /* 0: each; 1 to 5: the first to fifth of its weekday in a month; CALENDAR_LAST */
  uint32_t day;      /* of the month, from 1 */
  uint32_t month;    /* 1 to 12; 0: each */
};

/* Names of a map, each once, as indices into it. */
struct references {
  uint32_t count;
  int32_t *reference;
  bool all; /* the field's word `automatic` was given: these are all that there are */
};

/* A whole number, or several by names of a map: `total` is their sum, in either case. */
struct split {
  int64_t total;
  uint32_t count; /* 0: it is not divided */
  int32_t *reference;
  int64_t *part;
};

struct weights {
  uint32_t count;
  int32_t *reference; /* index into the target map; without a target the number of the weight */
  const char **name;  /* as given */
  double *weight;     /* as given, not normalised */
};

/* A CSV file, read and checked while the scenario is: the models see arrays and never a file.
 *
 * The first line names the columns, in any order; each cell is a number in the unit that the column's name ends with, or a
 * name from a map of the scenario. Columns that begin with x- are ignored. The row limits are the field's low and high. */
enum column_order { ORDER_ANY, ORDER_NOT_FALLING, ORDER_RISING };

struct table_column {
  const char *name;        /* at_s, rate_per_s; an array of columns ends with a null name */
  const char *target;      /* cells are names in this map of the root; null: they are numbers */
  bool optional;           /* the file may lack the column */
  double low, high;        /* allowed range of numbers, inclusive; both 0: no range; high 0 above that: no upper bound */
  enum column_order order; /* of numbers, from row to row */
  const char *doc;
};

enum { TABLE_COLUMNS = 8, TABLE_ROWS_LIMIT = 10000000 };

struct table {
  const char *file; /* as the scenario names it; null when absent */
  uint32_t rows;
  const double *numbers[TABLE_COLUMNS]; /* by the index of the column in .columns; null: the file lacks it */
  const int32_t *names[TABLE_COLUMNS];  /* of columns with a target: index into the map, as FIELD_REFERENCE */
};

/* A file of any text, whose lines the component reads itself while it is linked: logs. */
struct text_file {
  const char *file; /* as the scenario names it; null when absent */
  const char *text; /* ends with a zero byte */
  size_t length;
};

/* One alternative of a choice: the key that selects it and the record of its value.
 *
 * A step such as {"call": "backend", "steps": [...]} is flat: the selecting key is itself a field of the record, and the
 * other keys stand next to it (`flat`). A profile such as {"day": {...}} is nested: the value of the key is the record. */
struct alternative {
  const char *key;
  bool flat;
  const struct record *record;
  const void *behaviour; /* the component's own descriptor: what compiles or samples it */
};

struct choice {
  const struct alternative *kind; /* null when absent */
  void *value;                    /* a struct as kind->record says, in the scenario's arena */
};

struct choice_set {
  const char *name; /* "step", "profile" */
  const char *doc;
  const struct alternative *const *kinds; /* ends with null */
  const char *shorthand_key;              /* a bare string or number means {shorthand_key: it}; null if not allowed */
  bool named;                             /* each may have a "name", unique in its list, which paths accept for its index */
};

/* Kinds of one thing that a word selects: {"kind": "token-bucket", "rate": "5/s"}.
 *
 * Each is a descriptor of its component, a struct that begins with a struct member, in a file of its own together with the keys
 * that it adds to the record: rows with offsets into the record's struct, which several members may share. A key of other
 * members is refused where it is given and has its default or stays zero in any case. The family lists its members, in the order
 * of their words; the bound struct holds a pointer to the descriptor.
 *
 *     const struct limit_kind limit_NAME = {.member = {.word = "token-bucket", .doc = "...", .keys = keys}, .admits = admits}; */
struct member {
  const char *word;
  const char *doc;          /* a sentence or two */
  const struct field *keys; /* ends with a null name; null: it adds none */
  const char *instead;      /* what messages add about a key of other members: "a closed one has users"; may be null */
  const char *const *also;  /* other words for it that scenarios may use, ends with null; null: none */
  const char *implied_by;   /* a key of its own that selects it where the word is that of the fallback, or absent; may be null */
};

struct family {
  const struct member *const *members; /* ends with null */
  /* Keys of other members may be given: they are checked, and mean nothing, so that one file can be tried with each. They are not
   * stored: rows of different members may lie over each other. */
  bool overlaid;
  bool last; /* the members' keys are read after all keys of the record, not behind the word: sources are listed in that order */
};

struct field {
  const char *name;
  enum field_kind kind;
  size_t offset;
  const char *fallback;             /* default as JSON text; null and not `optional`: the key is required */
  bool optional;                    /* may be absent without a default: the memory stays zero (references: -1, ratios: NAN) */
  double low, high;                 /* allowed range in base units, inclusive; both 0: no range */
  const char *const *words;         /* FIELD_WORD, FIELD_WORDS: ends with null */
  const struct family *family;      /* FIELD_MEMBER */
  const char *automatic;            /* FIELD_DURATION: this word stands for -1: the program finds the value; REFERENCES: for all */
  const char *target;               /* references and weights: "services", "endpoints", ... (a map in the root record) */
  const struct record *record;      /* records, lists, maps */
  bool lone;                        /* FIELD_LIST: a value that is not a list is a list of one */
  bool apart;                       /* FIELD_RECORD: not in place; there is a pointer to the struct, in the scenario's arena */
  const struct choice_set *choices; /* choices */
  const char *doc;                  /* one sentence */
  const char *source;               /* of the default; null when it needs none */
  bool assumed;                     /* of the default: it is not measured, and answers that rest on it say so */
  const char *elsewhere;            /* of a member's key, where the chosen one has no such key: why; null: whose it is */
  const char *missing;              /* what a message adds where a required key is missing: another way to give it; may be null */
  bool one_of;                      /* of the optional fields of a record with this mark exactly one is given */
  bool open_range_low;              /* low itself is not allowed ("more than 0") */
  /* Tables: at most TABLE_COLUMNS. */
  const struct table_column *columns;
};

/* One row of a table: the key, what it takes (a field_kind without FIELD_), the struct and the member that hold it, then the
 * default, the range and the other members of struct field by name. Neither DEFAULT nor OPTIONAL: the key is required, but for a
 * record, which then has its own defaults. The value of an ONLY_KEY is the whole struct, such as one that a component adds to a
 * record. */
#define KEY(key, takes, structure, member, ...)                                                                                    \
  { .name = key, .kind = FIELD_##takes, .offset = offsetof(struct structure, member), __VA_ARGS__ }
#define ONLY_KEY(key, takes, ...)                                                                                                  \
  { .name = key, .kind = FIELD_##takes, .offset = 0, __VA_ARGS__ }
#define DEFAULT(json)      .fallback = #json /* as a scenario would say it: 10, true, "2s" */
#define OPTIONAL           .optional = true
#define RANGE(low_, high_) .low = low_, .high = high_

/* Upper ends of ranges: nanoseconds of a year; any finite time or number; no end: "never" and "unlimited" may be given too. */
#define FIELD_YEAR      3.1536e16
#define FIELD_LONGEST   9e18
#define FIELD_UNLIMITED 9.3e18

struct record;

/* Keys that other components add to a record. They stand next to the record's, and go into structs of their own, one a component:
 * by number, void *[] at the offset. Such a struct is there (with its defaults) in every record of the kind. The keys are listed
 * after the record's own, but for those that a row ADDED_KEY of the record places. */
#define ADDED_KEY(key)                                                                                                             \
  { .name = key, .kind = FIELD_ADDED, .optional = true }

struct additions {
  const struct record *const *const *records; /* by number; each points to a record, or to null: it adds none; ends with null */
  size_t offset;
};

struct record {
  const char *name;
  size_t size;
  const struct field *fields; /* ends with a null name */
  const char *doc;
  const char *shorthand; /* a value that is not an object sets this field: {"think": "7s"}; null if not allowed */
  const struct additions *added;
};

#endif
