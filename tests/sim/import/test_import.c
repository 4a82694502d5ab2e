/* Files that people have, in the shapes that real projects use, and the scenarios that come of them: tests/import/NAME is read, and the
 * scenario and the account are those of tests/import/expected. tests/import/expect.sh writes these anew. */
#include "sim/engine/arena.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <string.h>

enum { WORDS = 8 };

static const struct {
  const char *name;
  const char *words[WORDS];
} goldens[] = {
    {"shop", {"compose", "tests/import/shop/compose.yaml"}},
    {"shop-debug", {"compose", "tests/import/shop/compose.yaml", "--profile", "debug"}},
    {"celery", {"compose", "tests/import/celery/docker-compose.yml"}},
    {"swarm", {"compose", "tests/import/swarm/stack.yml"}},
    {"rails", {"compose", "tests/import/rails/compose.yaml", "tests/import/rails/compose.production.yaml"}},
    {"plain", {"compose", "tests/import/plain/docker-compose.yaml"}},
    {"wordpress", {"compose", "tests/import/wordpress/compose.yml"}},
    {"k8s-shop", {"k8s", "tests/import/k8s-shop/shop.yaml"}},
    {"k8s-kubectl", {"k8s", "tests/import/k8s-kubectl/all.json"}},
    {"k8s-plain", {"k8s", "tests/import/k8s-plain/deployment.yaml"}},
    {"k8s-go", {"k8s", "tests/import/k8s-go/base.yaml", "tests/import/k8s-go/services.yaml"}},
    {"log-nginx", {"log", "tests/import/logs/access.log"}},
    {"log-traefik", {"log", "tests/import/logs/traefik.log"}},
    {"log-caddy", {"log", "tests/import/logs/caddy.log"}},
};
enum { GOLDENS = sizeof goldens / sizeof *goldens };

static struct child import_of(const char *const *words) {
  const char *all[WORDS + 3] = {child_aguanta(), "import"};
  for (int i = 0; i < WORDS && words[i]; i++) all[2 + i] = words[i];
  return child_run(&(struct child_wish){0}, all);
}

static void same_as(const char *name, const char *kind, const char *seen) {
  char path[200];
  snprintf(path, sizeof path, "tests/import/expected/%s.%s", name, kind);
  char *wanted = test_read_file(path);
  const char *a = wanted ? wanted : "", *b = seen;
  while (*a && *a == *b) a++, b++;
  test_check(wanted && !*a && !*b, "%s differs at \"%.60s\", which should be \"%.60s\"", path, b, a);
  free(wanted);
}

/* Each gives its scenario, and the scenario runs. */
static void test_golden(void) {
  for (int i = 0; i < GOLDENS; i++) {
    struct child c = import_of(goldens[i].words);
    test_check(c.status == 0, "%s: status %d, %s", goldens[i].name, c.status, c.err);
    same_as(goldens[i].name, "yaml", c.out);
    same_as(goldens[i].name, "account", c.err);
    child_free(&c);
    char path[200];
    snprintf(path, sizeof path, "tests/import/expected/%s.yaml", goldens[i].name);
    struct child run = AGUANTA("run", path, "--reps", "1", "--set", "run.window=20s", "--progress", "never");
    test_check((run.status == 0 || run.status >= 98) && strstr(run.out, "placeholders: "), "%s: status %d, %s", path, run.status,
               run.err);
    child_free(&run);
  }
}

static const struct {
  const char *kind, *text, *message;
} bad[] = {
    {"compose", "services:\n  web:\n\timage: x\n", "bad.yaml:3:1: error: a tab: YAML is indented with spaces"},
    {"compose", "services:\n  web: {image: a}\n  web: {image: b}\n",
     "bad.yaml:3:3: error: duplicate key \"web\": first given on line 2"},
    {"compose", "services:\n  db: {image: postgres}\n", "bad.yaml:2:3: error: no service here answers requests of users"},
    {"compose", "services:\n  web: {image: x, mem_limit: much}\n",
     "bad.yaml:2:30: error: \"mem_limit\" of service \"web\" must be a size such as 512m"},
    {"compose", "services:\n  web: {image: \"x:${TAG_THAT_IS_NOT_SET:?which one}\"}\n",
     "bad.yaml:2:16: error: ${TAG_THAT_IS_NOT_SET} has to be set, in the environment or in .env: which one"},
    {"compose", "services:\n  web: {image: \"${A B}\"}\n", "bad.yaml:2:16: error: \"${A B}\" is no variable"},
    {"compose", "services:\n  web: {extends: other}\n", "\"extends\" names the service \"other\", which is not in"},
    {"compose", "services:\n  a: {extends: b}\n  b: {extends: a}\n", "in a circle: "},
    {"compose", "services:\n  web: *x\n", "bad.yaml:2:8: error: there is no anchor &x before this alias"},
    {"compose", "apiVersion: v1\nkind: Service\n", "is a Kubernetes manifest and not a Compose file: aguanta import k8s"},
    {"compose", "aguanta: 1\nservices: {}\n", "is a scenario already"},
    {"compose", "services:\n{{- range .Values.apps }}\n  web: {image: x}\n{{- end }}\n",
     "bad.yaml:2:1: error: a template that is not rendered: `helm template CHART | aguanta import k8s -`"},
    {"compose", "services: 5\n", "is not a Compose file: it has no \"services\""},
    {"compose", "a: 1\n---\nb: 1\n", "bad.yaml:3:1: error: a second document: a Compose file is one"},
    {"k8s", "apiVersion: v2\nname: shop\nversion: 0.1.0\n",
     "bad.yaml:1:1: error: a chart of Helm is not rendered: `helm template CHART"},
    {"k8s", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n",
     "a kustomization is not rendered: `kubectl kustomize DIR | aguanta import k8s -`"},
    {"k8s", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ include \"shop.fullname\" . }}\n",
     "bad.yaml:4:9: error: a template that is not rendered: `helm template CHART | aguanta import k8s -`"},
    {"k8s", "services:\n  web: {image: x}\n", "is a Compose file and no manifest: aguanta import compose"},
    {"k8s", "a: 1\n", "bad.yaml:1:1: error: is no manifest: it has no \"kind\""},
    {"k8s", "kind: Deployment\nmetadata: {name: web}\nspec: {replicas: many}\n",
     "bad.yaml:3:18: error: \"replicas\" of web must be a whole number"},
    {"k8s", "kind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {}}}\n",
     "bad.yaml:2:18: error: Deployment web has no containers"},
    {"k8s",
     "kind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{image: a, resources: {requests: {cpu: "
     "lots}}}]}}}\n",
     "bad.yaml:3:78: error: \"cpu\" must be a quantity such as 500m, 2 or 512Mi, not \"lots\""},
    {"log", "", "bad.yaml: error: is empty"},
    {"log", "hello\nworld\n", "bad.yaml: error: is no log: most of its lines are no requests of nginx, Apache, Traefik or Caddy"},
    {"log", "\x1f\x8b\x08", "bad.yaml: error: is packed: `zcat FILE | aguanta import log -` reads it"},
    {"log", "{\"ts\": 1646861401.5, \"request\": {\"uri\": \"/a\n", "bad.yaml:1: is cut off within a string"},
    {"log", "{\"ts\": 1646861401.5, \"status\": 200}\n", "bad.yaml:1: has no path: \"RequestPath\" of Traefik"},
    {"k8s", "kind: Sprocket\nmetadata: {name: odd}\n", "bad.yaml:2: Sprocket odd: a kind that aguanta does not know"},
    {"k8s", "{\"kind\": \"List\", \"items\": [{\"kind\": \"Pod\", ", "bad.yaml:1:44: error: a value is missing here"},
};

static void test_bad(void) {
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char *path = child_path("bad.yaml");
    child_write(path, bad[i].text);
    struct child c = AGUANTA("import", bad[i].kind, path);
    test_check(c.status == 3 && !c.out_length && strstr(c.err, bad[i].message), "%s\n  %d %s", bad[i].text, c.status, c.err);
    child_free(&c);
    free(path);
  }
}

/* A bomb of nine levels, in no time; --strict; words that are wrong. */
static void test_edges(void) {
  char *path = child_path("bomb.yaml");
  FILE *file = fopen(path, "w");
  fputs("services: {web: {image: x}}\nx-0: &x0 [a, b]\n", file);
  for (int i = 1; i < 10; i++)
    fprintf(file, "x-%d: &x%d [*x%d, *x%d, *x%d, *x%d, *x%d, *x%d, *x%d, *x%d]\n", i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1,
            i - 1, i - 1);
  fclose(file);
  struct child c = AGUANTA("import", "compose", path),
               strict = AGUANTA("import", "compose", "tests/import/shop/compose.yaml", "--strict"),
               kind = AGUANTA("import", "terraform", path), none = AGUANTA("import", "compose"),
               out = AGUANTA("import", "compose", path, "-o", "x.png"), missing = AGUANTA("import", "compose", "no-such.yaml");
  test_check(c.status == 3 && strstr(c.err, "aliases add more than 100000 values") && c.seconds < 2, "%d %s", c.status, c.err);
  test_check(strict.status == 3 && !strict.out_length && strstr(strict.err, "--strict: "), "%d %s", strict.status, strict.err);
  test_check(kind.status == 2 && strstr(kind.err, "unknown kind \"terraform\""), "%d %s", kind.status, kind.err);
  test_check(none.status == 2 && out.status == 2 && missing.status == 3, "%d %d %d", none.status, out.status, missing.status);
  child_free(&c), child_free(&strict), child_free(&kind), child_free(&none), child_free(&out), child_free(&missing);
  free(path);
}

/* Small files, what their import has to say, and what it must not: parts of passwords, a better system than the file's. */
static const struct {
  const char *kind, *text, *says, *never;
} small[] = {
    {"compose",
     "services: {web: {image: node, ports: [80], environment: {DATABASE_URL: 'postgres://shop:pa@ss.word@db.example.com/x'}}}",
     "external: db", "ss.word"},
    {"compose", "services: {web: {image: node, ports: [80], environment: {GHOST_DB_PASSWORD: hunter2.secret.zz}}}", "preset: node",
     "hunter2"},
    {"compose", "services: {web: {image: node, ports: [80], environment: {REDIS_HOST_PASSWORD: top.hidden.x}}}", "preset: node",
     "hidden"},
    {"compose",
     "services: {web: {image: node, ports: [80], environment: {DB: "
     "'jdbc:sqlserver://sql.example.com;user=sa;password=pw.hidden'}}}",
     "sql.example.com is not in the files", "hidden"},
    {"compose", "services: {web: {image: node, ports: [80], environment: {DB_HOST_RO: db.example.com}}}", "external: db", NULL},
    {"compose",
     "x-a: &a {command: [echo, '$${NOT_SET_HERE}']}\nservices: {web: {<<: *a, image: node, ports: [80]}, two: {<<: *a, image: "
     "node}}",
     "preset: node", "is empty"},
    {"compose",
     "services: {web: {image: node, ports: ['127.0.0.1:80:80', '127.0.0.1:81:81']}, api: {image: node, ports: ['8080:80']}}",
     "entry: api", "entry: web"},
    {"compose", "services: {web: {image: node, ports: [80]}, two: {image: node, scale: 0}}", "two: it has 0 replicas",
     "two: {preset"},
    {"compose", "services: {web: {image: node, ports: [80]}, db: {image: mysql, command: --max_connections=77}}", "max: {value: 77",
     NULL},
    {"compose", "services: {web: {image: api, ports: [80], command: gunicorn -k uvicorn.workers.UvicornWorker -w 4 main:app}}",
     "web: {preset: uvicorn, processes: 4", NULL},
    {"compose", "services: {web: {image: api, ports: [80], command: gunicorn -w 4 --threads 2 main:app}}",
     "web: {preset: gunicorn-gthread, threads: 2, processes: 4", NULL},
    {"k8s", "kind: Pod\nmetadata: {name: web}\nspec: {restartPolicy: Never, containers: [{image: node}]}", "restart: \"no\"", NULL},
    {"k8s",
     "kind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2, template: {spec: {containers: [{image: node}]}}}\n---\n"
     "kind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec: {scaleTargetRef: {kind: Deployment, name: web}, minReplicas: 3, "
     "maxReplicas: 9, metrics: [{type: External, external: {metric: {name: q}}}]}",
     "web stays at 3 replicas: what it scales on is not in the files", "autoscale:"},
    {"k8s",
     "kind: Pod\nmetadata: {name: web}\nspec: {containers: [{image: node, resources: {requests: {cpu: 100m}, limits: {cpu: 500m, "
     "memory: 1Gi}}}, {image: envoy, resources: {limits: {cpu: 200m}}}]}",
     "resources: {requests: {cpu: 300m, memory: 1024Mi}, limits: {cpu: 500m, memory: 1024Mi}}", "containers:"},
    {"k8s",
     "kind: Pod\nmetadata: {name: web}\nspec: {containers: [{image: node, resources: {limits: {cpu: 500m}}}, {image: envoy, "
     "resources: {limits: {cpu: 200m}}}]}",
     "web: its CPU limit is that of all containers: they request more than the first may use", "limits: {cpu: 500m"},
    {"compose", "services: {web: {image: node, ports: [80], deploy: {restart_policy: {condition: none}}, restart: always}}",
     "restart: \"no\"", NULL},
    {"compose", "services: {web: {image: node, ports: [80], restart: 'on-failure:3'}}",
     "web: it restarts without end; a number of attempts is not modelled", NULL},
    {"compose", "services: {web: {image: node, ports: [80], labels: {a: $NOT_SET_HERE, b: $NOT_SET_HERE}}}", "assumed (4)", NULL},
    {"log", "- - - [04/May/2026:10:00:00 +0000] \"%%% /%%% HTTP/1.1\" 200 10", "mix: {unknown: 1}", "not a scenario"},
};

static void test_small(void) {
  char *path = child_path("small.yaml");
  for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
    child_write(path, small[i].text);
    struct child c = AGUANTA("import", small[i].kind, path);
    test_check(c.status == 0 && (strstr(c.out, small[i].says) || strstr(c.err, small[i].says)), "%s\n  %d %s%s", small[i].text,
               c.status, c.out, c.err);
    const char *never = small[i].never;
    test_check(!never || (!strstr(c.out, never) && !strstr(c.err, never)), "%s\n  %s%s", small[i].text, c.out, c.err);
    child_free(&c);
  }
  free(path);
}

/* All files of a list, an env_file of what is piped in, and includes that multiply: 30 of 30 of 30 ... */
static void test_includes(void) {
  char *first = child_path("include.yaml"), *a = child_path("include-a.yaml"), *b = child_path("include-b.yaml");
  child_write(first, "include: [{path: [include-a.yaml, include-b.yaml]}]\nservices: {web: {image: node, ports: [80]}}\n");
  child_write(a, "services: {one: {image: redis}}\n");
  child_write(b, "services: {two: {image: postgres}}\n");
  struct child both = AGUANTA("import", "compose", first);
  test_check(both.status == 0 && strstr(both.out, "one: {preset: redis") && strstr(both.out, "two: {preset: postgresql"), "%s%s",
             both.out, both.err);
  child_free(&both);
  char *many[6];
  for (int i = 0; i < 6; i++) {
    char name[40];
    snprintf(name, sizeof name, "many-%d.yaml", i);
    many[i] = child_path(name);
    FILE *file = fopen(many[i], "w");
    for (int k = 0; k < 30; k++) fprintf(file, "%s many-%d.yaml", k ? "," : "include: [", i + 1);
    fputs("]\nservices: {web: {image: node, ports: [80]}}\n", file);
    fclose(file);
  }
  child_write(many[5], "services: {web: {image: node}}\n");
  struct child_wish bounded = {.limit_s = 20};
  struct child c = AGUANTA_AS(&bounded, "import", "compose", many[0]);
  test_check(c.status == 3 && strstr(c.err, "more than 1000 files are included"), "%d %s", c.status, c.err);
  child_free(&c);
  free(first), free(a), free(b);
  for (int i = 0; i < 6; i++) free(many[i]);
}

/* 60,000 bytes of .env in 1,000 places would be 60 MB: beyond 32 MiB. A long text with a $ in it is good. */
static void test_variables(void) {
  char *path = child_path("variables.yaml"), *env = child_path(".env");
  FILE *file = fopen(env, "w");
  fprintf(file, "LONG=%060000d\n", 1);
  fclose(file);
  file = fopen(path, "w");
  fprintf(file, "services: {web: {image: node, ports: [80]}}\nconfigs: {a: {content: '$LONG %05000d'}}\n", 1);
  fclose(file);
  struct child good = AGUANTA("import", "compose", path);
  test_check(good.status == 0, "%d %s", good.status, good.err);
  file = fopen(path, "a");
  for (int i = 0; i < 1000; i++) fprintf(file, "%s$LONG", i ? ", " : "x-a: [");
  fputs("]\n", file);
  fclose(file);
  struct child bomb = AGUANTA("import", "compose", path);
  test_check(bomb.status == 3 && strstr(bomb.err, "variables make the files longer than 32 MiB"), "%d %s", bomb.status, bomb.err);
  remove(env);
  child_free(&good), child_free(&bomb);
  free(path), free(env);
}

/* -o JSON, YAML through a pipe: the same scenario. */
static void test_outputs(void) {
  char *json = child_path("out.json"), *yaml = child_path("out.yaml");
  struct child_wish pipe = {.stdin_path = "tests/import/wordpress/compose.yml"};
  struct child a = AGUANTA("import", "compose", "tests/import/wordpress/compose.yml", "-o", json, "-q"),
               b = AGUANTA_AS(&pipe, "import", "compose", "-", "-o", yaml), v = AGUANTA("validate", json, yaml);
  test_check(a.status == 0 && !a.out_length && !a.err_length && b.status == 0 && strstr(b.err, "written: "), "%s%s", a.err, b.err);
  test_check(v.status == 0 && strstr(v.out, "out.json: valid: 1 endpoint") && strstr(v.out, "out.yaml: valid: 1 endpoint"), "%s%s",
             v.out, v.err);
  child_free(&a), child_free(&b), child_free(&v);
  free(json), free(yaml);
}

/* By hand: from 10:00:00 to 11:59:59 two requests a second in the first hour and one in the second, of two routes, 0.5% of them failed;
 * one client asks every minute: 120 requests in one session. */
static void test_log(void) {
  char *path = child_path("hand.log");
  FILE *file = fopen(path, "w");
  for (int s = 0; s < 7200; s++)
    for (int k = 0; k < (s < 3600 ? 2 : 1); k++)
      fprintf(file, "%s - - [04/May/2026:%02d:%02d:%02d +0200] \"%s HTTP/1.1\" %d %d \"-\" \"x\" rt=0.0%d\n",
              s % 60 || k ? "-" : "203.0.113.9", 10 + s / 3600, s / 60 % 60, s % 60, k ? "GET /orders/123?x=1" : "POST /cart",
              s % 200 == 0 && !k ? 503 : 200, k ? 100 : 300, k ? 1 : 2);
  fclose(file);
  struct child c = AGUANTA("import", "log", path);
  /* 3600 x 2 + 3600 = 10,800; of POST /cart 7,200, of which 36 failed: 0.5%, of all 36 / 10,800 = 0.33%. */
  test_check(c.status == 0 && strstr(c.err, "10800 requests in 10800 lines"), "%d %s", c.status, c.err);
  test_check(strstr(c.err, "the busiest, 10:00, has 2/s in the mean of its days, the busiest of all 2/s"), "%s", c.err);
  test_check(strstr(c.err, "post-cart: 7200 requests") && strstr(c.err, "0.5% of them failed") &&
                 strstr(c.err, "get-orders-id: 3600 requests"),
             "%s", c.err);
  test_check(strstr(c.err, "failed: 0.33% of all requests") && strstr(c.out, "- 2/s\n          - 1/s\n"), "%s%s", c.err, c.out);
  test_check(strstr(c.out, "response: {value: 300B") && strstr(c.out, "response: {value: 100B") &&
                 strstr(c.out, "start: \"10:00\""),
             "%s", c.out);
  child_free(&c);
  free(path);
}

/* A log whose middle line and last line are torn and that has one of 100,000 bytes: each is named, and the other 60 requests count. */
static void test_torn(void) {
  char *path = child_path("torn.log");
  FILE *file = fopen(path, "w");
  for (int s = 0; s < 60; s++) {
    fprintf(file, "203.0.113.9 - - [04/May/2026:10:00:%02d +0200] \"GET /orders HTTP/1.1\" 200 100\n", s);
    if (s == 29) fputs("203.0.113.9 - - [04/May/2026:10:5\n", file);
    if (s == 39) fprintf(file, "%0100000d\n", 1);
  }
  fputs("203.0.113.9 - - [04/May/2026:10:59:0", file);
  fclose(file);
  struct child c = AGUANTA("import", "log", path);
  test_check(c.status == 0 && strstr(c.err, "60 requests in 63 lines"), "%d %s", c.status, c.err);
  test_check(strstr(c.err, "torn.log:31: has no time") && strstr(c.err, "torn.log:42: is longer than 64 KiB") &&
                 strstr(c.err, "torn.log:63: has no time"),
             "%s", c.err);
  child_free(&c);
  free(path);
}

/* Files of 9 MB and of 100,000 levels, a bomb of aliases among manifests: refused at once. */
static void test_large(void) {
  char *path = child_path("large.yaml");
  static const struct {
    const char *kind, *head, *piece, *message;
    int times;
  } rows[] = {{"compose", "services: {web: {image: x}}\n", "# a comment of thirty-two bytes\n", "is larger than 8 MiB", 300000},
              {"compose", "services: {web: {image: x}}\nx-a: ", "[", "large.yaml:2:", 100000},
              {"k8s", "kind: List\nitems: ", "[", "large.yaml:2:", 100000},
              {"k8s", "kind: Pod\nx: &a [1,2,3,4,5,6,7,8,9]\ny: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nz: [1", ", *b",
               "aliases add more than 100000", 9000}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    FILE *file = fopen(path, "w");
    fputs(rows[i].head, file);
    for (int k = 0; k < rows[i].times; k++) fputs(rows[i].piece, file);
    if (!strcmp(rows[i].piece, ", *b")) fputs("]\n", file);
    fclose(file);
    struct child c = AGUANTA("import", rows[i].kind, path);
    test_check(c.status == 3 && !c.out_length && strstr(c.err, rows[i].message) && c.seconds < 5, "row %zu: %d %.1f s %s", i,
               c.status, c.seconds, c.err);
    child_free(&c);
  }
  free(path);
}

/* Services that call each other in a chain of twelve, and one that calls forty: what is made runs, and says what it left. */
static void test_chains(void) {
  char *path = child_path("chain.yaml"), *made = child_path("chain.made.yaml");
  static const struct {
    int services, calls; /* of the first service; the others call the next one */
    const char *message;
  } rows[] = {{12, 1, "s4 is called deeper than 3 calls: here its caller, s3, does not wait for it"},
              {41, 40, "is not called by s0: a request calls 7 services here"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    FILE *file = fopen(path, "w");
    fputs("services:\n", file);
    for (int k = 0; k < rows[i].services; k++) {
      fprintf(file, "  s%d:\n    image: node:20\n%s    deploy: {resources: {limits: {cpus: '0.5'}}}\n    environment:\n", k,
              k ? "" : "    ports: ['80:80']\n");
      for (int c = 1; c <= (k ? 1 : rows[i].calls) && k + c < rows[i].services; c++)
        fprintf(file, "      URL_%d: http://s%d:3000\n", c, k + c);
      fprintf(file, "      DB: postgres://u@db:5432/x\n");
    }
    fputs("  db:\n    image: postgres:15\n", file);
    fclose(file);
    struct child c = AGUANTA("import", "compose", path, "-o", made), v = AGUANTA("validate", made);
    test_check(c.status == 0 && strstr(c.err, rows[i].message), "row %zu: %d %s", i, c.status, c.err);
    test_check(v.status == 0, "row %zu: %d %s", i, v.status, v.err);
    child_free(&c), child_free(&v);
    unlink(made);
  }
  free(path), free(made);
}

static const struct test_case cases[] = {{"log", test_log},           {"chains", test_chains},
                                         {"torn", test_torn},         {"large", test_large},
                                         {"golden", test_golden},     {"bad", test_bad},
                                         {"edges", test_edges},       {"small", test_small},
                                         {"includes", test_includes}, {"variables", test_variables},
                                         {"outputs", test_outputs},   {0}};
const struct test_suite suite_import = {"import", cases};
