#include "sim/report/export/export_several.h"
#include "sim/engine/allocate.h"
#include "sim/report/export/csv_cell.h"
#include "sim/report/export/export.h"
#include "sim/report/export/json_writer.h"
#include "sim/store/output.h"
#include "sim/report/export/report.h"
#include <stdlib.h>
#include <string.h>

struct export_several {
  const char *path;
  FILE *stream;
  char *bytes;
  size_t length;
  enum export_format format;
  uint32_t count;
};

struct export_several *export_several_open(const char *path, const char *format) {
  struct export_several *all = allocate_zeroed(1, sizeof *all);
  all->path = path, all->format = report_export_format(path, format);
  all->stream = allocate_stream(&all->bytes, &all->length);
  if (all->format == EXPORT_JSON) fputs("{\n  \"aguanta_check\": 1,\n  \"scenarios\": [", all->stream);
  return all;
}

static void add_json(struct export_several *all, const char *file, int exit_code, const struct results *r) {
  fprintf(all->stream, "%s\n    {\"file\": ", all->count ? "," : "");
  write_text(all->stream, file);
  fprintf(all->stream, ", \"exit_code\": %d, \"result\": ", exit_code);
  if (r)
    report_json_write(all->stream, r);
  else
    fputs("null", all->stream);
  fputc('}', all->stream);
}

void export_several_add(struct export_several *all, const char *file, int exit_code, const struct results *r) {
  if (all->format == EXPORT_JSON) add_json(all, file, exit_code, r);
  if (all->format == EXPORT_CSV && r) report_csv_of_file(all->stream, file, r, !all->count);
  if (all->format == EXPORT_MARKDOWN && r) {
    if (all->count) fputc('\n', all->stream);
    report_markdown_write(all->stream, r);
  }
  all->count += r || all->format == EXPORT_JSON;
}

bool export_several_close(struct export_several *all, char **error) {
  if (all->format == EXPORT_JSON) fputs("\n  ]\n}\n", all->stream);
  fclose(all->stream);
  bool written = output_write(all->path, all->bytes, all->length, error);
  free(all->bytes);
  free(all);
  return written;
}
