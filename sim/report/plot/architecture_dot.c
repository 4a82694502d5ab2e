#include "sim/report/plot/architecture_dot.h"
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include "sim/report/plot/architecture.h"
#include "sim/report/plot/palette.h"
#include "sim/store/output.h"
#include <stdlib.h>
#include <string.h>

bool architecture_is_dot(const char *path) {
  const char *dot = strrchr(path, '.');
  return dot && !strcmp(dot, ".dot");
}

/* Inside of quotes: a backslash would begin an escape, a quote would end it. */
static void put_quoted(FILE *file, const char *text) {
  for (size_t step; *text; text += step) {
    unsigned code;
    int length = text_character((const unsigned char *)text, &code);
    step = length ? (size_t)length : 1;
    if (length == 0)
      fputc('?', file);
    else if (code == '"' || code == '\\')
      fprintf(file, "\\%c", (int)code);
    else if (!text_unsafe(code))
      fwrite(text, 1, step, file);
  }
}

static void put_service(FILE *file, const struct architecture *a, int s) {
  fprintf(file, "    s%d [label=\"", s);
  put_quoted(file, a->service[s].name), fputs("\\n", file), put_quoted(file, a->service[s].words);
  fprintf(file, "\", color=\"%s\"];\n", palette_component(s));
}

/* A service of several groups stands in the first; its label counts the replicas of all. */
static void put_group(FILE *file, const struct architecture *a, int g) {
  fprintf(file, "  subgraph cluster_%d {\n    label=\"", g);
  put_quoted(file, a->group[g].name), fputs(": ", file), put_quoted(file, a->group[g].words);
  if (a->group[g].region) fputs(", region ", file), put_quoted(file, a->group[g].region);
  fputs("\";\n", file);
  for (int s = 0; s < a->service_count; s++)
    if (a->service[s].groups & UINT64_C(1) << g && !(a->service[s].groups & ((UINT64_C(1) << g) - 1))) put_service(file, a, s);
  fputs("  }\n", file);
}

static void put_way(FILE *file, const struct architecture_way *w) {
  fputs("  ", file);
  w->from < 0 ? fputs("clients", file) : fprintf(file, "s%d", w->from);
  fprintf(file, " -> s%d [label=\"", w->to);
  put_quoted(file, w->verb), fputs(*w->verb ? ": " : "", file), put_quoted(file, w->endpoints);
  fputs("\"];\n", file);
}

enum plot_outcome architecture_write_dot(const struct architecture *a, const char *path, char **error) {
  char *text = NULL;
  size_t length = 0;
  FILE *file = allocate_stream(&text, &length);
  fputs("digraph architecture {\n  rankdir=LR;\n  node [shape=box, fontname=\"Helvetica\"];\n  clients [shape=plain];\n", file);
  for (int g = 0; g < a->group_count; g++) put_group(file, a, g);
  for (int s = 0; s < a->service_count; s++)
    if (!a->service[s].groups) put_service(file, a, s);
  for (int w = 0; w < a->way_count; w++) put_way(file, &a->way[w]);
  fputs("}\n", file);
  fclose(file);
  bool written = output_write(path, text, length, error);
  free(text);
  return written ? PLOT_DRAWN : PLOT_FAILED;
}
