/* Reports in a real browser, without a window: nothing on the console, no sideways scroll, nothing that overlaps, at the widths of a
 * telephone and of a desk. For make check-long, where there is a Chromium. */
#include "tests/command.h"
#include "tests/suite.h"

static const char *const browsers[] = {"chromium", "chromium-browser", "google-chrome"};

/* Null after a word of why. */
static const char *browser(void) {
  if (!getenv("AGUANTA_LONG")) {
    printf("      skipped: a browser takes long; AGUANTA_LONG=1 starts it\n");
    return NULL;
  }
  for (size_t i = 0; i < sizeof browsers / sizeof *browsers; i++) {
    struct child c = child_run(&(struct child_wish){0}, (const char *const[]){browsers[i], "--version", NULL});
    bool there = c.status == 0;
    child_free(&c);
    if (there) return browsers[i];
  }
  printf("      skipped: chromium is not installed (Debian: apt-get install chromium)\n");
  return NULL;
}

/* A window cannot be as narrow as a telephone, but a frame in it can. */
static struct child browse(const char *program, const char *path, const char *width) {
  char *profile = child_path("profile"), *frame = child_path("frame.html"), url[300], folder[300];
  FILE *file = fopen(frame, "w");
  if (file)
    fprintf(file,
            "<body><script>addEventListener('message', e => document.body.append(e.data));</script>"
            "<iframe src=\"file://%s\" width=\"%s\" height=\"900\" frameborder=\"0\"></iframe></body>\n",
            path, width);
  if (file) fclose(file);
  snprintf(url, sizeof url, "file://%s", frame), snprintf(folder, sizeof folder, "--user-data-dir=%s", profile);
  free(profile), free(frame);
  const char *const words[] = {program,
                               "--headless",
                               "--no-sandbox",
                               "--disable-gpu",
                               "--hide-scrollbars",
                               "--enable-logging=stderr",
                               "--v=0",
                               folder,
                               "--window-size=1500,1000",
                               "--virtual-time-budget=4000",
                               "--dump-dom",
                               url,
                               NULL};
  return child_run(&(struct child_wish){.limit_s = 120}, words);
}

/* What follows each other stands below each other, and cells of a row next to each other; pictures and wide tables scroll by themselves. */
static const char measuring[] =
    "<script>addEventListener('load', () => {\n"
    "  const bad = [], box = e => e.getBoundingClientRect(), name = e => e.tagName + ' ' + e.textContent.trim().slice(0, 40);\n"
    "  const flow = [...document.querySelectorAll('h1,h2,h3,p,ul,.scroll,.picture,footer')];\n"
    "  for (let i = 0; i + 1 < flow.length; i++)\n"
    "    if (box(flow[i]).bottom > box(flow[i + 1]).top + 1) bad.push(name(flow[i]) + ' over ' + name(flow[i + 1]));\n"
    "  for (const e of flow) if (!e.clientHeight) bad.push(name(e) + ' is not seen');\n"
    "  for (const row of document.querySelectorAll('tr')) {\n"
    "    const cells = [...row.children];\n"
    "    cells.forEach((c, i) => {\n"
    "      if (i && box(cells[i - 1]).right > box(c).left + 1) bad.push(name(cells[i - 1]) + ' over ' + name(c));\n"
    "      for (const inner of c.children)\n"
    "        if (box(inner).right > box(c).right + 1 || box(inner).left < box(c).left - 1) bad.push(name(inner) + ' leaves its "
    "cell');\n"
    "    });\n"
    "  }\n"
    "  const root = document.documentElement;\n"
    "  parent.postMessage('measured ' + innerWidth + ' ' + Math.max(0, root.scrollWidth - innerWidth) + ' ' + bad.length + ' ' +\n"
    "    bad.slice(0, 4).join('; ') + '.', '*');\n"
    "});</script></body>";

/* A copy that may run a script, without the policy, which would not let it. */
static char *measurable(const char *path) {
  char *html = test_read_file(path), *copy = child_path("measured.html");
  char *policy = html ? strstr(html, "<meta http-equiv=\"Content-Security-Policy\"") : NULL,
       *end = policy ? strchr(policy, '>') : NULL;
  char *close = end ? strstr(end, "</body>") : NULL;
  FILE *file = fopen(copy, "w");
  if (test_check(close && file, "%s is no page", path))
    fprintf(file, "%.*s%.*s%s</html>\n", (int)(policy - html), html, (int)(close - end - 1), end + 1, measuring);
  if (file) fclose(file);
  free(html);
  return copy;
}

static void check_at(const char *program, const char *path, const char *width) {
  struct child c = browse(program, path, width);
  test_check(c.status == 0 && !strstr(c.err, "CONSOLE") && !strstr(c.err, "Refused"), "%s at %s: %d: %s", path, width, c.status,
             strstr(c.err, "CONSOLE") ? strstr(c.err, "CONSOLE") : c.err);
  child_free(&c);
  char *copy = measurable(path);
  c = browse(program, copy, width);
  const char *measured = strstr(c.out, "measured ");
  int inner = 0, over = -1, bad = -1;
  if (measured) sscanf(measured, "measured %d %d %d", &inner, &over, &bad);
  test_check(inner == atoi(width) && over == 0 && bad == 0, "%s at %s: %.400s", path, width, measured ? measured : c.err);
  child_free(&c), free(copy);
}

/* One page of all kinds of answers. */
static char *answers(void) {
  static const char *const names[] = {"run.json", "growth.json", "drill.json", "compare.json", "capacity.json", "sensitivity.json"};
  char *paths[6], *page = child_path("all.html");
  for (int i = 0; i < 6; i++) paths[i] = child_path(names[i]);
  struct child made[] = {AGUANTA("run", "scenarios/platform/compose.json", "--reps", "3", "--set", "run.window=2m", "--set",
                                 "run.years=200", "--export", paths[0]),
                         AGUANTA("growth", "docs/examples/growth.json", "--months", "16", "--export", paths[1]),
                         AGUANTA("drill", "docs/examples/drill.json", "--for", "1m", "--export", paths[2]),
                         AGUANTA("compare", "tests/cli/small.json", "tests/cli/slower.json", "--fail-on", "p99(page.latency) +5%",
                                 "--export", paths[3]),
                         AGUANTA("capacity", "tests/oracle/mm1-rho80.json", "--vary", "traffic.web.rate=0.1/s..3/s", "--set",
                                 "claims=[\"mean(job.latency) < 5s\"]", "--set", "run.window=2000s", "--set", "run.windows=4",
                                 "--precision", "5%", "--export", paths[4]),
                         AGUANTA("sensitivity", "docs/examples/ranges.json", "--reps", "2", "--export", paths[5]),
                         AGUANTA("report", paths[0], paths[1], paths[2], paths[3], paths[4], paths[5], "-o", page)};
  for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
    test_check(made[i].status == 0 || made[i].status >= 98, "answer %zu: %d: %s", i, made[i].status, made[i].err);
    if (i == 6) test_check(made[i].status == 0 && made[i].seconds < 20, "a report takes %.1f s", made[i].seconds);
    child_free(&made[i]);
  }
  for (int i = 0; i < 6; i++) free(paths[i]);
  return page;
}

static void test_browser(void) {
  const char *program = browser();
  CU_PASS("there or skipped");
  if (!program) return;
  char *page = answers();
  check_at(program, page, "400");
  check_at(program, page, "1400");
  free(page);
}

static const struct test_case cases[] = {{"at 400 and 1400 pixels", test_browser}, {NULL, NULL}};
const struct test_suite suite_report_browser = {"report_browser", cases};
