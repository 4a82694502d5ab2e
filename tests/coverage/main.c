/* make coverage: `coverage [--macros N] [--threads N] [--write FILE COMMIT DATE] [ROW ...]` prints the table. */
#include "tests/coverage/coverage.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wish {
  uint32_t macros, threads;
  int rows;
  char **row;
};

static bool wanted(const struct wish *w, const char *name) {
  for (int i = 0; i < w->rows; i++)
    if (!strcmp(w->row[i], name)) return true;
  return w->rows == 0;
}

static void print_row(FILE *out, const struct coverage_row *row, const struct coverage_result *r) {
  for (uint32_t i = 0; i < COVERAGE_MEASURES && row->measures[i].text; i++) {
    const struct coverage_count *c = &r->measures[i];
    fprintf(out, "| %s | %s | %.6g | %.3f | %u | %u | %u | %.1f%% | %.0f | %.3g | %+.2f%% +- %.2f%% |\n", i ? "" : row->name,
            row->measures[i].text, row->measures[i].exact, coverage_share(r, i), c->below, c->above, c->refused,
            100 * c->half_width, r->replications, r->requests, 100 * c->bias, 196 * c->bias_error);
  }
  if (r->pass + r->fail) fprintf(out, "claim: pass %u fail %u of %u\n", r->pass, r->fail, r->macros);
  fprintf(out, "warm-up %.4g s, missing in %u\n", r->warmup_s, r->no_warmup);
  fflush(out);
}

int main(int argc, char **argv) {
  struct wish w = {1000, 2, 0, argv + argc};
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--macros") && i + 1 < argc)
      w.macros = (uint32_t)atoi(argv[++i]);
    else if (!strcmp(argv[i], "--threads") && i + 1 < argc)
      w.threads = (uint32_t)atoi(argv[++i]);
    else {
      w.row = argv + i, w.rows = argc - i;
      break;
    }
  }
  for (uint32_t i = 0; i < coverage_row_count; i++) {
    if (!wanted(&w, coverage_rows[i].name)) continue;
    struct coverage_result *r = coverage_run(&coverage_rows[i], (uint32_t)(w.macros * coverage_rows[i].share), w.threads);
    if (!r) return 1;
    print_row(stdout, &coverage_rows[i], r);
    free(r);
  }
  return 0;
}
