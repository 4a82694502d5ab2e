/* What the file says: regions as bands, groups of nodes as frames in them, services as boxes in the column of their distance from
 * the clients, and an arrow for each of them that calls, queries or looks up another. Of a scenario file or of a result; with .dot
 * as the ending the graph for graphviz. Services have the colours that they have in every picture. */
#include "sim/report/plot/architecture.h"
#include "sim/report/plot/architecture_dot.h"
#include "sim/report/plot/plot_kinds.h"
#include "sim/engine/allocate.h"
#include "sim/scenario/merge.h"
#include "sim/scenario/scenario.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  BOX = 164,
  BOX_HEIGHT = 46,
  STACK = 62,
  COLUMN = 330,
  FIRST = 290,
  HEADING = 30,
  PADDING = 14,
  TOP = 96,
  CLIENTS = 92,
  BAND = 30,
  BOTTOM = 26
};
#define OUTSIDE GROUPS /* the row of what runs on no machine of ours */

struct box {
  bool there;
  double x, y; /* upper left corner, from the top */
};

struct layout {
  const struct architecture *a;
  struct box box[SERVICES][GROUPS + 1];
  double group_top[GROUPS + 1], group_height[GROUPS + 1], region_top[REGIONS], region_height[REGIONS];
  double width, height;
};

/* --- where it stands ---------------------------------------------------------------------------------------------------------- */

static bool is_in(const struct architecture *a, int service, int group) {
  return group == OUTSIDE ? a->service[service].groups == 0 : (a->service[service].groups >> group & 1) != 0;
}

/* The services of a group in their columns, those of one column below each other; returns the height. */
static double place_services(struct layout *l, int group, double top) {
  int stacked[8] = {0}, most = 0;
  for (int s = 0; s < l->a->service_count; s++) {
    if (!is_in(l->a, s, group)) continue;
    int rank = l->a->service[s].rank, row = stacked[rank & 7]++;
    l->box[s][group] = (struct box){true, FIRST + (double)COLUMN * (rank - 1), top + (double)STACK * row};
    if (stacked[rank & 7] > most) most = stacked[rank & 7];
  }
  return most ? STACK * most - (STACK - BOX_HEIGHT) : 0;
}

static double place_group(struct layout *l, int group, double top) {
  double inside = place_services(l, group, top + HEADING);
  l->group_top[group] = top, l->group_height[group] = HEADING + inside + PADDING;
  return l->group_height[group] + PADDING;
}

static bool in_region(const struct architecture *a, int group, int region) {
  const char *name = a->group[group].region;
  if (region < 0) {
    bool known = false;
    for (int r = 0; r < a->region_count; r++) known |= name && !strcmp(name, a->region[r].name);
    return !known;
  }
  return name && !strcmp(name, a->region[region].name);
}

static void place_all(struct layout *l) {
  const struct architecture *a = l->a;
  double y = TOP;
  bool outside = false;
  for (int r = -1; r < a->region_count; r++) {
    if (r >= 0) l->region_top[r] = y, y += BAND;
    for (int g = 0; g < a->group_count; g++)
      if (in_region(a, g, r)) y += place_group(l, g, y);
    if (r >= 0) l->region_height[r] = y - l->region_top[r], y += PADDING;
  }
  for (int s = 0; s < a->service_count; s++) outside |= is_in(a, s, OUTSIDE);
  if (outside) y += place_group(l, OUTSIDE, y);
  l->width = FIRST + (double)COLUMN * (a->ranks - 1) + BOX + 40;
  l->height = y + BOTTOM;
}

/* --- how it is drawn ---------------------------------------------------------------------------------------------------------- */

static void put_rectangle(struct figure *f, const struct layout *l, double x, double y, double width, double height,
                          const char *fill, const char *border) {
  fprintf(f->script, "set object rectangle from first %.1f,%.1f to first %.1f,%.1f fc rgb '%s' fs solid 1 ", x, l->height - y,
          x + width, l->height - y - height, fill);
  if (border)
    fprintf(f->script, "border rgb '%s' lw 1.2 back\n", border);
  else
    fputs("noborder behind\n", f->script);
}

static void put_text(struct figure *f, const struct layout *l, double x, double y, const char *align, const char *color, int size,
                     const char *text) {
  char position[80];
  snprintf(position, sizeof position, "first %.1f,%.1f", x, l->height - y);
  figure_text(f, position, align, color, size, text);
}

static void put_frames(struct figure *f, const struct layout *l) {
  const struct architecture *a = l->a;
  char text[400];
  for (int r = 0; r < a->region_count; r++) {
    put_rectangle(f, l, FIRST - 40, l->region_top[r], l->width - FIRST + 28, l->region_height[r], "#f1f4f7", NULL);
    snprintf(text, sizeof text, "region %.60s%s%.60s", a->region[r].name, *a->region[r].at ? " at " : "", a->region[r].at);
    put_text(f, l, FIRST - 30, l->region_top[r] + 16, "left", FIGURE_INK, 12, text);
    snprintf(text, sizeof text, "round trip %.200s", a->round_trips);
    if (*a->round_trips) put_text(f, l, l->width - 24, l->region_top[r] + 16, "right", FIGURE_GREY, 11, figure_fit(text, 60).text);
  }
  for (int g = 0; g <= GROUPS; g++) {
    if (!(l->group_height[g] > 0) || (g < GROUPS && g >= a->group_count)) continue;
    if (g < GROUPS) {
      put_rectangle(f, l, FIRST - 26, l->group_top[g], l->width - FIRST + 2, l->group_height[g], "#ffffff", "#b8b8b8");
      snprintf(text, sizeof text, "%.60s: %.110s", a->group[g].name, a->group[g].words);
    }
    /* right: trunks of arrows pass further left */
    put_text(f, l, l->width - 36, l->group_top[g] + 15, "right", FIGURE_GREY, 11,
             g < GROUPS ? figure_fit(text, 46).text : "services of others");
  }
}

static const char *region_of(const struct architecture *a, int group) {
  return group < a->group_count ? a->group[group].region : NULL;
}

/* How many there are in the region of the group, where the scenario says that. */
static struct fitted words_there(const struct architecture *a, int service, int group) {
  struct fitted words;
  const struct architecture_service *s = &a->service[service];
  const char *region = region_of(a, group);
  snprintf(words.text, sizeof words.text, "%s", s->words);
  for (int r = 0; region && r < a->region_count; r++)
    if (!strcmp(region, a->region[r].name) && !isnan(s->in_region[r]))
      snprintf(words.text, sizeof words.text, "%.20s, %.0f replica%s here", s->kind, s->in_region[r],
               s->in_region[r] == 1 ? "" : "s");
  return words;
}

static void put_boxes(struct figure *f, const struct layout *l) {
  for (int s = 0; s < l->a->service_count; s++)
    for (int g = 0; g <= GROUPS; g++) {
      const struct box *b = &l->box[s][g];
      const char *color = palette_component(s);
      if (!b->there) continue;
      put_rectangle(f, l, b->x, b->y, BOX, BOX_HEIGHT, figure_tint(color, 4).text, color);
      put_text(f, l, b->x + BOX / 2.0, b->y + 16, "center", FIGURE_INK, 12, figure_fit(l->a->service[s].name, 18).text);
      put_text(f, l, b->x + BOX / 2.0, b->y + 34, "center", "#444444", 9, figure_fit(words_there(l->a, s, g).text, 28).text);
    }
}

/* Which of the target's boxes an arrow from a group leads to: one there, one in the region, or the first. -1: none. */
static int nearest(const struct layout *l, int service, int from) {
  int first = -1, near = -1;
  const char *here = from <= GROUPS && from >= 0 ? region_of(l->a, from) : NULL;
  for (int g = 0; g <= GROUPS; g++) {
    if (!l->box[service][g].there) continue;
    if (g == from) return g;
    const char *there = region_of(l->a, g);
    if (near < 0 && here && there && !strcmp(here, there)) near = g;
    if (first < 0) first = g;
  }
  return near >= 0 ? near : first;
}

/* The way's words: the verb, and whose, where it is not everybody's. */
static void words_of(const struct architecture *a, const struct architecture_way *w, char *text, size_t size) {
  bool all = w->endpoint_count >= a->endpoints && w->from >= 0;
  if (all)
    snprintf(text, size, "%s", w->verb);
  else if (w->endpoint_count > 4)
    snprintf(text, size, "%s%s%d endpoints", w->verb, *w->verb ? ": " : "", w->endpoint_count);
  else
    snprintf(text, size, "%s%s%.60s", w->verb, *w->verb ? ": " : "", w->endpoints);
}

static void put_segment(struct figure *f, const struct layout *l, double x, double y, double to_x, double to_y, bool head) {
  fprintf(f->script, "set arrow from first %.1f,%.1f to first %.1f,%.1f %s back lw 1.2 lc rgb '#8a8a8a'\n", x, l->height - y, to_x,
          l->height - to_y, head ? "head filled size first 8,18" : "nohead");
}

/* Out to the right, along a trunk of the box that it comes from, and in from the left; back from below. Arrows that end at one box
 * end below each other: `place` of `of`. */
static void put_arrow(struct figure *f, const struct layout *l, const struct architecture_way *w, const struct box *from,
                      const struct box *to, int place, int of) {
  char text[200];
  double x = from->x + (w->from < 0 ? CLIENTS : BOX) + 1, y = from->y + BOX_HEIGHT / 2.0,
         end = to->y + BOX_HEIGHT * (place + 1.0) / (of + 1.0);
  words_of(l->a, w, text, sizeof text);
  if (to->x <= x) {
    double below = fmax(from->y, to->y) + BOX_HEIGHT + 8, middle = to->x + BOX / 2.0 + 6.0 * place;
    put_segment(f, l, x - BOX / 2.0, y, x - BOX / 2.0, below, false), put_segment(f, l, x - BOX / 2.0, below, middle, below, false);
    put_segment(f, l, middle, below, middle, to->y + BOX_HEIGHT + 1, true);
    put_text(f, l, middle + 6, below - 1, "left", "#555555", 9, figure_fit(text, 25).text);
    return;
  }
  double trunk = x + 12 + 6.0 * (lround(from->y / STACK) % 3), line = fabs(end - y) < 4 ? y : end;
  put_segment(f, l, x, y, trunk, y, false), put_segment(f, l, trunk, y, trunk, line, false);
  put_segment(f, l, trunk, line, to->x - 1, line, true);
  put_text(f, l, to->x - (w->from < 0 ? 48 : 12), line - 8, "right", "#555555", 9, figure_fit(text, w->from < 0 ? 22 : 25).text);
}

/* How many arrows end at the box, and the number of this one. */
struct ends {
  int count[SERVICES][GROUPS + 1];
};

static void each_arrow(struct figure *f, const struct layout *l, struct ends *ends, const struct ends *all) {
  for (const struct architecture_way *w = l->a->way; w < l->a->way + l->a->way_count; w++)
    for (int g = 0; g <= GROUPS; g++) {
      bool clients = w->from < 0;
      if (clients ? !l->box[w->to][g].there : !l->box[w->from][g].there) continue;
      int at = clients ? g : nearest(l, w->to, g);
      if (at < 0) continue;
      int place = ends->count[w->to][at]++;
      if (!f) continue;
      const struct box home = {true, 16, TOP + HEADING};
      put_arrow(f, l, w, clients ? &home : &l->box[w->from][g], &l->box[w->to][at], place, all->count[w->to][at]);
    }
}

static void put_ways(struct figure *f, const struct layout *l) {
  static const struct ends none;
  struct ends all = none, drawn = none;
  each_arrow(NULL, l, &all, &none);
  put_rectangle(f, l, 16, TOP + HEADING, CLIENTS, BOX_HEIGHT, "#ffffff", "#444444");
  put_text(f, l, 16 + CLIENTS / 2.0, TOP + HEADING + BOX_HEIGHT / 2.0, "center", FIGURE_INK, 12, "clients");
  each_arrow(f, l, &drawn, &all);
}

/* How much there is, and what has no second one. */
static void say(const struct architecture *a, char *text, size_t size) {
  double machines = 0;
  int alone = 0, ours = 0;
  char names[160] = "";
  for (int g = 0; g < a->group_count; g++) machines += a->group[g].count;
  for (int s = 0; s < a->service_count; s++) {
    const struct architecture_service *service = &a->service[s];
    if (!service->groups) continue;
    ours++;
    if (service->replicas > 1) continue;
    size_t used = strlen(names);
    if (alone++ < 4) snprintf(names + used, sizeof names - used, "%s%.30s", used ? ", " : "", service->name);
  }
  int used = snprintf(text, size, "%d service%s on %.0f machine%s", ours, ours == 1 ? "" : "s", machines, machines == 1 ? "" : "s");
  if (a->region_count > 1) used += snprintf(text + used, size - (size_t)used, " in %d regions", a->region_count);
  if (alone == 0)
    snprintf(text + used, size - (size_t)used, "; each has a second replica");
  else if (alone <= 4)
    snprintf(text + used, size - (size_t)used, "; no second replica of %s", names);
  else
    snprintf(text + used, size - (size_t)used, "; %d of them without a second replica", alone);
}

static void subtitle(const struct result_file *file, const struct architecture *a, char *text, size_t size) {
  snprintf(text, size, "%s%s", figure_fit(*file->title ? file->title : file->name, 90).text,
           a->cut ? "; not all of it is drawn" : "");
}

static enum plot_outcome draw_it(struct layout *l, const struct result_file *file, const char *output,
                                 const struct plot_options *options, char **error) {
  char title[500], under[600];
  struct figure f;
  place_all(l);
  say(l->a, title, sizeof title), subtitle(file, l->a, under, sizeof under);
  figure_open(&f, options, (int)fmin(fmax(l->width, 760), 3000), (int)fmin(l->height, 6000));
  l->width = f.width, l->height = f.height;
  figure_title(&f, options->title ? options->title : title, under);
  put_frames(&f, l), put_ways(&f, l), put_boxes(&f, l);
  fprintf(f.script,
          "set lmargin at screen 0\nset rmargin at screen 1\nset bmargin at screen 0\nset tmargin at screen 1\nunset border\nunset "
          "tics\nunset grid\nset xrange [0:%d]\nset yrange [0:%d]\nplot NaN notitle\n",
          f.width, f.height);
  return figure_draw(&f, output, error);
}

/* The tree of a result is in it; of a scenario its parents are read. */
static const struct json_value *resolved_of(struct arena *arena, const struct result_file *file, char **error) {
  if (strcmp(file->answer, "scenario")) return json_member(file->root, "scenario_resolved");
  struct diagnostics *diagnostics = diagnostics_new(arena);
  const struct json_value *root =
      strcmp(file->path, "-") ? merge_read(arena, diagnostics, &scenario_record, file->path) : file->root;
  if (!diagnostics_errors(diagnostics)) return root;
  *error = allocate_text(diagnostics_render(diagnostics, arena));
  (*error)[strcspn(*error, "\n")] = 0;
  return NULL;
}

static enum plot_outcome draw_of(struct arena *arena, struct architecture *a, struct layout *l, const struct result_file *file,
                                 const char *output, const struct plot_options *options, char **error) {
  const struct json_value *resolved = resolved_of(arena, file, error);
  if (*error) return PLOT_NO_RESULT;
  const char *wrong = architecture_read(a, resolved);
  struct result_file named = *file;
  if (wrong) return plot_nothing(error, file, wrong);
  if (!strcmp(file->answer, "scenario")) named.name = result_text(resolved, "name"), named.title = result_text(resolved, "title");
  l->a = a;
  return architecture_is_dot(output) ? architecture_write_dot(a, output, error) : draw_it(l, &named, output, options, error);
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t count, const char *output,
                              const struct plot_options *options, char **error) {
  (void)kind, (void)count;
  struct architecture *a = allocate_zeroed(1, sizeof *a);
  struct layout *l = allocate_zeroed(1, sizeof *l);
  struct arena *arena = arena_new();
  enum plot_outcome outcome = draw_of(arena, a, l, files, output, options, error);
  arena_free(arena);
  free(a), free(l);
  return outcome;
}

const struct plot_kind plot_architecture = {
    .name = "architecture",
    .doc = "Nodes, services and who calls whom; also as a graph (.dot), and of a scenario that was not run.",
    .least = 1,
    .most = 1,
    .draw = draw,
    .of = "result scenario",
    .own_endpoints = true,
    .dot = true};
