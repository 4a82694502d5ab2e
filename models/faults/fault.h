/* Faults: what breaks, how often, and how long until it is repaired.
 *
 * A fault has targets (machines of a group, replicas of a service; a place is one), each with a life of its own: from a repair,
 * or from a strike that needs none, to the next strike there passes a time that follows a law (law.h). With `count` or `share`
 * there is one life for all of them, and each strike draws which targets it takes (drawn.c). A drill strikes the first target
 * once, or draws too. What a strike does is the kind's: a member of the family in faults.h. A repair may need a person
 * (models/people) and a crew (crew.h); its course is in repair_course.c. */
#ifndef FAULT_H
#define FAULT_H
#include "models/core/parts.h"
#include "models/core/model.h"
#include "models/availability/phase.h"
#include "models/faults/migration.h"
#include "models/machine/node.h"
#include "sim/describe/field.h"
#include "sim/engine/calendar.h"
#include "sim/engine/distribution.h"

struct arena;
struct fault_kind;
struct fault_pool;
struct strike_law;
struct linker;
struct model;
struct world;

/* What a database loses: the process that takes the writes, or its machine. Where the backups of a building's databases are. */
enum fault_loss { LOSES_PROCESS, LOSES_MACHINE };
enum fault_backups { BACKUPS_HERE, BACKUPS_ELSEWHERE };

/* Of a link that is cut. */
struct link_end {
  int32_t region;
};

/* At which hours of the day it strikes more often. */
struct by_hour_config {
  struct config_list rates; /* of double: 24, or none: */
  sim_time from, to;        /* since midnight: between them */
  double times;             /* as often as in the other hours */
  const double *scaled;     /* linked: 24 of mean 1 */
};

/* For a while after a repair the hazard is higher. */
struct again_config {
  double times;
  sim_time during;
};

struct release_config;

struct fault_config {
  const char *name;
  const struct fault_kind *kind;
  const struct release_config *release; /* that it stands for (models/release); null: none */
  /* What it strikes: keys of its kind. */
  struct references nodes;    /* node groups, of machines that are lost */
  int32_t service;            /* of processes that die */
  struct references services; /* several; linked: `service` is in here too, and "all" has only those with processes */
  int32_t region;             /* that is lost, or whose zone or control plane is */
  const char *zone;
  struct config_list between; /* struct link_end: of a link that is cut */
  int32_t disk;               /* enum disk_fate, of machines that are lost */
  int32_t loses;              /* enum fault_loss: of a database */
  int32_t backups;            /* enum fault_backups: where they are, when a building is lost */
  bool restarts;              /* of a cache that loses its content: with its process */
  sim_time ttl;               /* for which clients keep addresses, when names are not resolved; 0: not given */
  double times;               /* a way takes this many times as long, */
  sim_time delay;             /* and this much longer */
  double errors, slower;      /* of what ails (ailing.h): share of calls that fail, NAN: not given; factor of computations */
  bool drains;                /* machines one after the other, each drained first (rolling_drain.h) */
  uint32_t took_meter, machines_meter, stuck_meter; /* of a rolling drain */
  struct migration_config migration;
  /* When. */
  sim_time mtbf;                  /* mean up time of one target, exponential; SIM_NEVER: not so */
  struct distribution uptime;     /* instead of the exponential */
  struct by_hour_config *by_hour; /* shapes the exponential; null: it does not depend on the hour */
  struct again_config *again;     /* null: it does not depend on the last repair */
  struct calendar_rule every;     /* instead of both: at certain times */
  double probability;             /* of each event of the calendar */
  struct config_list at;          /* sim_time: drills; the first target breaks then */
  bool planned;                   /* maintenance: its outages count apart */
  /* How many at once: then the fault is one process, and mtbf that of the event. */
  int64_t count; /* 0: each target has a life of its own, unless there is a share */
  double share;  /* of all targets; NAN: not so */
  /* For how long. */
  struct distribution detect; /* until a repair is asked for; no kind: at once */
  struct distribution repair; /* of what does not come back on its own; no kind: a person does all of it */
  int32_t by;                 /* enum fault_by */
  int32_t crew;               /* -1: a repair waits for nothing */
  /* Linked. */
  bool mtbf_assumed, repair_assumed; /* typical of the kind, where the scenario does not say it */
  const struct strike_law *law;      /* null: drills only */
};

extern const struct record fault_record, fault_time_record;

/* What is lost: machines of node groups with all that is on them, or processes of services. Or the machines of `zones` zones from
 * `first_zone` on, of every group. */
struct fault_reach {
  struct references groups, services;
  uint32_t first_zone, zones;
};

/* What a kind is about that uptime leaves out where no fault is of such a kind. */
enum fault_covers { COVERS_RELEASES = 1, COVERS_MAINTENANCE = 2, COVERS_MISTAKES = 4, COVERS_EXTERNAL = 8 };

/* What published figures say of a kind; 0: nothing. The repair is lognormal. */
struct fault_typical {
  double mtbf_days;           /* of one target */
  double median_min, p95_min; /* of a repair */
  const char *mtbf_source, *repair_source;
};

struct fault_kind {
  struct member member;
  const char *root; /* the key of the scenario under which faults of the kind stand; null: "faults" */
  bool goes_on;     /* a strike is the beginning of something that goes on by itself */
  struct fault_typical typical;
  uint32_t covers; /* bits of enum fault_covers */
  void (*marks)(struct linker *,
                const struct fault_config *); /* before programs are compiled: services that may ail; may be null */
  void (*link)(struct linker *, const struct fault_config *, const char *path); /* reports what is missing or makes no sense */
  struct fault_reach (*reach)(const struct model *, const struct fault_config *);
  /* How many targets there are, and how long an outage would last in the mean. */
  double (*count)(const struct model *, const struct fault_config *);
  double (*outage_s)(const struct model *, const struct fault_config *);
  /* The target after this one (NONE: the first); NONE when there is none. */
  uint32_t (*target_after)(const struct world *, const struct fault_config *, uint32_t target);
  /* Its number among its like: that of its draws. */
  uint32_t (*number)(const struct world *, const struct fault_config *, uint32_t target);
  bool (*stands)(const struct world *, uint32_t target); /* a strike would break something; null: always */
  /* Where targets are containers: there is one now. A strike where there is none does nothing. Null: always. */
  bool (*exists)(const struct world *, uint32_t target);
  void (*strike)(struct world *, const struct fault_config *, uint32_t target);
  void (*repair)(struct world *, uint32_t target); /* after the time `repair`; null: there is nothing to repair */
  /* Of what goes on by itself: where it is now. Null: it has no phases of its own. */
  enum outage_phase (*waits_for)(const struct world *, uint32_t fault);
};

/* Where a broken target is on its way back. UNNOTICED: no repair has been asked for. AWAITS_CREW: all crews are at work elsewhere.
 * Then a person acknowledges, diagnoses and acts, where the fault is repaired by one. REPAIRING: what needs no person, such as a
 * machine that is replaced. */
enum fault_phase {
  FAULT_STANDS,
  FAULT_UNNOTICED,
  FAULT_AWAITS_CREW,
  FAULT_UNACKNOWLEDGED,
  FAULT_DIAGNOSING,
  FAULT_ACTING,
  FAULT_REPAIRING
};

/* When a broken target was noticed and so on, as far as it is known: times that lie ahead are those that were drawn. */
struct repair_course {
  sim_time struck, noticed, begun, acknowledged, diagnosed, acted, ends;
};

/* One fault on one target; or one that draws its targets (models/faults/drawn.c). */
struct fault_process {
  struct world *world;
  const struct fault_config *config;
  uint32_t fault, target;             /* target: node, container, or a number of its kind's own */
  bool broken, lives;                 /* lives: it strikes again and again on its own */
  struct fault_pool *pool;            /* it draws its targets from these; null: it has one */
  struct fault_process *next_waiting; /* for the crew */
  struct fault_process *next_asleep;  /* of the same container */
  sim_time struck_last;               /* while asleep: when it last struck, without effect */
  sim_time phase;                     /* of a calendar with a period */
  struct repair_course course;        /* while broken */
  uint32_t remembers;                 /* of the kind's own: of the strike, until the repair */
  struct stream draws;
  slot_id slot;
};

struct bias;
struct faults {
  struct bias *bias; /* null: lives are as stated (biasing.h) */
  struct fault_process **processes;
  uint32_t count, room;
  uint32_t *zone_losses;              /* by zone: how many faults of places it is lost to; null: there are no places */
  void **kept;                        /* by fault: what its kind keeps of it; null: nothing yet */
  struct fault_pool **pools;          /* by fault; null: its targets have lives of their own */
  struct fault_process *struck;       /* the last one; null: none yet */
  const struct fault_process *mended; /* during a call of its kind's `repair` */
  struct fault_process **asleep;      /* by container: until it serves; null: none ever were */
};

void faults_link(struct linker *);

/* Its timing, whatever the scenario says: it strikes once, at this instant of the run, which outlives it; null: not at all. */
void fault_only_at(struct fault_config *, sim_time *at);

/* A strike may take machines of the group; some process of the service, and nothing else of the machine. */
bool fault_takes_nodes(const struct model *, const struct fault_config *, uint32_t group);
bool fault_takes_service(const struct model *, const struct fault_config *, uint32_t service);
/* Strikes of all faults in a year, by their laws. */
double fault_strikes_a_year(const struct model *);
/* It happens again and again, not only in drills. */
bool fault_repeats(const struct fault_config *);

/* What the process is doing at this moment. */
enum fault_phase fault_phase(const struct fault_process *);

/* For kinds whose strike is repaired: their `outage_s`. For those with one target: their `count` and `number`. */
double fault_until_repair(const struct model *, const struct fault_config *);
/* The squared coefficient of variation of that time; 0 where nothing is repaired. */
double fault_repair_scv(const struct model *, const struct fault_config *);
double fault_of_one(const struct model *, const struct fault_config *);
uint32_t fault_of_one_number(const struct world *, const struct fault_config *, uint32_t target);

/* A name of what is assumed of the n-th fault, "mtbf" or "repair", with its value in words and its source; null: nothing is. */
const char *fault_assumed(const struct model *, uint32_t n, bool repair, const char **source, struct arena *);

/* For the kinds that take places: every machine of these zones is lost, one that joins meanwhile too, and is back. */
void zones_lost(struct world *, uint32_t first, uint32_t count, enum disk_fate);
void zones_back(struct world *, uint32_t first, uint32_t count);
/* Some machine of them is in the cluster. */
bool zones_stand(const struct world *, uint32_t first, uint32_t count);
/* The fault's zone by its number over all regions; -1: there is none, or several and no "region" to tell them apart. */
int32_t zone_of_fault(const struct model *, const struct fault_config *);
/* Zones of machines of any group. */
bool zones_have_nodes(const struct model *, uint32_t first, uint32_t count);

static inline struct faults *world_faults(const struct world *w) { return world_part(w, PART_faults); }

extern const struct record faults_root_record;
static inline struct config_list *model_faults(const struct model *m) { return model_part(m, PART_faults); }
static inline const struct fault_config *model_fault_at(const struct model *m, uint32_t i) {
  return (const struct fault_config *)model_faults(m)->items + i;
}

#endif
