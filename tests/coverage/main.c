/* make coverage: `coverage [--macros N] [--threads N] [--write FILE STAMP] [ROW ...]` prints the table as Markdown, or writes it
 * over the one between the two marks in FILE. The exit status is 1 when some interval holds the exact value too rarely for
 * chance and nothing is known about it. */
#include "tests/coverage/coverage.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char begin_mark[] = "<!-- coverage: begin -->\n", end_mark[] = "<!-- coverage: end -->\n";

struct wish {
  uint32_t macros, threads;
  const char *file, *stamp;
  int rows;
  char **row;
};

static struct wish read_wish(int argc, char **argv) {
  struct wish w = {.macros = 1000, .threads = 2};
  int i = 1;
  for (; i + 1 < argc && !strncmp(argv[i], "--", 2); i += 2) {
    if (!strcmp(argv[i], "--macros")) w.macros = (uint32_t)atoi(argv[i + 1]);
    if (!strcmp(argv[i], "--threads")) w.threads = (uint32_t)atoi(argv[i + 1]);
    if (!strcmp(argv[i], "--write") && i + 2 < argc) w.file = argv[i + 1], w.stamp = argv[i + 2], i++;
  }
  w.row = argv + i, w.rows = argc - i;
  return w;
}

static bool wanted(const struct wish *w, const char *name) {
  for (int i = 0; i < w->rows; i++)
    if (!strcmp(w->row[i], name)) return true;
  return w->rows == 0;
}

/* How the coverage is to be read. */
static const char *word(const struct coverage_result *r, uint32_t i) {
  uint32_t given = r->macros - r->measures[i].refused;
  double share = coverage_share(r, i);
  if (given < 30) return "few given";
  if (share >= 0.935 && share <= 0.965) return "as it says";
  if (coverage_plausible(r->measures[i].covered, given, 0.95)) return "within chance";
  return share < 0.95 ? "too rarely" : "too often";
}

/* Whether something came out that nothing explains. */
static bool print_row(FILE *out, const struct coverage_row *row, const struct coverage_result *r) {
  bool good = true;
  for (uint32_t i = 0; i < COVERAGE_MEASURES && row->measures[i].text; i++) {
    const struct coverage_count *c = &r->measures[i];
    uint32_t given = r->macros - c->refused;
    char replications[20] = "";
    if (!i) snprintf(replications, sizeof replications, "%.0f", r->replications);
    fprintf(out, "| %s | %s | %.6g | %u | %.3f | %u, %u | %u | %.3g%% | %+.2f%% | %s | %s%s%s |\n", i ? "" : row->what,
            row->measures[i].text, row->measures[i].exact, given, coverage_share(r, i), c->below, c->above, c->refused,
            100 * c->half_width, 100 * c->bias, replications, word(r, i), row->measures[i].known ? ": " : "",
            row->measures[i].known ? row->measures[i].known : "");
    good = good && (row->measures[i].known || strcmp(word(r, i), "too rarely"));
    good = good && (row->refuses || c->refused <= 0.05 * r->macros);
  }
  return good;
}

static const char heading[] =
    "| workload | measure | exact | intervals | covered | below, above | refused | half-width | bias | replications | judgement |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";

static void print_claims(FILE *out, const struct coverage_row *row, const struct coverage_result *r) {
  if (r->pass + r->fail) fprintf(out, "| %s | %u | %u | %u |\n", row->what, r->pass, r->fail, r->macros - r->pass - r->fail);
}

/* The table, and behind it the verdicts. */
static bool print_all(FILE *out, const struct wish *w) {
  char *claims = NULL;
  size_t length;
  FILE *verdicts = open_memstream(&claims, &length);
  bool good = true;
  fputs(heading, out);
  for (uint32_t i = 0; i < coverage_row_count; i++) {
    const struct coverage_row *row = &coverage_rows[i];
    if (!wanted(w, row->name)) continue;
    if (!coverage_present(row)) {
      fprintf(stderr, "%s is left out: there is no %s\n", row->name, row->file);
      continue;
    }
    struct coverage_result *r = coverage_run(row, (uint32_t)(w->macros * row->share), w->threads);
    if (!r) return false;
    good = print_row(out, row, r) && good;
    fflush(out);
    print_claims(verdicts, row, r);
    free(r);
  }
  fclose(verdicts);
  if (*claims) fprintf(out, "\n| claim | PASS | FAIL | UNDECIDED |\n| --- | --- | --- | --- |\n%s", claims);
  free(claims);
  return good;
}

static char *read_file(const char *path) {
  FILE *in = fopen(path, "rb");
  if (!in) return NULL;
  fseek(in, 0, SEEK_END);
  size_t size = (size_t)ftell(in);
  rewind(in);
  char *text = calloc(1, size + 1);
  if (fread(text, 1, size, in) != size) text[0] = 0;
  fclose(in);
  return text;
}

static bool write_all(const struct wish *w) {
  char *old = read_file(w->file), *begin = old ? strstr(old, begin_mark) : NULL, *end = begin ? strstr(begin, end_mark) : NULL;
  if (!end) {
    fprintf(stderr, "%s: has no table to write over\n", w->file);
    free(old);
    return false;
  }
  char *table = NULL;
  size_t length;
  FILE *text = open_memstream(&table, &length);
  bool good = print_all(text, w);
  fclose(text);
  FILE *out = fopen(w->file, "wb");
  if (out) {
    *begin = 0;
    fprintf(out, "%s%s%s, %u macro-replications (a share of them of dear rows).\n\n%s%s", old, begin_mark, w->stamp, w->macros,
            table, end);
    fclose(out);
  } else {
    perror(w->file);
  }
  fputs(table, stdout);
  free(table), free(old);
  return good && out;
}

int main(int argc, char **argv) {
  struct wish w = read_wish(argc, argv);
  return (w.file ? write_all(&w) : print_all(stdout, &w)) ? 0 : 1;
}
