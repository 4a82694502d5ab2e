/* Rows of an orchestrator's delays, and the key of the platform under which an orchestrator's settings stand. */
#ifndef DELAYS_H
#define DELAYS_H
#include "models/platform/platform.h"

#define TIMED(structure, member, json, low_, high_, text, from)                                                                    \
  KEY(#member, DURATION, structure, member, DEFAULT(json), RANGE(low_, high_), .doc = text, .source = from)
#define DURATION(structure, member, json, text, from) TIMED(structure, member, json, 0, FIELD_YEAR, text, from)
#define PERIOD(structure, member, json, text, from)   TIMED(structure, member, json, 1e9, FIELD_YEAR, text, from)

#define SETTINGS(key, of, text) KEY(key, RECORD, platform_config, settings, .record = of, .apart = true, .doc = text)

#endif
