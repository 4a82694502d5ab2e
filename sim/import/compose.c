#include "sim/import/build.h"
#include "sim/import/compose_file.h"
#include "sim/import/compose_inner.h"
#include "sim/json/safe_text.h"
#include "sim/json/source_file.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- values ------------------------------------------------------------------------------------------------------------------- */

const char *compose_words(struct arena *arena, const struct json_value *v) {
  return json_type(v) == JSON_LIST ? import_words(arena, NULL, v) : json_scalar(v);
}

/* Compose counts in 1024s whatever the unit is called: 512m, 1.5gb, 64MiB. Bytes; NAN: no size. */
static double compose_bytes(const char *text) {
  char *end;
  double value = text ? strtod(text, &end) : NAN;
  if (!text || end == text || !(value >= 0) || value > 1e15) return NAN;
  end += strspn(end, " ");
  static const char letters[] = "bkmgt";
  const char *unit = *end ? strchr(letters, *end | 32) : letters;
  if (!unit) return NAN;
  const char *rest = *end ? end + 1 : end;
  if (unit != letters && *rest == 'i') rest++;
  if (unit != letters && (*rest | 32) == 'b') rest++;
  if (*rest) return NAN;
  return value * pow(1024, (double)(unit - letters));
}

/* --- keys of a service -------------------------------------------------------------------------------------------------------- */

static void wrong(struct converting *c, const struct json_value *v, const char *expected) {
  diagnostic_add(c->im->diagnostics, &v->position, "\"%s\" of service \"%s\" must be %s", v->name, c->w->name, expected);
}

static void take_image(struct converting *c, const struct json_value *v) { c->w->image = json_scalar(v); }

static void take_build(struct converting *c, const struct json_value *v) { (void)c, (void)v; }

static void take_command(struct converting *c, const struct json_value *v) {
  const char *words = compose_words(c->im->arena, v);
  if (!words) return;
  c->w->command = c->w->command ? arena_format(c->im->arena, "%s %s", c->w->command, words) : words;
}

static void take_ports(struct converting *c, const struct json_value *v) {
  for (const struct json_value *m = v->first; m; m = m->next) { /* a port of this machine alone is none for users */
    const char *text = json_scalar(m->type == JSON_OBJECT ? json_member(m, "host_ip") : m);
    if (!text || (strncmp(text, "127.0.0.1", 9) != 0 && strncmp(text, "[::1]", 5) != 0)) c->w->entry = true;
  }
}

static void cpu_of(struct converting *c, const struct json_value *v, const char *kind) {
  const char *text = json_scalar(v);
  char *end = NULL;
  double cores = text ? strtod(text, &end) : NAN;
  if (!text || end == text || *end || !(cores >= 0) || cores > 1000) {
    wrong(c, v, "a number of cores");
    return;
  }
  if (cores == 0) return; /* no limit */
  struct json_value *under = build_under(c->im->arena, build_under(c->im->arena, c->w->service, "resources"), kind);
  if (!json_member(under, "cpu")) build_scalar(c->im->arena, under, "cpu", arena_format(c->im->arena, "%.6g", fmax(cores, 0.001)));
  if (c->cpu < cores) c->cpu = cores;
}

static void memory_of(struct converting *c, const struct json_value *v, const char *kind) {
  double bytes = compose_bytes(json_scalar(v));
  if (isnan(bytes)) {
    wrong(c, v, "a size such as 512m");
    return;
  }
  if (bytes == 0) return;
  struct json_value *under = build_under(c->im->arena, build_under(c->im->arena, c->w->service, "resources"), kind);
  if (!json_member(under, "memory")) build_bytes(c->im->arena, under, "memory", bytes);
  if (c->memory < bytes) c->memory = bytes;
}

static void take_cpus(struct converting *c, const struct json_value *v) { cpu_of(c, v, "limits"); }
static void take_mem_limit(struct converting *c, const struct json_value *v) { memory_of(c, v, "limits"); }
static void take_mem_reservation(struct converting *c, const struct json_value *v) { memory_of(c, v, "requests"); }

static void replicas_of(struct converting *c, const struct json_value *v) {
  double count = json_number(v);
  if (json_type(v) != JSON_NUMBER || count != floor(count) || count < 0 || count > 5000) {
    wrong(c, v, "a whole number up to 5000");
    return;
  }
  c->replicas = (uint32_t)count;
}

static void take_scale(struct converting *c, const struct json_value *v) { replicas_of(c, v); }

void compose_attempts(struct converting *c, const struct json_value *v) {
  import_note(c->im, IMPORT_IGNORED, &v->position, "%s: it restarts without end; a number of attempts is not modelled", c->w->name);
}

/* The policy under `deploy` goes before it. */
static void take_restart(struct converting *c, const struct json_value *v) {
  const char *text = json_scalar(v);
  if (c->policy_said) return;
  if (text && !strncmp(text, "on-failure:", 11)) compose_attempts(c, v);
  c->restarts = text && strcmp(text, "no") != 0 && strcmp(text, "false") != 0;
  c->restart_said = true;
}

static void take_volumes(struct converting *c, const struct json_value *v) { c->volumes = v->first != NULL; }

static void take_environment(struct converting *c, const struct json_value *v) {
  c->environment = v;
  for (const struct json_value *m = v->first; m; m = m->next)
    if (m->name || json_scalar(m)) stack_hint(c->stack, c->w, m->name ? m->name : json_scalar(m));
}

static void take_env_file(struct converting *c, const struct json_value *v) { c->env_file = v; }

static void take_depends_on(struct converting *c, const struct json_value *v) { c->depends = v; }

static void take_stop_grace_period(struct converting *c, const struct json_value *v) {
  if (json_scalar(v)) build_text(c->im->arena, build_under(c->im->arena, c->w->service, "update"), "grace", json_scalar(v));
}

static void take_cpu_shares(struct converting *c, const struct json_value *v) {
  double shares = json_number(v);
  if (shares >= 2) build_scalar(c->im->arena, c->w->service, "weight", arena_format(c->im->arena, "%.6g", shares / 1024));
}

/* Docker says that a container is unhealthy, and does nothing; Swarm replaces the task. */
static void take_healthcheck(struct converting *c, const struct json_value *v) {
  static const struct {
    const char *theirs, *ours;
  } keys[] = {{"start_period", "delay"}, {"interval", "every"}, {"timeout", "timeout"}, {"retries", "failures"}};
  const char *disabled = json_scalar(json_member(v, "disable"));
  if (!c->swarm) {
    import_note(c->im, IMPORT_IGNORED, &v->name_position, "%s.healthcheck: Compose restarts nothing that is unhealthy", c->w->name);
    return;
  }
  if (disabled && !strcmp(disabled, "true")) return;
  struct json_value *probe = build_object(c->im->arena, build_object(c->im->arena, c->w->service, "probes"), "liveness");
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    const char *text = json_scalar(json_member(v, keys[i].theirs));
    if (text) build_scalar(c->im->arena, probe, keys[i].ours, text);
  }
}

static void take_deploy(struct converting *c, const struct json_value *v) { compose_deploy(c, v); }

void compose_resources(struct converting *c, const struct json_value *resources) {
  static const char *const kinds[][2] = {{"limits", "limits"}, {"reservations", "requests"}};
  for (int i = 0; i < 2; i++) {
    const struct json_value *of = json_member(resources, kinds[i][0]), *cpus = json_member(of, "cpus"),
                            *memory = json_member(of, "memory");
    if (cpus) cpu_of(c, cpus, kinds[i][1]);
    if (memory) memory_of(c, memory, kinds[i][1]);
  }
}

void compose_replicas(struct converting *c, const struct json_value *v) { replicas_of(c, v); }

static void nothing(struct converting *c, const struct json_value *v) { (void)c, (void)v; }

static const char no_speed[] = "it changes no speed", no_network[] = "all services reach each other";

static const struct compose_key {
  const char *name;
  void (*take)(struct converting *, const struct json_value *);
  const char *ignored; /* why */
} keys[] = {{"image", take_image, NULL},
            {"build", take_build, NULL},
            {"entrypoint", take_command, NULL},
            {"command", take_command, NULL},
            {"ports", take_ports, NULL},
            {"cpus", take_cpus, NULL},
            {"mem_limit", take_mem_limit, NULL},
            {"mem_reservation", take_mem_reservation, NULL},
            {"cpu_shares", take_cpu_shares, NULL},
            {"scale", take_scale, NULL},
            {"deploy", take_deploy, NULL},
            {"restart", take_restart, NULL},
            {"volumes", take_volumes, NULL},
            {"environment", take_environment, NULL},
            {"env_file", take_env_file, NULL},
            {"depends_on", take_depends_on, NULL},
            {"links", take_depends_on, NULL},
            {"healthcheck", take_healthcheck, NULL},
            {"stop_grace_period", take_stop_grace_period, NULL},
            {"extends", nothing, NULL},
            {"profiles", nothing, NULL},
            {"networks", NULL, no_network},
            {"network_mode", NULL, no_network},
            {"expose", NULL, no_network},
            {"dns", NULL, no_network},
            {"extra_hosts", NULL, no_network},
            {"external_links", NULL, no_network},
            {"labels", NULL, no_speed},
            {"container_name", NULL, no_speed},
            {"hostname", NULL, no_speed},
            {"logging", NULL, no_speed},
            {"user", NULL, no_speed},
            {"working_dir", NULL, no_speed},
            {"secrets", NULL, no_speed},
            {"configs", NULL, no_speed},
            {"cap_add", NULL, no_speed},
            {"cap_drop", NULL, no_speed},
            {"security_opt", NULL, no_speed},
            {"privileged", NULL, no_speed},
            {"read_only", NULL, no_speed},
            {"tmpfs", NULL, no_speed},
            {"tty", NULL, no_speed},
            {"stdin_open", NULL, no_speed},
            {"init", NULL, no_speed},
            {"pull_policy", NULL, no_speed},
            {"platform", NULL, no_speed},
            {"annotations", NULL, no_speed},
            {"attach", NULL, no_speed},
            {"develop", NULL, no_speed},
            {"stop_signal", NULL, "the process is taken to finish what it has"},
            {"ulimits", NULL, "limits of the kernel are not modelled"},
            {"sysctls", NULL, "limits of the kernel are not modelled"},
            {"shm_size", NULL, "shared memory is not modelled"},
            {"cpuset", NULL, "cores of one's own are not modelled: cpus is"},
            {"memswap_limit", NULL, "swap is not modelled"},
            {"mem_swappiness", NULL, "swap is not modelled"},
            {"pids_limit", NULL, "limits of the kernel are not modelled"},
            {"devices", NULL, "devices are not modelled"},
            {"gpus", NULL, "devices are not modelled"},
            {0}};

/* One line for all keys that are used, one for each that is not. */
static void take_keys(struct converting *c, const struct json_value *service) {
  const char *used = "";
  for (const struct json_value *v = service->first; v; v = v->next) {
    const struct compose_key *k = keys;
    while (k->name && strcmp(k->name, v->name) != 0) k++;
    if (!strncmp(v->name, "x-", 2) || v->type == JSON_NULL) continue;
    if (k->take) {
      k->take(c, v);
      used = arena_format(c->im->arena, "%s%s%s", used, *used ? ", " : "", v->name);
    } else {
      import_note(c->im, IMPORT_IGNORED, &v->name_position, "%s.%s: %s", c->w->name, v->name,
                  k->name ? k->ignored : "no key of a Compose service that aguanta knows");
    }
  }
  if (*used) import_note(c->im, IMPORT_USED, &service->name_position, "%s: %s", c->w->name, used);
}

/* --- calls -------------------------------------------------------------------------------------------------------------------- */

static void mention_all(struct converting *c, const struct json_value *environment) {
  for (const struct json_value *m = environment ? environment->first : NULL; m; m = m->next) {
    const char *text = json_scalar(m), *equals = text && !m->name ? strchr(text, '=') : NULL;
    const char *key = m->name ? m->name : equals ? arena_format(c->im->arena, "%.*s", (int)(equals - text), text) : "";
    if (text) stack_mentions(c->stack, c->w, key, equals ? equals + 1 : text, &m->position);
  }
}

static void mention_file(struct converting *c, const struct json_value *v) {
  const char *name = json_scalar(v->type == JSON_OBJECT ? json_member(v, "path") : v);
  const char *path = name ? source_beside(c->im->arena, NULL, c->file, name) : NULL;
  struct json_value *environment = path ? compose_env_file(c->im, path) : NULL;
  if (environment)
    for (struct json_value *m = environment->first; m; m = m->next) m->position = v->position;
  if (environment)
    mention_all(c, environment);
  else if (name)
    import_note(c->im, IMPORT_IGNORED, &v->position, "%s.env_file: %s cannot be read", c->w->name, name);
}

static const char *dependency(const struct json_value *v) { return v->name ? v->name : json_scalar(v); }

void compose_calls(struct converting *c) {
  mention_all(c, c->environment);
  if (c->env_file && c->env_file->type != JSON_LIST) mention_file(c, c->env_file);
  for (const struct json_value *v = c->env_file && c->env_file->type == JSON_LIST ? c->env_file->first : NULL; v; v = v->next)
    mention_file(c, v);
  if (c->w->command) stack_mentions(c->stack, c->w, "", c->w->command, &c->w->at);
  for (const struct json_value *v = c->depends ? c->depends->first : NULL; v; v = v->next) {
    const char *name = dependency(v);
    char *plain = name ? arena_text(c->im->arena, name) : NULL;
    if (plain) plain[strcspn(plain, ":")] = 0; /* of links */
    struct workload *to = plain ? stack_named(c->stack, plain) : NULL;
    if (to && c->w->role != ROLE_TOOL && c->w->role != ROLE_DATABASE && c->w->role != ROLE_CACHE) stack_call(c->stack, c->w, to);
  }
}

/* --- one service -------------------------------------------------------------------------------------------------------------- */

void compose_service(struct converting *c, const struct json_value *service) {
  struct arena *arena = c->im->arena;
  c->replicas = 1, c->cpu = 0.1, c->memory = 128 * 0x1p20;
  take_keys(c, service);
  image_settle(c->stack, c->w);
  if (c->replicas != 1) build_scalar(arena, c->w->service, "replicas", arena_format(arena, "%u", c->replicas));
  if (!c->restarts && !c->swarm && c->w->role != ROLE_EXTERNAL) {
    build_text(arena, c->w->service, "restart", "no");
    if (!c->restart_said)
      import_note(c->im, IMPORT_USED, &service->name_position, "%s.restart: no, which is Compose's default", c->w->name);
  }
  bool data = c->w->role == ROLE_DATABASE || c->w->role == ROLE_BROKER;
  if (data && c->volumes) build_text(arena, c->w->service, "volume", "local");
  if (data && !c->volumes) {
    build_text(arena, c->w->service, "volume", "none");
    import_note(c->im, IMPORT_USED, &service->name_position, "%s.volume: none; its data go with its container", c->w->name);
  }
  if (c->w->image || !json_member(service, "build")) return;
  import_note(c->im, IMPORT_ASSUMED, &service->name_position, "%s: built here, so only its name and command say what it is",
              c->w->name);
}
