#include "sim/import/build.h"
#include "sim/import/stack.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Names of images, without registry, owner and tag, or the words that they begin with. */
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

/* How services of a kind answer; found in the command first, then in the image. */
static const struct framework {
  const char *words, *runtime, *threads, *of;
} frameworks[] = {
    {"gunicorn|uwsgi", "gil", "1", "gunicorn's sync workers"},
    {"uvicorn|hypercorn|daphne|granian", "event-loop", NULL, "asyncio"},
    {"puma|rails|sidekiq|ruby|unicorn", "gil", "5", "Puma: 5 threads"},
    {"java|openjdk|temurin|tomcat|spring|jetty|quarkus|keycloak|wildfly|jre|jdk", "threads", "200", "Tomcat: 200 threads"},
    {"php-fpm|php|wordpress|drupal|nextcloud|laravel|magento|joomla|matomo", "threads", "5", "PHP-FPM: pm.max_children 5"},
    {"node|npm|yarn|pnpm|bun|deno|next|nest|ghost|express|strapi|n8n", "event-loop", NULL, "Node"},
    {"dotnet|aspnet|golang|rust", "event-loop", "4", "a thread a core, 4"},
    {"python|django|flask|fastapi|celery|odoo|superset|airflow", "gil", NULL, "Python"},
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

static void take_framework(struct stack *s, struct workload *w, const struct framework *f) {
  struct arena *arena = s->im->arena;
  if (!f) {
    build_assumed(arena, w->service, "runtime", "event-loop", NULL, NULL, "its framework is not known: one thread, as Node has");
    import_note(s->im, IMPORT_ASSUMED, &w->at, "%s.runtime: event-loop, one thread as Node has; its framework is not known",
                w->name);
    return;
  }
  const char *threads = w->command ? command_option(arena, w->command, "--threads") : NULL;
  if (!threads) threads = f->threads;
  build_text(arena, w->service, "runtime", f->runtime);
  if (threads) build_scalar(arena, w->service, "threads", threads);
  if (w->role != ROLE_WORKER) take_processes(s, w);
  import_note(s->im, IMPORT_ASSUMED, &w->at, "%s.runtime: %s%s%s, as %s", w->name, f->runtime, threads ? ", threads " : "",
              threads ? threads : "", f->of);
}

/* PostgreSQL and MySQL refuse connections above a number. */
static void take_connections(struct stack *s, struct workload *w, const char *base) {
  bool postgres = strstr(base, "postg") || strstr(base, "timescale") || strstr(base, "pgvector"),
       mysql = strstr(base, "mysql") || strstr(base, "maria") || strstr(base, "percona");
  if (!postgres && !mysql) return;
  const char *stated = w->command ? command_option(s->im->arena, w->command, "max_connections") : NULL;
  if (!stated && w->command) stated = command_option(s->im->arena, w->command, "--max-connections");
  struct json_value *max = build_object(s->im->arena, build_object(s->im->arena, w->service, "connections"), "max");
  build_scalar(s->im->arena, max, "value", stated ? stated : postgres ? "100" : "151");
  build_text(s->im->arena, max, "source", stated ? "its command" : postgres ? "PostgreSQL's default" : "MySQL's default");
}

void image_settle(struct stack *s, struct workload *w) {
  static const char *const kinds[] = {
      [ROLE_APP] = "app",      [ROLE_PROXY] = "proxy", [ROLE_DATABASE] = "database", [ROLE_CACHE] = "cache",
      [ROLE_BROKER] = "queue", [ROLE_WORKER] = "app",  [ROLE_TOOL] = "app",          [ROLE_EXTERNAL] = "external"};
  const char *base = "", *image = w->image ? plain_image(s->im->arena, w->image, &base) : "";
  if (w->role == ROLE_APP && !known_role(base, &w->role)) w->role = is_clock(w) ? ROLE_TOOL : is_worker(w) ? ROLE_WORKER : ROLE_APP;
  build_text(s->im->arena, w->service, "kind", kinds[w->role]);
  if (w->role == ROLE_APP || w->role == ROLE_WORKER) take_framework(s, w, framework_of(w, image));
  if (w->role == ROLE_DATABASE) take_connections(s, w, base);
  if (w->role == ROLE_EXTERNAL)
    build_assumed_law(s->im->arena, w->service, "latency", "2ms", "0.5ms", "20ms", "what is rented elsewhere is not in the files");
}
