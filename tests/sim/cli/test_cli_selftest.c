/* `aguanta selftest`: the program finds itself in order, from any folder; its judge refuses what is wrong. */
#include "sim/questions/selftest.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <math.h>

/* "mm1-rho80   mean(job.latency)   5.000 s   5.00 s  [4.88, 5.11]   -0.06  PASS" */
static void check_row(const char *line, int *rows) {
  char name[64], measure[64];
  const char *bracket = strchr(line, '[');
  double low, high, z;
  if (!bracket || sscanf(line, "%63s %63s", name, measure) != 2) return;
  char path[200];
  snprintf(path, sizeof path, "tests/oracle/%s.expected.json", name);
  char *expected = test_read_file(path);
  test_check(expected && strstr(expected, measure), "%s says nothing of %s", path, measure);
  bool read = sscanf(bracket, "[%lf, %lf] %lf", &low, &high, &z) == 3;
  test_check(read && low < high && fabs(z) < 6, "the row is no row: %s", line);
  test_check(child_ends(line, "  PASS"), "%s", line);
  free(expected);
  ++*rows;
}

static void test_holds(void) {
  struct child c = AGUANTA("selftest", "--progress", "never");
  int rows = 0;
  test_check(c.status == 0 && c.err_length == 0, "exit status %d: %s", c.status, c.err);
  test_check(!strcmp(child_last_line(c.out), "selftest: 16 cases hold\n"), "it ends with %s", child_last_line(c.out));
  test_check(child_count(c.out, "  PASS\n") == 16 && !strstr(c.out, "FAIL"), "the table is\n%s", c.out);
  for (char *line = strtok(c.out, "\n"); line; line = strtok(NULL, "\n")) check_row(line, &rows);
  test_check(rows == 14, "%d rows with an interval", rows);
  child_free(&c);
}

/* Far from the repository, with other customers. */
static void test_seed(void) {
  char *program = realpath(child_aguanta(), NULL), *command = NULL;
  if (asprintf(&command, "cd / && '%s' selftest --seed 'another day' --progress never --jobs 1", program) < 0) abort();
  struct child c = child_run(&(struct child_wish){0}, (const char *const[]){"/bin/sh", "-c", command, NULL});
  free(program), free(command);
  test_check(c.status == 0, "exit status %d\n%s", c.status, c.out);
  child_free(&c);
  c = AGUANTA("selftest", "here.json");
  test_check(c.status == 2 && strstr(c.err, "too many files"), "exit status %d: %s", c.status, c.err);
  child_free(&c);
}

static void test_judge(void) {
  static const struct {
    double exact, value, half;
    uint32_t samples;
    const char *wrong;
  } rows[] = {{5, 5.03, 0.1, 30, NULL},
              {5, 5.2, 0.1, 30, NULL}, /* 4.09 standard errors: chance, in a family of fourteen */
              {5, 5.25, 0.1, 30, "too far away for chance"},
              {5, 4.75, 0.1, 30, "too far away for chance"},
              {5.1, 5, 0.01, 30, "too far away for chance"},
              {5, 5, 0.26, 30, "the interval is too wide to see a fault"},
              {5, 5, 0.24, 30, NULL},
              {5, NAN, NAN, 30, "no interval"},
              {5, 5, 0.1, 1, "no interval"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct selftest_row row = {.exact = rows[i].exact,
                               .simulated = {rows[i].value, rows[i].value - rows[i].half, rows[i].value + rows[i].half, 1, false}};
    selftest_judge(&row, rows[i].samples, 14);
    test_check(row.wrong == rows[i].wrong || (row.wrong && rows[i].wrong && !strcmp(row.wrong, rows[i].wrong)),
               "row %zu: z %.2f of %.2f: %s", i, row.z, row.bound, row.wrong ? row.wrong : "holds");
  }
  struct selftest_row row = {.exact = 5, .simulated = {5.1, 5, 5.2, 1, false}};
  selftest_judge(&row, 30, 14);
  test_check(fabs(row.z - 2.0452) < 1e-3, "at the end of its 95%% interval z is %g", row.z); /* Student's t, 29 */
  test_check(row.bound > 4.6 && row.bound < 4.7, "the bound of fourteen is %g", row.bound);
}

static const struct test_case cases[] = {{"holds", test_holds}, {"seed", test_seed}, {"judge", test_judge}, {0}};
const struct test_suite suite_cli_selftest = {"cli_selftest", cases};
