#include "models/service/autoscale.h"
#include "sim/engine/sim_time.h"

static const struct field failure_fields[] = {
    KEY("at", DURATION, metric_failure, at, RANGE(0, FIELD_LONGEST),
        .doc = "Time since the start of the run, warm-up included, like the steps of a rate."),
    KEY("for", DURATION, metric_failure, lasts, RANGE(1, FIELD_LONGEST), .doc = "How long it has no value."),
    {0}};
static const struct record failure_record = {.name = "failure of a metric",
                                             .size = sizeof(struct metric_failure),
                                             .fields = failure_fields,
                                             .doc = "A time in which the controller cannot read a metric."};

static const struct field metric_fields[] = {
    KEY("cpu", RATIO, metric_config, cpu, OPTIONAL, RANGE(0.01, 10), .one_of = true,
        .doc = "Resource, Utilization: CPU used by all its pods, as a share of their CPU requests."),
    KEY("memory", RATIO, metric_config, memory, OPTIONAL, RANGE(0.01, 10), .one_of = true,
        .doc = "Resource, Utilization: memory resident in all its pods, as a share of their memory requests."),
    KEY("cpu_average", CPU, metric_config, cpu_average, OPTIONAL, RANGE(1, 1e9), .one_of = true,
        .doc = "Resource, AverageValue: CPU used by each pod, in the mean."),
    KEY("memory_average", BYTES, metric_config, memory_average, OPTIONAL, RANGE(1, 1e15), .one_of = true,
        .doc = "Resource, AverageValue: memory resident in each pod, in the mean."),
    KEY("pods", REFERENCE, metric_config, pods, OPTIONAL, .target = "metrics", .one_of = true,
        .doc = "Pods: a metric of each of its own pods; \"average\" is its target."),
    KEY("object", REFERENCE, metric_config, object, OPTIONAL, .target = "metrics", .one_of = true,
        .doc = "Object: a metric of something else in the cluster; \"value\" or \"average\" is its target."),
    KEY("external", REFERENCE, metric_config, external, OPTIONAL, .target = "metrics", .one_of = true,
        .doc = "External: a metric from outside of the cluster; \"value\" or \"average\" is its target."),
    KEY("value", NUMBER, metric_config, value, OPTIONAL, RANGE(0.001, 1e9),
        .doc = "Target of the whole metric: the number of ready pods is multiplied by metric / value."),
    KEY("average", NUMBER, metric_config, average, OPTIONAL, RANGE(0.001, 1e9),
        .doc = "Target of the metric for each pod: there should be metric / average pods."),
    KEY("failures", LIST, metric_config, failures, OPTIONAL, .record = &failure_record, .lone = true,
        .doc = "When it cannot be read: then the service is not scaled down, and only up by other metrics."),
    {0}};
static const struct record metric_record = {.name = "metric",
                                            .size = sizeof(struct metric_config),
                                            .fields = metric_fields,
                                            .doc = "What the autoscaler looks at, and the target that it is brought to."};

static const struct field policy_fields[] = {
    KEY("pods", INTEGER, scale_policy, pods, OPTIONAL, RANGE(1, 100000), .one_of = true, .doc = "At most this many pods."),
    KEY("percent", INTEGER, scale_policy, percent, OPTIONAL, RANGE(1, 100000), .one_of = true,
        .doc = "At most this many percent of the pods at the beginning of the period: rounded up when pods are added, down to what "
               "is left when they are removed."),
    KEY("period", DURATION, scale_policy, period, DEFAULT("15s"), RANGE(1e9, 1.8e12), .doc = "In any period of this length.",
        .source = "Kubernetes API: 1800 s at most"),
    {0}};
static const struct record policy_record = {.name = "scaling policy",
                                            .size = sizeof(struct scale_policy),
                                            .fields = policy_fields,
                                            .doc = "How much the number of pods may change in a period."};

static const char *const select_words[] = {"max", "min", "disabled", NULL};
static const struct field rules_fields[] = {
    KEY("window", DURATION, scale_rules, window, DEFAULT("automatic"), RANGE(0, 3.6e12), .automatic = "automatic",
        .doc = "Stabilisation: up, the lowest recommendation of this time counts; down, the highest. Automatic: 0 s up, "
               "kubernetes.downscale_window down.",
        .source = "Kubernetes API: 3600 s at most"),
    KEY("select", WORD, scale_rules, select, DEFAULT("max"), .words = select_words,
        .doc = "Which policy counts: max: the largest change; min: the smallest; disabled: no change in this direction."),
    KEY("policies", LIST, scale_rules, policies, OPTIONAL, .record = &policy_record, .lone = true,
        .doc = "Absent: up, 4 pods or 100 percent in 15 s; down, 100 percent in 15 s.",
        .source = "Kubernetes autoscaling/v2 defaults"),
    KEY("tolerance", RATIO, scale_rules, tolerance, OPTIONAL, RANGE(0, 10),
        .doc = "No change in this direction while metric / target is within this of 1; absent: "
               "kubernetes.autoscaler_tolerance.",
        .source = "Kubernetes HPAConfigurableTolerance"),
    {0}};
static const struct record rules_record = {
    .name = "scaling rules", .size = sizeof(struct scale_rules), .fields = rules_fields, .doc = "One direction of spec.behavior."};

static const struct field behavior_fields[] = {
    KEY("present", FLAG, scale_behavior, given, DEFAULT(true),
        .doc = "Whether spec.behavior is present; {} and true mean that its defaults apply."),
    KEY("scale_up", RECORD, scale_behavior, up, .record = &rules_record, .doc = "When pods are added."),
    KEY("scale_down", RECORD, scale_behavior, down, .record = &rules_record, .doc = "When pods are removed."),
    {0}};
static const struct record behavior_record = {.name = "scaling behavior",
                                              .size = sizeof(struct scale_behavior),
                                              .fields = behavior_fields,
                                              .shorthand = "present",
                                              .doc = "spec.behavior of a HorizontalPodAutoscaler."};

static const struct field schedule_fields[] = {
    KEY("at", CLOCK, scale_schedule, at, DEFAULT("00:00"), .doc = "Time of day at which it begins, by the wall clock (run.start)."),
    KEY("for", DURATION, scale_schedule, lasts, RANGE(1e9, FIELD_YEAR), .doc = "How long it holds."),
    KEY("every", DURATION, scale_schedule, every, DEFAULT("1d"), RANGE(1e9, FIELD_YEAR),
        .doc = "From one beginning to the next; the first is on the first day of the run."),
    KEY("min", INTEGER, scale_schedule, min, RANGE(1, 5000), .doc = "Fewest replicas meanwhile; \"max\" still holds."),
    {0}};
static const struct record schedule_record = {.name = "scheduled size",
                                              .size = sizeof(struct scale_schedule),
                                              .fields = schedule_fields,
                                              .doc = "A larger minimum at given times: capacity that is there before the load."};

static const struct field fields[] = {
    KEY("min", INTEGER, autoscale_config, min, DEFAULT(1), RANGE(1, 5000), .doc = "Fewest replicas."),
    KEY("max", INTEGER, autoscale_config, max, DEFAULT(0), RANGE(0, 5000), .doc = "Most replicas; 0: no autoscaler."),
    KEY("cpu", RATIO, autoscale_config, cpu, OPTIONAL, RANGE(0.01, 10),
        .doc = "Target of the mean CPU use, as a share of the CPU request; 80% where nothing else is named to scale on.",
        .source = "Kubernetes HPA default"),
    KEY("metrics", LIST, autoscale_config, metrics, OPTIONAL, .record = &metric_record,
        .doc = "What it looks at: the metric that asks for the most replicas decides. \"cpu\" and \"queue\" next to it count too."),
    KEY("behavior", RECORD, autoscale_config, behavior, OPTIONAL, .record = &behavior_record,
        .doc = "How fast the size may change; absent: at most to max(2 n, 4) in one step, and down after "
               "kubernetes.downscale_window."),
    KEY("schedule", LIST, autoscale_config, schedule, OPTIONAL, .record = &schedule_record, .lone = true,
        .doc = "Larger minima at given times, as a cron job sets them: capacity that is there before the load."),
    KEY("queue", REFERENCE, autoscale_config, queue, OPTIONAL, .target = "queues",
        .doc = "Scales on the jobs that wait in this queue: an External metric with an AverageValue, as KEDA feeds it."),
    KEY("jobs", NUMBER, autoscale_config, jobs, DEFAULT(5), RANGE(0.001, 1e9),
        .doc = "Target of the waiting jobs for each replica.", .source = "KEDA, Redis lists scaler: listLength 5"),
    {0}};
const struct record autoscale_record = {.name = "autoscale",
                                        .size = sizeof(struct autoscale_config),
                                        .fields = fields,
                                        .doc = "Kubernetes' Horizontal Pod Autoscaler."};
