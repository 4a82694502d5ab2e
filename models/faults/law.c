#include "models/faults/law.h"
#include "models/core/link.h"

/* By hours before the exponential one, whose key it has too. */
static const struct strike_law *const laws[] = {&law_renewal, &law_calendar, &law_hours, &law_exponential};
enum { LAWS = sizeof laws / sizeof *laws };

const struct strike_law *law_of(const struct fault_config *f) {
  for (uint32_t i = 0; i < LAWS; i++)
    if (laws[i]->selected(f)) return laws[i];
  return NULL;
}

static void check_one(struct linker *l, const struct fault_config *f, const char *path) {
  const struct strike_law *first = NULL;
  for (uint32_t i = 0; i < LAWS; i++) {
    const struct strike_law *law = laws[i];
    if (!law->selected(f) || (law == &law_exponential && first == &law_hours)) continue;
    if (first) link_error(l, path, first->key, "\"%s\" next to \"%s\": a fault strikes by one of them", first->key, law->key);
    if (!first) first = law;
  }
}

void law_link(struct linker *l, struct fault_config *f, const char *path) {
  check_one(l, f, path);
  f->law = law_of(f);
  if (f->by_hour && f->law != &law_hours) link_error(l, path, "by_hour", "\"by_hour\" shapes \"mtbf\" and needs it");
  if (f->again && f->law != &law_exponential)
    link_error(l, path, "again", "\"again\" needs \"mtbf\", an exponential time whose hazard it raises%s",
               f->law == &law_hours ? ", without \"by_hour\"" : "");
  if (f->probability < 1 && f->law != &law_calendar)
    link_error(l, path, "probability", "\"probability\" is that of an event of a calendar and needs \"every\"");
  if (f->law && f->law->link) f->law->link(l, f, path);
}
