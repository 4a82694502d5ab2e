/* The keys of "dns", and whether what they say makes sense in the scenario. */
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/dns/policies.h"
#include "sim/engine/arena.h"

#define POLICY_MEMBER(name) &dns_policy_##name.member,
static const struct member *const members[] = {DNS_POLICIES(POLICY_MEMBER) NULL};
static const struct family family = {.members = members};

static const struct field check_fields[] = {
    KEY("every", DURATION, checking_config, every, DEFAULT("30s"), RANGE(1e6, FIELD_UNLIMITED),
        .doc = "Time between two checks of a region; \"never\": there are none, and a lost region is answered for ever.",
        .source = "Route 53: 30 s, or 10 s as an option"),
    KEY("failures", INTEGER, checking_config, failures, DEFAULT(3), RANGE(1, 100),
        .doc = "Failed checks in a row after which a region is not answered any more.", .source = "Route 53: 3"),
    KEY("successes", INTEGER, checking_config, successes, DEFAULT(3), RANGE(1, 100),
        .doc = "Passed checks in a row after which it is answered again.", .source = "Route 53: 3"),
    KEY("timeout", DURATION, checking_config, timeout, DEFAULT("0s"), RANGE(0, FIELD_YEAR),
        .doc =
            "From a check of a region in which no machine works until the check has failed. Route 53 waits 4 s for a connection: "
            "then clients learn of each loss 4 s later."),
    {0}};
static const struct record check_record = {.name = "health check of a region",
                                           .size = sizeof(struct checking_config),
                                           .fields = check_fields,
                                           .doc = "Checks from outside that take a region out of the answers.",
                                           .shorthand = "every"};

static const struct field stragglers_fields[] = {
    KEY("share", RATIO, stragglers_config, share, DEFAULT("3%"), RANGE(0, 1),
        .doc = "Share of the clients that ignore the TTL: old runtimes, resolvers that prolong it.",
        .source = "1 to 5% of the traffic, folklore: no measurement is known"),
    KEY("for", DURATION, stragglers_config, lasts, DEFAULT("1h"), RANGE(0, FIELD_YEAR),
        .doc = "From a change until they ask again.", .source = "an hour, folklore as well"),
    {0}};
const struct record stragglers_record = {.name = "stragglers",
                                         .size = sizeof(struct stragglers_config),
                                         .fields = stragglers_fields,
                                         .doc = "Clients that keep an old address."};

static const struct field dns_fields[] = {
    KEY("policy", MEMBER, dns_config, policy, .family = &family, .doc = "Which region a client is sent to."),
    KEY("check", RECORD, dns_config, check, OPTIONAL, .record = &check_record,
        .doc =
            "Health checks of each region; {} has the defaults. Needed, as without them a lost region is never left; with policy "
            "weight it may be \"never\"."),
    {0}};
static const struct record dns_record = {.name = "dns",
                                         .size = sizeof(struct dns_config),
                                         .fields = dns_fields,
                                         .doc = "How clients find a region whose entry serves them."};
static const struct field root_keys[] = {
    ONLY_KEY("dns", RECORD, OPTIONAL, .record = &dns_record,
             .doc =
                 "How clients find a region whose entry serves them. Absent: each is sent to the nearest region with replicas of "
                 "the entry, for ever."),
    {0}};
const struct record dns_root_record = {.name = "dns of a scenario", .size = sizeof(struct dns_config), .fields = root_keys};

/* --- what is said ------------------------------------------------------------------------------------------------------------- */

static void link_check(struct linker *l, const struct dns_config *d) {
  if (!d->check.every)
    link_error(l, "dns", NULL,
               "needs a \"check\": without health checks it sends clients to a lost region for ever; {} checks every 30s, three "
               "failures in a row%s",
               d->policy->unchecked ? "; \"never\" says that there are none" : "");
  else if (d->check.every == SIM_NEVER && !d->policy->unchecked)
    link_error(l, "dns", "check",
               "\"never\" sends clients to a lost region for ever: policy %s needs health checks, such as \"30s\"",
               d->policy->member.word);
  else if (d->check.every == SIM_NEVER)
    link_warn(l, "dns", "check", "dns-unchecked", "no region is checked: clients of a lost region are sent there until it is back");
  if (d->check.every && d->check.timeout >= d->check.every)
    link_error(l, "dns.check", "timeout", "a check must have failed before the next one begins: less than \"every\"");
}

static void link_config(struct linker *l, const struct dns_config *d) {
  if (!model_regions(l->model)) {
    link_error(l, "dns", NULL, "needs \"platform.regions\" among which it chooses; the scenario has none");
    return;
  }
  link_check(l, d);
  if (d->stragglers.share > 0 && d->stragglers.lasts < d->ttl)
    link_error(l, "dns.stragglers", "for", "stragglers keep an address for longer than its \"ttl\"");
  if (d->policy->link) d->policy->link(l, d);
}

/* --- what is there ------------------------------------------------------------------------------------------------------------ */

static const char *regions_of_mask(const struct model *m, uint64_t regions, struct arena *arena) {
  const char *text = "";
  for (uint32_t i = 0; i < model_regions(m); i++)
    if (regions >> i & 1) text = arena_format(arena, "%s%s%s", text, *text ? ", " : "", model_region(m, i)->name);
  return *text ? text : "none";
}

static uint32_t count_of_mask(uint64_t regions) { return (uint32_t)__builtin_popcountll(regions); }

/* Of a policy that names regions. */
static void check_named(struct linker *l, const struct dns_config *d, uint64_t placed) {
  uint64_t missing = d->policy->takes ? d->policy->takes(d) & ~placed : 0;
  if (missing)
    link_error(l, "dns", NULL, "sends clients to %s, where the entries have no replicas; they have some in: %s",
               regions_of_mask(l->model, missing, l->arena), regions_of_mask(l->model, placed, l->arena));
}

static void check_record_of(struct linker *l, const struct dns_config *d, const struct dns_record *r) {
  const struct model *m = l->model;
  const char *name = model_service(m, r->service)->name, *path = arena_format(l->arena, "services.%s", name);
  if (!r->placed) {
    link_error(l, path, NULL, "is the entry of endpoints and has no replica in any region: clients have nowhere to go");
  } else if (!r->possible) {
    link_error(l, "dns", NULL, "sends no client to a region in which \"%s\" has replicas: %s", name,
               regions_of_mask(m, r->placed, l->arena));
  } else if (d->policy && count_of_mask(r->possible) == 1) {
    link_warn(l, "dns", NULL, "dns-one-region", "\"%s\" is entered in one region only, %s: there is nothing to fail over to", name,
              regions_of_mask(m, r->possible, l->arena));
  } else if (!d->policy && count_of_mask(r->placed) > 1) {
    link_warn(l, path, NULL, "no-dns",
              "it is entered in several regions, and no \"dns\" says how clients find them: each keeps to the nearest of %s, also "
              "while that one is lost",
              regions_of_mask(m, r->placed, l->arena));
  }
}

/* In a world that has just been built. */
static void check_placed(struct linker *l, const struct dns_config *d) {
  const struct dns *all = world_dns(l->trial);
  uint64_t placed = 0;
  for (uint32_t i = 0; i < all->count; i++) placed |= all->records[i].placed;
  if (d->policy) check_named(l, d, placed);
  for (uint32_t i = 0; i < all->count; i++) check_record_of(l, d, &all->records[i]);
}

void dns_link(struct linker *l, enum link_stage stage) {
  const struct dns_config *d = model_dns(l->model);
  if (stage == LINK_JOINED && d->policy) link_config(l, d);
  if (stage == LINK_PLACED && model_regions(l->model)) check_placed(l, d);
}
