/* Closed: users who wait for their answer, then think (users.h). */
#include "models/core/audit.h"
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/traffic/source_kinds.h"

static void link(struct linker *l, struct source_config *s, const char *path) {
  if (s->room >= 0)
    link_error(l, path, "room", "users of a closed source are inside already: use a source of kind open or session");
  if (s->population < 1) link_error(l, path, NULL, "a closed source needs a \"population\"");
  if (!s->think.kind) link_error(l, path, NULL, "a closed source needs a \"think\" time");
}

static double rate_at_most(const struct source_config *s) {
  return s->think.mean > 0 ? (double)s->population / (s->think.mean * 1e-9) : (double)s->population;
}

/* The response time law: every user thinks or waits all the time. */
static void audit(const struct audit *a, const struct source *s) {
  unsigned __int128 whole = (unsigned __int128)(uint64_t)a->world->horizon * (uint64_t)s->config->population;
  if (s->users.thought_ns + s->users.waited_ns != whole)
    audit_broken(a, "response time law: users of %s thought %.9g s and waited %.9g s of %.9g s", s->config->name,
                 (double)s->users.thought_ns * 1e-9, (double)s->users.waited_ns * 1e-9, (double)whole * 1e-9);
}

static const struct field keys[] = {
    KEY("population", INTEGER, source_config, population, DEFAULT(0), RANGE(0, 1e7), .doc = "Number of users."),
    KEY("think", DISTRIBUTION, source_config, think, OPTIONAL, .doc = "Time from an answer to the user's next request."),
    MIX_KEY,
    {0}};
const struct source_kind source_kind_closed = {.member = {.word = "closed",
                                                          .doc = "Users who wait for their answer, then think.",
                                                          .keys = keys,
                                                          .instead = "a closed one has users"},
                                               .closed = true,
                                               .link = link,
                                               .rate_at_most = rate_at_most,
                                               .start = users_start,
                                               .stop = users_stop,
                                               .close_books = users_close_books,
                                               .returns = users_return,
                                               .audit = audit};
