/* Kinds of measures: what can be asked of a run.
 *
 * A kind is a row: the word that claims have for it, what it can be asked of, in which unit it is and over which parts of a run it
 * can be taken. The reader of claims knows nothing but the rows: words, combinations that are allowed, complaints about others, and
 * how a limit is written all follow from them. How the value is found, how its interval is made and what it is good for stand in
 * the same row, in the part that only sim/measure sees (sim/measure/measure_row.h); the rows are in sim/measure/measure_rows.c,
 * whose order is that of the words in messages. A further measure is one row there.
 *
 * Several rows may share a word: "mean" is of latencies, of levels, of attributed times. The first of them has the complaint about
 * what none of them can be asked of. */
#ifndef MEASURE_KIND_H
#define MEASURE_KIND_H
#include "sim/scenario/claim_kind.h"
#include <stdbool.h>
#include <stdint.h>

struct measure;
struct model;

enum subject { SUBJECT_ALL, SUBJECT_ENDPOINT, SUBJECT_SERVICE, SUBJECT_NODES, SUBJECT_FAULT, SUBJECT_METER };

/* What of the subject; NONE: the subject itself. */
enum quantity {
  QUANTITY_NONE,
  QUANTITY_LATENCY,
  QUANTITY_WAIT,
  QUANTITY_TIME, /* attributed to one kind of time */
  QUANTITY_REPLICAS,
  QUANTITY_INSIDE,
  QUANTITY_CPU,
  QUANTITY_THREADS,
  QUANTITY_PRIMARY,
  QUANTITY_POOL,
  QUANTITY_METER_COUNT, /* of a meter, by its kind */
  QUANTITY_METER_LEVEL,
  QUANTITY_METER_TIME
};

/* What stands in the parentheses. */
enum measure_argument {
  ARGUMENT_METRIC, /* "all", "web.latency", "tickets.left" */
  ARGUMENT_MONTH,
  ARGUMENT_YEAR, /* or month, all, or an endpoint; labels may follow: {endpoint=...}, {fault=...}, {planned=...} */
  ARGUMENT_WHOM, /* all, or an endpoint */
  ARGUMENT_FAULT,
  ARGUMENT_PROBE, /* an instant of run.probes */
  ARGUMENT_NONE   /* it has no text: the implicit requirement that the system settles */
};

#define ASKED_OF(subject) (1u << (subject))

struct measure_kind {
  const char *word; /* "p" stands before a percentage */
  enum measure_argument argument;
  enum quantity quantity;
  uint32_t subjects;                                  /* a bit for each: ASKED_OF */
  uint32_t windows;                                   /* those of them for which it can be taken over a part of the run */
  uint32_t regions;                                   /* those of them of which it takes {region=...} */
  bool (*fits)(const struct model *, uint32_t index); /* null: any of the subjects */
  const char *wrong;         /* in the first row of a word: the complaint about what none can be asked of */
  const char *wrong_subject; /* where the quantity is one of this row and the subject is not; null: as above */
  enum unit unit;
  bool percentage;                                         /* a number belongs to the word */
  bool causes;                                             /* takes {cause=...} */
  bool threshold;                                          /* takes "< 20s" behind the metric */
  bool shares;                                             /* a claim may say "for 95%" */
  bool by_cause;                                           /* takes {fault=...} and {planned=...} */
  bool over_faults;                                        /* needs the years of faults */
  void (*request)(const struct measure *, struct model *); /* has the model record what it needs; null: nothing */
};

/* Row i in the order of the table, null behind the last. Defined where the rows are. */
const struct measure_kind *measure_kind_at(uint32_t i);
/* The first row of a word; null when there is none. */
const struct measure_kind *measure_kind_of_word(const char *word);
/* The row that gives this of that; null when there is none. */
const struct measure_kind *measure_kind_of(const char *word, enum quantity, enum subject);
/* The row of the implicit requirement. */
const struct measure_kind *measure_kind_settles(void);

#endif
