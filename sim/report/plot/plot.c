#include "sim/report/plot/plot.h"
#include "sim/report/plot/gnuplot.h"
#include "sim/report/plot/plot_kinds.h"
#include "sim/engine/allocate.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SUBTITLE = 118 }; /* characters that fit */

#define PLOT(name) &plot_##name,
static const struct plot_kind *const kinds[] = {
#include "sim/report/plot/plots.h"
    NULL};

const struct plot_kind *const *plot_kinds(void) { return kinds; }

enum plot_outcome plot_nothing(char **error, const struct result_file *file, const char *what) {
  *error = allocate_format("%s: %s", file->path, what);
  return PLOT_NO_RESULT;
}

enum unit plot_unit(const char *word) { return result_unit(word); }

struct shown plot_replications(const struct json_value *result) {
  double count = result_number(result, "replications");
  return format_counted(count >= 0 && count < 1e15 ? (uint64_t)count : 0, "replication", NULL);
}

const char *plot_subtitle(const struct result_file *file, char *room, size_t size) {
  char of[80];
  int used = snprintf(of, sizeof of, " (seed %s, %s)", result_text(file->root, "seed"), plot_replications(file->root).text);
  snprintf(room, size, "%s%s", figure_fit(file->title, SUBTITLE - used).text, of);
  return room;
}

struct result_estimate plot_p99(const struct result_file *file, const char *endpoint) {
  char name[160];
  snprintf(name, sizeof name, "%s.latency", endpoint);
  return result_estimate(result_metric(file, name, "p99"));
}

const char *plot_endpoint(const struct result_file *file, const struct plot_options *options) {
  const char *slowest = NULL;
  double most = -INFINITY;
  if (options->endpoint_count) return options->endpoints[0];
  for (const struct json_value *e = json_first(json_member(file->root, "endpoints")); e; e = json_next(e)) {
    double p99 = plot_p99(file, json_text(e)).value;
    if (!slowest || p99 > most) slowest = json_text(e), most = isnan(p99) ? most : p99;
  }
  return slowest;
}

bool plot_wants(const struct plot_options *options, const char *endpoint) {
  bool wanted = options->endpoint_count == 0;
  for (uint32_t i = 0; i < options->endpoint_count; i++) wanted |= !strcmp(options->endpoints[i], endpoint);
  return wanted;
}

bool plot_culprit(const struct result_file *file, const char *endpoint, char *room, size_t size) {
  const struct json_value *worst = NULL;
  double sum = 0, most = 0;
  for (const struct json_value *b = json_first(json_member(file->root, "breakdown")); b; b = json_next(b)) {
    if (strcmp(result_text(b, "endpoint"), endpoint)) continue;
    double slow = result_number(b, "slow_s");
    if (isnan(slow)) continue;
    sum += slow;
    if (slow > most) most = slow, worst = b;
  }
  if (!worst || sum <= 0) return false;
  snprintf(room, size, "%s of the slowest 1%% is %s %s", format_percent(most / sum).text, result_text(worst, "component"),
           result_text(worst, "kind"));
  return true;
}

static const struct plot_kind *find(const char *name, char **error) {
  const char *names[sizeof kinds / sizeof *kinds];
  char known[400] = "";
  size_t count = 0;
  for (const struct plot_kind *const *at = kinds; *at; at++) {
    const struct plot_kind *k = *at;
    if (!strcmp(k->name, name)) return k;
    size_t used = strlen(known);
    snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "", k->name);
    names[count++] = k->name;
  }
  const char *near = nearest_name(name, names, count);
  *error = allocate_format("--kind %s: unknown%s%s%s kinds are %s", name, near ? "; did you mean \"" : ";", near ? near : "",
                           near ? "\"?" : "", known);
  return NULL;
}

static enum plot_outcome draw(const struct plot_kind *kind, struct arena *arena, const char *const *paths, uint32_t count,
                              const char *output, const struct plot_options *options, char **error) {
  struct result_file *files = arena_new_array(arena, struct result_file, count);
  for (uint32_t i = 0; i < count; i++)
    if (!result_file_read_of(arena, kind->of ? kind->of : "result", paths[i], &files[i], error)) return PLOT_NO_RESULT;
  for (uint32_t i = 0; !kind->own_endpoints && i < count * options->endpoint_count; i++)
    if (!result_has_endpoint(&files[i % count], options->endpoints[i / count])) {
      plot_nothing(error, &files[i % count], "no such endpoint as --endpoint says");
      return PLOT_MISUSED;
    }
  return kind->draw(kind, files, count, output, options, error);
}

enum plot_outcome plot_run(const char *name, const char *const *paths, uint32_t count, const char *output,
                           const struct plot_options *options, char **error) {
  static const struct plot_options none;
  enum picture picture;
  *error = NULL;
  const struct plot_kind *kind = find(name, error);
  const char *ending = strrchr(output, '.');
  bool dot = kind && kind->dot && ending && !strcmp(ending, ".dot");
  if (!kind || (!dot && !picture_from_path(output, &picture, error))) return PLOT_MISUSED;
  if (!dot && picture == PICTURE_PNG && options && options->theme == THEME_AUTO)
    return *error = allocate_format("--theme auto: a PNG cannot follow its reader; draw light and dark, or an SVG"), PLOT_MISUSED;
  if (count < kind->least || count > kind->most) {
    *error = kind->most == 1 ? allocate_format("--kind %s takes one result, not %u", name, count)
                             : allocate_format("--kind %s takes %u to %u results, not %u", name, kind->least, kind->most, count);
    return PLOT_MISUSED;
  }
  struct arena *arena = arena_new();
  enum plot_outcome outcome = draw(kind, arena, paths, count, output, options ? options : &none, error);
  arena_free(arena);
  return outcome;
}
