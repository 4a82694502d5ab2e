/* The autoscaler at work: scrapes CPU use, and every sync lets the HPA controller decide the number of replicas. */
#ifndef AUTOSCALER_H
#define AUTOSCALER_H
#include "models/core/parts.h"
#include "models/platform/hpa.h"
#include "sim/engine/calendar.h"

struct world;

struct autoscaler {
  struct world *world;
  uint32_t service;
  slot_id scrape, sync;
  struct hpa hpa;
  struct hpa_pod *pods; /* of one sync; room for the service's capacity */
  uint64_t changes;     /* how often the size was changed */
};

/* Sets up the autoscalers of all services that have one; `resize` brings a service to its desired size. */
void autoscalers_start(struct world *);
/* kubernetes.c: creates or drains pods until the service has `desired` of them. */
void kubernetes_resize(struct world *, uint32_t service);

struct autoscalers {
  struct autoscaler *each;
  uint32_t count;
};
static inline struct autoscalers *world_autoscalers(const struct world *w) { return world_part(w, PART_autoscalers); }

#endif
