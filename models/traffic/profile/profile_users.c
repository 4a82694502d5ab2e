#include "models/traffic/profile/profile_users.h"
#include "models/traffic/profile/profile_kinds.h"

static double users_rate(const void *self, sim_time t) {
  const struct users_profile *u = self;
  return u->mean * profile_rate(&u->shape, t);
}
static double users_bound(const void *self, sim_time from, sim_time to) {
  const struct users_profile *u = self;
  return u->mean * profile_bound(&u->shape, from, to);
}
static double users_floor(const void *self, sim_time from, sim_time to) {
  const struct users_profile *u = self;
  return u->mean * profile_floor(&u->shape, from, to);
}
static double users_expected(const void *self, sim_time from, sim_time to) {
  const struct users_profile *u = self;
  return u->mean * profile_expected(&u->shape, from, to);
}

static const char *what_is_wrong(const struct users_profile *u) {
  int given = (u->registered > 0) + (u->daily > 0) + (u->concurrent > 0);
  if (given != 1) return "needs one of \"registered\", \"daily\" and \"concurrent\"";
  if (u->registered > 0 && !(u->active > 0)) return "\"registered\" needs \"active\": the share of them that comes on a day";
  if (u->active > 0 && !(u->registered > 0)) return "\"active\" is a share of \"registered\", which is not given";
  return u->concurrent > 0 && !u->session ? "\"concurrent\" needs \"session\": how long a session lasts" : NULL;
}

static const char *users_prepare(void *self, struct arena *arena, sim_time start_of_day) {
  struct users_profile *u = self;
  const char *wrong = what_is_wrong(u);
  if (!wrong) wrong = profile_prepare(&u->shape, arena, start_of_day);
  if (wrong) return wrong;
  u->peak_factor = profile_bound(&u->shape, 0, 7 * SIM_DAY);
  double sessions_per_s = u->concurrent > 0 ? u->concurrent / profile_seconds(0, u->session) / u->peak_factor : 0;
  if (u->registered > 0) u->daily = u->registered * u->active;
  if (u->concurrent > 0) u->daily = sessions_per_s * 86400 / u->sessions;
  u->mean = u->daily * u->sessions * (u->requests > 0 ? u->requests : 1) / 86400;
  return NULL;
}

const struct users_profile *profile_users_of(const struct choice *p) {
  return p->kind == &profile_users ? (const struct users_profile *)p->value : NULL;
}

static const struct field users_fields[] = {
    KEY("registered", NUMBER, users_profile, registered, OPTIONAL, RANGE(1, 1e10), .doc = "Users on the books; needs `active`."),
    KEY("active", RATIO, users_profile, active, OPTIONAL, RANGE(0, 1), .doc = "Share of the registered users that comes on a day."),
    KEY("daily", NUMBER, users_profile, daily, OPTIONAL, RANGE(1, 1e10), .doc = "Instead: users on a day."),
    KEY("concurrent", NUMBER, users_profile, concurrent, OPTIONAL, RANGE(1, 1e9),
        .doc = "Instead: users inside at the peak; needs `session`."),
    KEY("sessions", NUMBER, users_profile, sessions, DEFAULT(1), RANGE(0.001, 1000),
        .doc = "Sessions on a day of a user who comes."),
    KEY("requests", NUMBER, users_profile, requests, OPTIONAL, RANGE(0.001, 100000),
        .doc = "Requests in a session; absent: the rate counts sessions."),
    KEY("session", DURATION, users_profile, session, OPTIONAL, RANGE(1, 8.64e13),
        .doc = "How long a session lasts: for the users inside at the peak, by Little's law."),
    KEY("shape", CHOICE, users_profile, shape, DEFAULT("day"), .choices = &shape_choices,
        .doc = "How the hours differ from the mean."),
    {0}};
static const struct record users_record = {.name = "users profile",
                                           .size = sizeof(struct users_profile),
                                           .fields = users_fields,
                                           .doc = "The load of a number of users a day, from business figures."};
static const struct profile_kind users_kind = {users_rate, users_bound, users_floor, users_expected, users_prepare, NULL};
const struct alternative profile_users = {"users", false, &users_record, &users_kind};
