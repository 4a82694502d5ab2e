#include "sim/import/stack.h"
#include "sim/import/build.h"
#include "sim/engine/fnv.h"
#include <ctype.h>
#include <string.h>

enum { WORKLOADS = 10000, PLACES = 1 << 16 };

/* The place of a name, or the empty one where it would be. */
static uint32_t place_of(const struct stack *s, const char *name, size_t length) {
  uint64_t hash = FNV_START;
  for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)name[i]) * 0x100000001B3u;
  uint32_t place = (uint32_t)(hash ^ hash >> 32) % PLACES;
  while (s->by_name[place] && (strncmp(s->names[place], name, length) != 0 || s->names[place][length]))
    place = (place + 1) % PLACES;
  return place;
}

static void note_name(struct stack *s, const char *name, uint32_t index) {
  uint32_t place = place_of(s, name, strlen(name));
  if (s->by_name[place]) return;
  s->by_name[place] = index + 1, s->names[place] = name;
}

static void make_room(struct stack *s) {
  if (s->items) return;
  s->items = arena_alloc_array(s->im->arena, sizeof *s->items, WORKLOADS);
  s->by_name = arena_alloc_array(s->im->arena, sizeof *s->by_name, PLACES);
  s->names = arena_alloc_array(s->im->arena, sizeof *s->names, PLACES);
}

/* They never move: importers hold on to them. */
struct workload *stack_add(struct stack *s, const char *name, const struct position *at) {
  make_room(s);
  if (s->count == WORKLOADS) {
    diagnostic_add(s->im->diagnostics, at, "more than %d services", WORKLOADS);
    return &s->items[WORKLOADS - 1];
  }
  struct workload *w = &s->items[s->count++];
  *w = (struct workload){.name = arena_text(s->im->arena, name)};
  if (at) w->at = *at;
  w->service = build_object(s->im->arena, NULL, name);
  note_name(s, w->name, s->count - 1);
  return w;
}

struct workload *stack_named(struct stack *s, const char *name) {
  make_room(s);
  uint32_t found = s->by_name[place_of(s, name, strlen(name))];
  return found ? &s->items[found - 1] : NULL;
}

void stack_alias(struct stack *s, const char *name, const struct workload *w) { note_name(s, name, (uint32_t)(w - s->items)); }

void stack_call(struct stack *s, struct workload *from, struct workload *to) {
  uint32_t index = (uint32_t)(to - s->items);
  if (from == to) return;
  for (uint32_t i = 0; i < from->call_count; i++)
    if (from->calls[i] == index) return;
  if (from->call_count == from->call_room) {
    from->call_room = from->call_room ? 2 * from->call_room : 8;
    uint32_t *more = arena_alloc_array(s->im->arena, sizeof *more, from->call_room);
    if (from->call_count) memcpy(more, from->calls, from->call_count * sizeof *more);
    from->calls = more;
  }
  from->calls[from->call_count++] = index;
  to->called = true, to->proxied = to->proxied || from->role == ROLE_PROXY;
}

/* --- which is meant ----------------------------------------------------------------------------------------------------------- */

static bool is_name(char c) { return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.'; }

/* Whether a key says that its value is the name of a machine. */
static bool says_host(struct arena *arena, const char *key) {
  static const char *const words[] = {"HOST",     "ADDR",   "SERVER",   "URL", "URI",
                                      "ENDPOINT", "BROKER", "UPSTREAM", "DSN", "PROXY_PASS"};
  char *upper = arena_text(arena, key);
  for (char *p = upper; *p; p++) *p = (char)toupper((unsigned char)*p);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strstr(upper, words[i])) return true;
  return false;
}

/* Whether the name at [at, end) of the value is a host: //db:5432, user@db/, db:5432, a,db:9092; alone where the key says that it
 * is one. In a cluster names may have more behind: db.shop, db.shop.svc.cluster.local. */
static bool is_host(struct arena *arena, const char *key, const char *value, const char *at, const char *end) {
  bool left = at == value || strchr("/@,= (", at[-1]), whole = at == value && !*end;
  size_t label = *end == '.' ? strspn(end + 1, "abcdefghijklmnopqrstuvwxyz0123456789-") : 0; /* of a namespace */
  bool cluster = *end == '.' && (!strncmp(end + 1 + label, ".svc", 4) || (label && strchr(":/", end[1 + label])));
  bool port = *end == ':' && isdigit((unsigned char)end[1]);
  bool scheme = at - value >= 3 && (at[-1] == '@' || !strncmp(at - 2, "//", 2));
  bool right = port || cluster || (scheme && (!*end || strchr("/:,?", *end)));
  return left && !(is_name(*end) && !cluster) && (right || (whole && says_host(arena, key)));
}

/* The workload that a part of the value names, whole or up to its first dot. */
static bool mention(struct stack *s, struct workload *from, const char *key, const char *value, const char *at, size_t length) {
  size_t first = strcspn(at, ".");
  for (int pass = 0; pass < 2; pass++) {
    size_t size = pass ? first : length;
    uint32_t found = size && size <= length ? s->by_name[place_of(s, at, size)] : 0;
    if (!found || !is_host(s->im->arena, key, value, at, at + size)) continue;
    stack_call(s, from, &s->items[found - 1]);
    return true;
  }
  return false;
}

static const char *host_of_url(const char *value) {
  static const char *const schemes[] = {"postgres://", "postgresql://", "mysql://", "mongodb://", "mongodb+srv://", "sqlserver://",
                                        "redis://",    "rediss://",     "amqps://", "mysql2://",  "mariadb://"};
  if (!strncmp(value, "jdbc:", 5)) value += 5;
  for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
    if (strncmp(value, schemes[i], strlen(schemes[i])) != 0) continue;
    const char *host = value + strlen(schemes[i]), *account = strrchr(host, '@'); /* a password may have one too */
    return account ? account + 1 : host;
  }
  return NULL;
}

/* Whether a key in capitals ends like DB_HOST: GHOST_DB_PASSWORD and REDIS_HOST_PASSWORD hold no name. */
static bool ends_as_host(const char *upper) {
  static const char *const ends[] = {"",      "S",      "NAME",    "_NAME",   "_RO",      "_RW",
                                     "_READ", "_WRITE", "_READER", "_WRITER", "_PRIMARY", "_REPLICA"};
  const char *host = NULL;
  for (const char *at = upper; (at = strstr(at, "HOST")); at += 4) host = at;
  for (size_t i = 0; host && i < sizeof ends / sizeof *ends; i++)
    if (!strcmp(host + 4, ends[i])) return true;
  return false;
}

/* DB_HOST and the like hold a name alone. */
static const char *host_by_key(struct arena *arena, const char *key, const char *value) {
  static const char *const words[] = {"DB", "DATABASE", "SQL", "PG", "POSTGRES", "MONGO", "REDIS", "CACHE", "AMQP", "RABBIT"};
  char *upper = arena_text(arena, key);
  for (char *p = upper; *p; p++) *p = (char)toupper((unsigned char)*p);
  bool store = false;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) store = store || strstr(upper, words[i]);
  return store && ends_as_host(upper) && strlen(value) < 200 ? value : NULL;
}

/* A database, cache or broker behind an address that is not in the files: what one rents. Of the value only what can be the name of
 * a host is ever shown: what is around it may be a password. */
static void mention_external(struct stack *s, struct workload *from, const char *key, const char *value,
                             const struct position *at) {
  struct arena *arena = s->im->arena;
  const char *host = host_of_url(value);
  if (!host) host = host_by_key(arena, key, value);
  size_t length = host ? strcspn(host, ":/?,; ") : 0, first = host ? strcspn(host, ".") : 0;
  if (first >= length || !isalpha((unsigned char)host[length - 1])) return; /* a name of this network, or an address */
  const char *name = arena_format(arena, "%.*s", (int)(first < 40 ? first : 40), host);
  for (size_t i = 0; i < length || !i; i++)
    if (!is_name(host[i]) || *host == '.') return;
  struct workload *to = stack_named(s, name);
  if (!to) {
    to = stack_add(s, name, at);
    to->role = ROLE_EXTERNAL;
    import_note(s->im, IMPORT_ASSUMED, at, "%s: %.*s is not in the files; it answers after 2 ms (0.5 ms to 20 ms)", name,
                (int)(length < 120 ? length : 120), host);
  }
  stack_call(s, from, to);
}

void stack_hint(struct stack *s, struct workload *w, const char *variable) {
  static const struct {
    const char *begins, *word;
  } rows[] = {{"SPRING_", "spring"},       {"JAVA_", "java"},         {"JVM_", "java"},      {"CATALINA_", "tomcat"},
              {"NODE_ENV", "node"},        {"NPM_", "npm"},           {"DJANGO_", "django"}, {"FLASK_", "flask"},
              {"PYTHON", "python"},        {"RAILS_", "rails"},       {"RACK_", "ruby"},     {"APP_KEY", "laravel"},
              {"LARAVEL_", "laravel"},     {"ASPNETCORE_", "aspnet"}, {"DOTNET_", "dotnet"}, {"GOMAXPROCS", "golang"},
              {"WORDPRESS_", "wordpress"}, {"QUARKUS_", "quarkus"},   {"NEXT_", "next"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows && !w->hints; i++)
    if (!strncmp(variable, rows[i].begins, strlen(rows[i].begins))) w->hints = rows[i].word;
  (void)s;
}

void stack_mentions(struct stack *s, struct workload *from, const char *key, const char *value, const struct position *at) {
  bool found = false;
  for (const char *p = value; *p;) {
    size_t length = 0;
    while (is_name(p[length])) length++;
    found = (length && mention(s, from, key, value, p, length)) || found;
    p += length ? length : 1;
  }
  if (!found) mention_external(s, from, key, value, at);
}

const char *command_option(struct arena *arena, const char *command, const char *option) {
  size_t length = strlen(option);
  for (const char *at = command; at && (at = strstr(at, option)); at += length) {
    if (at != command && !strchr(" \t\n\"'", at[-1])) continue;
    const char *value = at + length + strspn(at + length, "= ");
    size_t digits = strspn(value, "0123456789");
    if (digits && !isalnum((unsigned char)value[digits])) return arena_format(arena, "%.*s", (int)(digits < 9 ? digits : 9), value);
  }
  return NULL;
}
