#include "sim/import/build.h"
#include "sim/import/stack.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Names of images, without registry, owner and tag. */
static const struct known {
  const char *names;
  enum role role;
} known_images[] = {
    {"nginx|openresty|traefik|caddy|haproxy|envoy|httpd|apache|varnish|kong|nginx-unprivileged|nginx-proxy|ingress-nginx",
     ROLE_PROXY},
    {"postgres|postgresql|postgis|timescaledb|pgvector|mysql|mariadb|percona|mongo|mongodb|cockroach|mssql|server-mssql|clickhouse|"
     "clickhouse-server|cassandra|scylla|elasticsearch|opensearch|neo4j|influxdb|couchdb|supabase",
     ROLE_DATABASE},
    {"redis|valkey|memcached|keydb|dragonfly|redis-stack|redis-stack-server", ROLE_CACHE},
    {"rabbitmq|nats|kafka|cp-kafka|redpanda|activemq|mosquitto|pulsar|localstack|sqs", ROLE_BROKER},
    {"prometheus|grafana|loki|promtail|jaeger|all-in-one|tempo|alertmanager|node-exporter|cadvisor|portainer|watchtower|certbot|"
     "adminer|phpmyadmin|pgadmin4|pgadmin|mailhog|mailpit|maildev|zookeeper|cp-zookeeper|kafka-ui|redis-commander|fluentd|fluent-"
     "bit|"
     "vector|otel-collector|opentelemetry-collector|opentelemetry-collector-contrib|postgres-exporter|redis-exporter|vault|consul|"
     "docker-socket-proxy|autoheal|postgres-backup-s3|ofelia|flower|minio|mongo-express|busybox|acme-companion",
     ROLE_TOOL},
    {0}};

/* Software that has a preset (presets/NAME.json), by the name of its image. */
static const struct {
  const char *names, *preset;
} image_presets[] = {{"nginx|openresty|nginx-unprivileged|ingress-nginx", "nginx"},
                     {"traefik", "traefik"},
                     {"caddy", "caddy"},
                     {"haproxy", "haproxy"},
                     {"envoy", "envoy"},
                     {"httpd|apache", "apache"},
                     {"postgres|postgresql|postgis|timescaledb|pgvector|supabase", "postgresql"},
                     {"mysql|percona", "mysql"},
                     {"mariadb", "mariadb"},
                     {"mongo|mongodb", "mongodb"},
                     {"redis|redis-stack|redis-stack-server", "redis"},
                     {"valkey", "valkey"},
                     {"memcached", "memcached"},
                     {"rabbitmq", "rabbitmq"},
                     {"kafka|cp-kafka|redpanda", "kafka"}};

/* What applications are written in: found in the command first, then in the image, then in the environment. `slots`: the option
 * that says how many threads one process has. */
static const struct framework {
  const char *words, *preset, *slots;
} frameworks[] = {{"celery", "celery", "--concurrency"},
                  {"sidekiq", "sidekiq", "-c"},
                  {"uvicorn|hypercorn|daphne|granian", "uvicorn", NULL}, /* gunicorn -k uvicorn.workers.UvicornWorker too */
                  {"gunicorn|uwsgi", "gunicorn", "--threads"},
                  {"puma|rails|ruby|unicorn", "puma", NULL},
                  {"java|openjdk|temurin|tomcat|spring|jetty|quarkus|keycloak|wildfly|jre|jdk", "jvm", NULL},
                  {"wordpress|drupal|nextcloud|joomla|apache-php", "apache-php", NULL},
                  {"php-fpm|php|laravel|magento|matomo", "php-fpm", NULL},
                  {"bun", "bun", NULL},
                  {"deno", "deno", NULL},
                  {"node|nodejs|npm|npx|yarn|pnpm|next|nest|ghost|express|strapi|n8n|pm2", "node", NULL},
                  {"dotnet|aspnet", "dotnet", NULL},
                  {"golang", "go", NULL},
                  {"fastapi|starlette", "uvicorn", NULL},
                  {"django|flask|odoo|superset|airflow|python", "gunicorn", NULL},
                  {0}};

static const char worker_words[] =
    "celery|sidekiq|worker|workers|rq|rqworker|huey|dramatiq|arq|resque|queue:work|queue:listen|horizon|"
    "bullmq|consumer|good_job|delayed_job|jobs:work";

/* "shop/postgresql" of "docker.io/shop/postgresql:16@sha256:..."; its last part begins at `base`. */
static char *plain_image(struct arena *arena, const char *image, const char **base) {
  char *text = arena_text(arena, image);
  text[strcspn(text, "@")] = 0;
  char *slash = strrchr(text, '/'), *colon = strrchr(text, ':');
  if (colon && (!slash || colon > slash)) *colon = 0;
  for (char *p = text; *p; p++) *p = (char)tolower((unsigned char)*p);
  *base = slash ? slash + 1 : text;
  return text;
}

/* Whether the text is one of the words, which are separated by bars. */
static bool is_among(const char *words, const char *text, size_t length) {
  for (const char *word = words; *word;) {
    size_t size = strcspn(word, "|");
    if (size == length && !strncmp(word, text, size)) return true;
    word += size + (word[size] == '|');
  }
  return false;
}

/* Whether a text has one of the words, between characters that are no letters. */
static bool has_word(const char *text, const char *words, bool with_dash) {
  for (const char *p = text; p && *p;) {
    while (*p && !isalnum((unsigned char)*p)) p++;
    size_t length = strspn(p, with_dash ? "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:_-"
                                        : "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:_");
    if (length && is_among(words, p, length)) return true;
    p += length ? length : *p != 0;
  }
  return false;
}

static bool known_role(const char *base, enum role *role) {
  for (const struct known *k = known_images; k->names; k++)
    if (is_among(k->names, base, strlen(base))) return *role = k->role, true;
  return false;
}

static const struct framework *framework_of(const struct workload *w, const char *image) {
  for (const struct framework *f = frameworks; f->words; f++)
    if (has_word(w->command, f->words, true) || has_word(w->command, f->words, false)) return f;
  for (const struct framework *f = frameworks; f->words; f++)
    if (has_word(image, f->words, false)) return f;
  for (const struct framework *f = frameworks; f->words && w->hints; f++)
    if (has_word(w->hints, f->words, false)) return f;
  return NULL;
}

/* It hands out jobs by the clock, and does none. */
static bool is_clock(const struct workload *w) {
  static const char words[] = "beat|cron|scheduler|clock|clockwork|schedule:work|whenever|crond";
  return !w->entry && (has_word(w->command, words, true) || has_word(w->name, words, false));
}

static bool is_worker(const struct workload *w) {
  if (w->entry) return false;
  return has_word(w->command, worker_words, true) || has_word(w->command, worker_words, false) ||
         has_word(w->name, worker_words, false);
}

static void take_processes(struct stack *s, struct workload *w) {
  static const char *const options[] = {"--workers", "-w", "--processes", "WEB_CONCURRENCY"};
  const char *number = NULL;
  for (size_t i = 0; i < sizeof options / sizeof *options && !number; i++)
    if (w->command) number = command_option(s->im->arena, w->command, options[i]);
  if (number && atoi(number) > 1 && atoi(number) <= 1000) build_scalar(s->im->arena, w->service, "processes", number);
}

/* One of several threads, where the command says so. */
static const char *preset_of(const struct framework *f, const char *threads) {
  return !strcmp(f->preset, "gunicorn") && threads && strcmp(threads, "1") ? "gunicorn-gthread" : f->preset;
}

static void take_framework(struct stack *s, struct workload *w, const struct framework *f) {
  struct arena *arena = s->im->arena;
  if (!f) {
    build_text(arena, w->service, "kind", "app");
    build_assumed(arena, w->service, "runtime", "event-loop", NULL, NULL, "its framework is not known: one thread, as Node has");
    import_note(s->im, IMPORT_ASSUMED, &w->at, "%s.runtime: event-loop, one thread as Node has; its framework is not known",
                w->name);
    return;
  }
  const char *threads = w->command && f->slots ? command_option(arena, w->command, f->slots) : NULL;
  if (!threads && w->command && !strcmp(f->preset, "celery")) threads = command_option(arena, w->command, "-c");
  bool celery = !strcmp(f->preset, "celery");
  build_text(arena, w->service, "preset", preset_of(f, threads));
  if (threads) build_scalar(arena, w->service, "threads", threads);
  if (celery && !threads) build_assumed(arena, w->service, "threads", "4", "1", "16", "as many as the machine has cores");
  if (w->role != ROLE_WORKER) take_processes(s, w);
  import_note(s->im, IMPORT_USED, &w->at, "%s.preset: %s", w->name, preset_of(f, threads));
}

/* What the command says of connections goes before the preset. */
static void take_connections(struct stack *s, struct workload *w) {
  static const char *const options[] = {"max_connections", "--max_connections", "--max-connections"};
  const char *stated = NULL;
  for (size_t i = 0; i < sizeof options / sizeof *options && w->command && !stated; i++)
    stated = command_option(s->im->arena, w->command, options[i]);
  if (!stated) return;
  struct json_value *max = build_object(s->im->arena, build_object(s->im->arena, w->service, "connections"), "max");
  build_scalar(s->im->arena, max, "value", stated);
  build_text(s->im->arena, max, "source", "its command");
}

static const char *image_preset(const char *base) {
  for (size_t i = 0; i < sizeof image_presets / sizeof *image_presets; i++)
    if (is_among(image_presets[i].names, base, strlen(base))) return image_presets[i].preset;
  return NULL;
}

void image_settle(struct stack *s, struct workload *w) {
  static const char *const kinds[] = {
      [ROLE_APP] = "app",      [ROLE_PROXY] = "proxy", [ROLE_DATABASE] = "database", [ROLE_CACHE] = "cache",
      [ROLE_BROKER] = "queue", [ROLE_WORKER] = "app",  [ROLE_TOOL] = "app",          [ROLE_EXTERNAL] = "external"};
  const char *base = "", *image = w->image ? plain_image(s->im->arena, w->image, &base) : "";
  if (w->role == ROLE_APP && !known_role(base, &w->role)) w->role = is_clock(w) ? ROLE_TOOL : is_worker(w) ? ROLE_WORKER : ROLE_APP;
  const char *preset = image_preset(base);
  if (w->role == ROLE_APP || w->role == ROLE_WORKER)
    take_framework(s, w, framework_of(w, image));
  else if (preset)
    build_text(s->im->arena, w->service, "preset", preset);
  else
    build_text(s->im->arena, w->service, "kind", kinds[w->role]);
  if (w->role == ROLE_TOOL) build_text(s->im->arena, w->service, "runtime", "event-loop");
  if (w->role == ROLE_DATABASE) take_connections(s, w);
  if (w->role == ROLE_EXTERNAL)
    build_assumed_law(s->im->arena, w->service, "latency", "2ms", "0.5ms", "20ms", "what is rented elsewhere is not in the files");
}
