#include "models/core/model.h"

static const struct field probe_fields[] = {
    KEY("at", DURATION, probe_config, at, RANGE(0, FIELD_UNLIMITED), .doc = "Time since the start of the run."), {0}};
static const struct record probe_record = {.name = "probe",
                                           .size = sizeof(struct probe_config),
                                           .fields = probe_fields,
                                           .doc = "An instant at which the number of waiting clients is read.",
                                           .shorthand = "at"};
static const struct field phase_fields[] = {
    KEY("from", DURATION, phase_config, from, RANGE(0, FIELD_LONGEST),
        .doc = "Time since the start of the measured window, like the ranges in claims."),
    KEY("to", DURATION, phase_config, to, RANGE(0, FIELD_LONGEST), .doc = "The first instant after it."),
    {0}};
static const struct record phase_record = {
    .name = "phase", .size = sizeof(struct phase_config), .fields = phase_fields, .doc = "A named part of the measured window."};
static const char *const method_words[] = {"auto", "replications", "batches", NULL};
static const char *const weekday_words[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", NULL};
static const struct field run_fields[] = {
    KEY("window", DURATION, run_config, window, DEFAULT("30m"), RANGE(1, FIELD_LONGEST),
        .doc = "Simulated time that is measured, in each replication."),
    KEY("warmup", DURATION, run_config, warmup, DEFAULT("auto"), RANGE(0, FIELD_LONGEST), .automatic = "auto",
        .doc = "Simulated time before it, not measured. auto: found by MSER-5 where all rates are constant; one whole day where "
               "they repeat daily; none where the run has a course of its own, such as a sale."),
    KEY("start", CLOCK, run_config, start, DEFAULT("00:00"), .doc = "Time of day at which the run begins."),
    KEY("weekday", WORD, run_config, weekday, DEFAULT("monday"), .words = weekday_words,
        .doc = "Day of the week on which the run begins, for faults and people. It is the 1st of January."),
    KEY("replications", INTEGER, run_config, replications, DEFAULT(10), RANGE(1, 1000000),
        .doc = "Independent repetitions, at least; intervals come from their spread."),
    KEY("budget", INTEGER, run_config, budget, DEFAULT(0), RANGE(0, 1000000),
        .doc = "Most replications that may be run to decide claims; 0: ten times `replications`."),
    KEY("precision", RATIO, run_config, precision, DEFAULT(0), RANGE(0, 0.5),
        .doc = "Relative half-width wanted of every claim that is not decided, or of the latencies where nothing is claimed; 0: as "
               "the replications give it."),
    KEY("method", WORD, run_config, method, DEFAULT("auto"), .words = method_words,
        .doc = "Where intervals come from: independent replications, or batches of one long run (of stationary traffic). auto: "
               "batches where the warm-up is longer than the window.",
        .source = "Law (2015), Simulation Modeling and Analysis, 9.5"),
    KEY("windows", INTEGER, run_config, windows, DEFAULT(60), RANGE(1, 10000),
        .doc = "Equal parts of the window, for the timeline and for claims over a part of it."),
    KEY("settles", FLAG, run_config, settles, DEFAULT(true),
        .doc = "Whether the scenario has the implicit requirement `settles`: no queue of requests, jobs or sessions grows without "
               "end."),
    KEY("phases", MAP, run_config, phases, OPTIONAL, .record = &phase_record,
        .doc = "Parts of the window by name, for claims such as p99(buy.latency) over \"sale\" < 1s."),
    KEY("probes", LIST, run_config, probes, OPTIONAL, .record = &probe_record,
        .doc = "Instants at which the number of waiting clients is read."),
    KEY("years", INTEGER, run_config, years, DEFAULT(0), RANGE(0, 100000000),
        .doc = "Length of the availability run, which plays the faults without requests; 0: none."),
    KEY("years_per_replication", INTEGER, run_config, years_per_replication, DEFAULT(50), RANGE(1, 250),
        .doc = "The availability run is cut into independent pieces of this many years."),
    KEY("seed", SEED, run_config, seed, DEFAULT(1),
        .doc = "The customers and faults of this run: the same seed gives the same bytes."),
    {0}};
const struct record run_record = {.name = "run",
                                  .size = sizeof(struct run_config),
                                  .fields = run_fields,
                                  .doc = "How long to simulate, and with which random numbers."};
