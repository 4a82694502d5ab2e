#include "sim/report/export/csv_cell.h"
#include "sim/report/export/csv_run.h"
#include "sim/report/export/sweep_points.h"
#include "sim/report/sweep_report.h"

static void put_point(FILE *file, const void *of) {
  const struct sweep_point *point = of;
  fprintf(file, "%llu,%s,", (unsigned long long)point->number, point->hash);
  for (uint32_t i = 0; i < point->axes; i++) { csv_column(file, point->values[i]); }
}

static void write_point(FILE *file, const struct sweep_point *point, const struct point_section *rows) {
  csv_run_behind(file, rows, put_point, point);
}

void report_sweep_csv(FILE *file, const struct answer *a) {
  struct sweep_point columns = sweep_results_columns(a->sweep);
  fputs("point,hash,", file);
  for (uint32_t i = 0; i < columns.axes; i++) { csv_column(file, columns.paths[i]); }
  csv_run_header(file);
  sweep_each_point(file, a->sweep, POINT_CSV, write_point);
}
