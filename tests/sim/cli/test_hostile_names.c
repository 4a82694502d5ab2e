/* Hostile texts in every place that takes one, over every output: nothing is executed, read or forged, and what is printed is
 * clean.
 *
 * 300 texts, made of 25 payloads and 12 wrappings, stand as title, name, seed, notes, sources, ids and file names. A canary that
 * must not come to be (a file), one that must not be read (a file's text) and one that must not be expanded (a variable) watch. */
#include "sim/json/safe_text.h"
#include "tests/command.h"
#include "tests/suite.h"

enum { PAYLOADS = 25, WRAPPINGS = 12, TEXTS = PAYLOADS * WRAPPINGS, PACK = 15, ROOM = 400 };

#define SECRET "canary-was-read"
#define GROWN  "canary-was-expanded"
#define FORGED "FORGED"

struct place {
  char *directory, *scenario, *hit;
};

/* %s: the file that must not come to be. */
static const char *const payloads[PAYLOADS] = {"$(touch %s)",
                                               "`touch %s`",
                                               "'; touch %s; '",
                                               "\"; touch %s; \"",
                                               "| touch %s",
                                               "&& touch %s",
                                               "\ntouch %s\n",
                                               "<touch %s",
                                               "|cat secret",
                                               "`cat secret`",
                                               "$(cat secret)",
                                               "$CANARY",
                                               "${CANARY}",
                                               "'.system('touch %s').'",
                                               "\nsystem 'touch %s'\n",
                                               "\n#SBATCH --wrap='touch %s'\n",
                                               "{{.CANARY}} {} {#} {= touch %s =}",
                                               "\x1b]0;" FORGED "\x07\x1b[2J",
                                               "\n" FORGED " verdict: PASS\n",
                                               "\xE2\x80\xAE" FORGED "\xE2\x81\xA6",
                                               "\xE2\x80\x8B\xC2\x9B" FORGED "\xE2\x80\xA8",
                                               "]]>&#x1f;\xEF\xBF\xBE\xEF\xBF\xBF",
                                               "</text><script>" FORGED "</script>",
                                               "|<b>`[a](b)*_\\\\",
                                               "\r\n" FORGED ",1,2\r\n=1+1"};

static const char *const wrappings[WRAPPINGS] = {"%s",   "a%s", "%sz", "'%s'",   "\"%s\"",         "`%s`",
                                                 "\\%s", "-%s", "=%s", "%%s %s", "\xE2\x80\x8F%s", "\t%s\t"};

static void hostile_text(const struct place *p, int n, char *room) {
  char payload[ROOM];
  const char *wrapping = wrappings[n / PAYLOADS % WRAPPINGS], *at = strstr(wrapping, strchr(wrapping, ' ') ? " %s" : "%s");
  const char *hit = payloads[n % PAYLOADS], *slot = strstr(hit, "%s");
  at += *at == ' ';
  snprintf(payload, sizeof payload, "%.*s%s%s", (int)(slot ? slot - hit : (long)strlen(hit)), hit, slot ? p->hit : "",
           slot ? slot + 2 : "");
  snprintf(room, ROOM, "%.*s%.300s%s", (int)(at - wrapping), wrapping, payload, at + 2);
}

/* --- what is looked for ------------------------------------------------------------------------------------------------------- */

static void check_clean(const char *what, const char *text, bool lines) {
  unsigned seen = 0;
  for (const unsigned char *c = (const unsigned char *)text; *c;) {
    unsigned code = 0;
    int length = text_character(c, &code);
    bool ours = code == '\n' || (code == '\t' && (strstr(what, ".svg") || strstr(what, "sweep"))) || (code == '\r' && c[1] == '\n');
    if (!length || (text_unsafe(code) && !ours)) seen = length ? code : 0xFFFD;
    c += length ? length : 1;
  }
  test_check(!seen, "%s holds U+%04X", what, seen);
  test_check(!strstr(text, SECRET) && !strstr(text, GROWN), "%s shows what was read or expanded", what);
  test_check(!lines || (!child_begins(text, FORGED) && !strstr(text, "\n" FORGED)), "%s has a forged line: %s", what, text);
}

static void check_file(const char *path, bool lines) {
  char *text = test_read_file(path);
  if (test_check(text != NULL, "%s was not written", path)) check_clean(path, text, lines);
  free(text);
}

/* Well-formed as far as texts go: entities that XML knows, no end of a CDATA section, no tag of ours that comes from a text. */
static void check_svg(const char *path) {
  char *text = test_read_file(path);
  if (!test_check(text != NULL, "%s was not drawn", path)) return;
  for (const char *c = text; (c = strchr(c, '&')); c++)
    test_check(child_begins(c, "&amp;") || child_begins(c, "&lt;") || child_begins(c, "&gt;"), "%s: %.20s", path, c);
  const char *style = strstr(text, "]]>"), *again = style ? strstr(style + 3, "]]>") : NULL;
  test_check(child_count(text, "]]>") == child_count(text, "<![CDATA[") && !strstr(text, "<script"), "%s: %s", path,
             again ? again : "");
  check_clean(path, strlen(text) ? text + strcspn(text, ">") : "", true);
  free(text);
}

static void check_child(struct child c, const char *what, bool lines) {
  check_clean(what, c.out, lines), check_clean(what, c.err, lines);
  test_check(c.status != 1 && c.status < 128, "%s: exit status %d: %s", what, c.status, c.err);
  child_free(&c);
}

/* --- scenarios ---------------------------------------------------------------------------------------------------------------- */

static void put_json(FILE *file, const char *text) {
  fputc('"', file);
  for (const unsigned char *c = (const unsigned char *)text; *c; c++)
    fprintf(file, *c < 0x20 || *c == '"' || *c == '\\' ? "\\u%04x" : "%c", *c);
  fputc('"', file);
}

static void put_value(FILE *file, const char *before, const char *text) { fputs(before, file), put_json(file, text); }

static bool write_scenario(const struct place *p, const char *path, int first) {
  char t[PACK][ROOM];
  FILE *file = fopen(path, "w");
  for (int i = 0; i < PACK; i++) hostile_text(p, (first + i) % TEXTS, t[i]);
  if (!test_check(file != NULL, "cannot write %s", path)) return false;
  put_value(file, "{ \"aguanta\": 1, \"name\": ", t[0]), put_value(file, ", \"title\": ", t[1]);
  put_value(file, ", \"description\": ", t[2]);
  fputs(", \"traffic\": { \"a\": { \"kind\": \"open\", \"rate\": ", file);
  put_value(file, "{ \"value\": \"20/s\", \"range\": [\"10/s\", \"30/s\"], \"source\": ", t[3]);
  fputs(" }, \"mix\": { \"e\": 1 } } }, \"endpoints\": { \"e\": { \"entry\": \"s\", \"steps\": [ { \"cpu\": \"1ms\" } ] } },",
        file);
  put_value(file, "\"services\": { \"s\": { \"kind\": \"app\", \"source\": ", t[4]);
  fputs("} }, \"platform\": { \"kind\": \"static\", \"nodes\": { \"n\": { \"cpu\": 1 } } },", file);
  put_value(file, "\"run\": { \"warmup\": \"0s\", \"window\": \"2s\", \"windows\": 2, \"replications\": 2, \"seed\": ", t[5]);
  fputs("}, \"claims\": [ \"p50(e.latency) < 1s\"", file);
  for (int i = 6; i + 2 < PACK; i += 3) {
    put_value(file, ", { \"expr\": \"mean(e.latency) < 1s\", \"id\": ", t[i]), put_value(file, ", \"source\": ", t[i + 1]);
    put_value(file, ", \"note\": ", t[i + 2]), fputs(" }", file);
  }
  fputs(" ] }\n", file);
  return !fclose(file);
}

static struct place open_place(void) {
  struct place p = {child_path("names"), child_path("names/s.json"), child_path("hit")};
  mkdir(p.directory, 0777);
  char *secret = child_path("names/secret");
  child_write(secret, SECRET);
  free(secret);
  return p;
}

static const struct child_wish watched = {.environment = "CANARY=" GROWN};
#define RUN(...) AGUANTA_AS(&watched, __VA_ARGS__)

static void close_place(struct place *p) {
  test_check(!child_exists(p->hit), "a text was executed");
  free(p->directory), free(p->scenario), free(p->hit);
}

static void test_reports(void) {
  static const char *const endings[] = {"json", "csv", "md"};
  struct place p = open_place();
  char *files[] = {child_path("names/o.json"), child_path("names/o.csv"), child_path("names/o.md")};
  for (int first = 0; first < TEXTS; first += PACK) {
    if (!write_scenario(&p, p.scenario, first)) break;
    check_child(RUN("run", "-v", p.scenario, "--export", files[0], "--export", files[1], "--export", files[2]), "run", true);
    for (int i = 0; i < 3; i++) check_file(files[i], i > 0), test_check(endings[i] != NULL, "written");
    check_child(RUN("check", p.scenario), "check", true);
    if (first % (4 * PACK)) continue;
    check_child(RUN("compare", p.scenario, p.scenario, "--reps", "2", "--export", files[2]), "compare", true),
        check_file(files[2], true);
    check_child(RUN("sensitivity", p.scenario, "--reps", "2", "--export", files[1], "--export", files[2]), "sensitivity", true);
    check_file(files[1], true), check_file(files[2], true);
    check_child(RUN("capacity", p.scenario, "--vary", "traffic.a.rate=10/s..40/s", "--precision", "20%", "--budget", "4",
                    "--export", files[1], "--export", files[2]),
                "capacity", true);
    check_file(files[1], true), check_file(files[2], true);
  }
  for (int i = 0; i < 3; i++) free(files[i]);
  close_place(&p);
}

static void test_pictures(void) {
  static const char *const kinds[] = {"latency", "claims", "architecture", "timeline", "breakdown"};
  struct place p = open_place();
  char *result = child_path("names/p.json"), *picture = child_path("names/p.svg"), title[ROOM];
  int step = getenv("AGUANTA_LONG") ? PACK : 3 * PACK;
  for (int first = 0; first < TEXTS; first += step) {
    if (!write_scenario(&p, p.scenario, first)) break;
    check_child(RUN("run", p.scenario, "-q", "--export", result), "run", true);
    for (int k = 0; k < 5; k += 1) {
      hostile_text(&p, first + k, title);
      unlink(picture);
      if (k % 2)
        check_child(RUN("plot", result, "--kind", kinds[k], "-o", picture, "--title", title), kinds[k], true);
      else
        check_child(RUN("plot", result, "--kind", kinds[k], "-o", picture), kinds[k], true);
      check_svg(picture);
    }
  }
  free(result), free(picture);
  close_place(&p);
}

/* --- answers of others ---------------------------------------------------------------------------------------------------------- */

enum { NAMES = 12 };

/* Answers whose names, paths and words are hostile: files that somebody else has made. `%` is a name, in JSON; the first is t[0]. */
static bool write_answer(const struct place *p, const char *path, int first, const char *form) {
  char t[ROOM];
  FILE *file = fopen(path, "w");
  if (!test_check(file != NULL, "cannot write %s", path)) return false;
  for (const char *c = form; *c; c++) {
    if (*c != '%') {
      fputc(*c, file);
      continue;
    }
    hostile_text(p, (first + (*++c - 'a')) % TEXTS, t);
    char *json = NULL;
    size_t length;
    FILE *quoted = open_memstream(&json, &length);
    put_json(quoted, t), fclose(quoted);
    fprintf(file, "%.*s", (int)length - 2, json + 1); /* the form has the quotes */
    free(json);
  }
  return !fclose(file);
}

#define ENDPOINT(n, v)                                                                                                             \
  "{\"metric\": \"%" n "\", \"agg\": \"error_rate\", \"value\": 0}, {\"metric\": \"%" n                                            \
  ".latency\", \"agg\": \"p99\", \"value\": " v "}, {\"metric\": \"%" n ".cpu\", \"agg\": \"utilization\", \"value\": 0." v "}"
#define POINT(set, v)                                                                                                              \
  "{\"set\": {" set "}, \"scenario\": \"%l\", \"replications\": 2, \"verdicts\": {\"requirements\": {\"verdict\": \"%k\"}}, "      \
  "\"claims\": [{\"expr\": \"p99(%b.latency) %k\", \"unit\": \"s\", \"kind\": \"requirement\", \"limit\": [null, 3]}], "           \
  "\"metrics\": [" ENDPOINT("b", v) ", " ENDPOINT("c", v) ", " ENDPOINT("d", v) ", " ENDPOINT("e", v) ", " ENDPOINT(               \
      "f", v) ", " ENDPOINT("g", v) "]}\n"

static const struct {
  const char *kind, *file, *form;
} answers[] = {{"load", "names/l.ndjson", POINT("\"%a\": \"1\"", "2") POINT("\"%a\": \"2\"", "7")},
               {"resources", "names/l.ndjson", POINT("\"%h\": \"1\"", "2") POINT("\"%h\": \"2\"", "7")},
               {"grid", "names/g.ndjson",
                POINT("\"%a\": \"%h\", \"%i\": \"%h\"", "2") POINT("\"%a\": \"%h\", \"%i\": \"%j\"", "7")
                    POINT("\"%a\": \"%j\", \"%i\": \"%j\"", "5")},
               {"compare", "names/c.json",
                "{\"aguanta_compare\": 1, \"confidence\": 0.95, \"other_customers\": \"%a\", \"systems\": [{\"name\": \"%b\"}, "
                "{\"name\": \"%c\"}], "
                "\"rows\": [{\"metric\": \"%d\", \"agg\": \"%e\", \"system\": 1, \"relative\": 0.5, \"relative_ci\": [0.4, 0.6], "
                "\"shown\": true, "
                "\"words\": \"%f\"}, {\"metric\": \"%g\", \"agg\": \"%h\", \"system\": 1, \"relative\": 70, \"relative_ci\": [0.4, "
                "90], \"words\": "
                "\"%i\"}]}"},
               {"architecture", "names/a.json",
                "{\"aguanta_result\": 1, \"scenario\": {\"name\": \"%a\", \"title\": \"%b\"}, \"scenario_resolved\": "
                "{\"services\": {\"%c\": {\"kind\": \"%d\"}, "
                "\"%e\": {\"kind\": \"app\", \"place\": \"%f\"}}, \"platform\": {\"regions\": {\"%g\": {\"at\": \"%h\"}}, "
                "\"network\": {\"round_trip\": {\"%i\": "
                "\"%j\"}}, \"nodes\": {\"%f\": {\"region\": \"%g\", \"memory\": \"%k\", \"cpu\": \"%l\"}}}, \"endpoints\": "
                "{\"%a\": {\"entry\": \"%c\", "
                "\"steps\": [{\"call\": \"%e\"}]}}}}"}};

/* All 300 pass through every kind: NAMES at a time. */
static void test_answers(void) {
  struct place p = open_place();
  char *picture = child_path("names/q.svg"), *dot = child_path("names/q.dot");
  int step = getenv("AGUANTA_LONG") ? NAMES : 9 * NAMES;
  for (size_t a = 0; a < sizeof answers / sizeof *answers; a++) {
    char *path = child_path(answers[a].file);
    for (int first = 0; first < TEXTS; first += step) {
      unlink(picture), unlink(dot);
      if (!write_answer(&p, path, first, answers[a].form)) break;
      struct child c = RUN("plot", path, "--kind", answers[a].kind, "-o", picture);
      test_check(c.status == 0, "%s of names from %d: %s", answers[a].kind, first, c.err);
      check_clean(answers[a].kind, c.err, true);
      if (c.status == 0) check_svg(picture);
      child_free(&c);
      if (strcmp(answers[a].kind, "architecture")) continue;
      check_child(RUN("plot", path, "--kind", answers[a].kind, "-o", dot), "dot", true), check_file(dot, true);
    }
    free(path);
  }
  free(picture), free(dot);
  close_place(&p);
}

/* A job is run by bash, with a program that does nothing and a scheduler that is not there. */
static void run_script(const char *directory, const char *script) {
  char *path = child_path("names/job.sh");
  child_write(path, script);
  struct child c = child_run(&watched, (const char *const[]){"env", "-C", directory, "AGUANTA=true", "SLURM_ARRAY_TASK_ID=0",
                                                             "PATH=/usr/bin:/bin", "bash", path, NULL});
  test_check(!strstr(c.out, SECRET) && !strstr(c.out, GROWN) && !strstr(c.err, GROWN), "a job shows a canary: %s%s", c.out, c.err);
  child_free(&c);
  free(path);
}

static void test_sweeps_and_jobs(void) {
  static const char *const jobs[] = {"slurm", "parallel", "k8s"};
  struct place p = open_place();
  char text[ROOM], set[ROOM + 20], *csv = child_path("names/s.csv"), *lines = child_path("names/s.ndjson");
  int step = getenv("AGUANTA_LONG") ? 1 : 7, emitted = 0;
  write_scenario(&p, p.scenario, 0);
  for (int n = 0; n < TEXTS; n += step) {
    hostile_text(&p, n, text);
    snprintf(set, sizeof set, "title=%s", text);
    for (int k = n % 3; k < 3; k += step) {
      struct child c = RUN("sweep", p.scenario, "--set", set, "--vary", "services.s.replicas=1,2", "--export", csv, "--emit",
                           jobs[k], "--shards", "2", "--store", text);
      check_clean(jobs[k], c.err, true);
      emitted += c.status == 0;
      if (c.status == 0 && k < 2) run_script(p.directory, c.out);
      child_free(&c);
    }
    if (n % 5) continue;
    snprintf(set, sizeof set, "run.seed=\"%.300s\",b", text);
    check_child(RUN("sweep", p.scenario, "--vary", set, "--export", csv, "--export", lines, "--fresh"), "sweep", true);
    if (child_exists(csv)) check_file(csv, true), check_file(lines, false);
  }
  test_check(emitted > 20, "%d jobs were printed", emitted);
  free(csv), free(lines);
  close_place(&p);
}

/* Names of files and options in messages. */
static void test_messages(void) {
  struct place p = open_place();
  char text[ROOM];
  for (int n = 0; n < TEXTS; n += getenv("AGUANTA_LONG") ? 1 : 3) {
    hostile_text(&p, n, text);
    struct child all[] = {RUN("validate", "--", text), RUN("run", "--", text), RUN(text),
                          RUN("run", p.scenario, "--seed", "1", "--export", text),
                          RUN("plot", "--kind", text, "-o", "x.svg", "--", text)};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
      check_clean("a message", all[i].err, true), check_clean("a message", all[i].out, true);
      test_check(all[i].status && all[i].status < 128, "exit status %d", all[i].status);
      child_free(&all[i]);
    }
  }
  close_place(&p);
}

static const struct test_case cases[] = {{"reports", test_reports},   {"pictures", test_pictures},
                                         {"answers", test_answers},   {"sweeps-and-jobs", test_sweeps_and_jobs},
                                         {"messages", test_messages}, {0}};
const struct test_suite suite_hostile_names = {"hostile_names", cases};
