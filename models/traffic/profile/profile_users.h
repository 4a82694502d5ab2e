/* From business figures to load: what a planner knows of its users, as requests (or sessions) per second.
 *
 *     users a day = registered x active            (or given; or from users inside at the peak, see below)
 *     mean rate   = users a day x sessions x requests / 86 400 s
 *     peak rate   = mean rate x the highest value of the shape
 *     inside      = peak rate of sessions x session length          Little 1961
 *
 * Given `concurrent`, the users inside at the peak, the chain is read from its end: sessions/s at the peak = concurrent / session.
 * Without `requests` the rate counts sessions: for a source of sessions. */
#ifndef PROFILE_USERS_H
#define PROFILE_USERS_H
#include "models/traffic/profile/profile.h"

struct users_profile {
  double registered, active, daily, concurrent; /* 0: not given; daily follows */
  double sessions, requests;                    /* requests 0: the rate counts sessions */
  sim_time session;                             /* 0: not given */
  struct choice shape;
  /* Worked out. */
  double mean;        /* per second */
  double peak_factor; /* the highest value of the shape */
};

/* The figures behind a profile of this kind; null for others. */
const struct users_profile *profile_users_of(const struct choice *);

#endif
