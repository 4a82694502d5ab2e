#include "sim/report/costs_report.h"
#include "sim/report/page/markdown_cell.h"
#include <math.h>

void report_stated_markdown(FILE *file, const struct outlook_results *r, const char *name) {
  for (uint32_t i = 0; i < r->stated_count; i++) {
    const struct outlook_stated *s = &r->stated[i];
    markdown_put(file, "| ", s->source ? s->source : s->name, " | ");
    markdown_put(file, "", name, " | ");
    fprintf(file, "%s | %s | %s", costs_stated_range(s->from, s->users, false).text, costs_stated_range(s->low, s->high, true).text,
            isnan(s->cost.value) ? "-" : format_money(s->cost.value).text);
    if (!s->cost.exact && s->cost.low < s->cost.high)
      fprintf(file, " [%s, %s]", format_money(s->cost.low).text, format_money(s->cost.high).text);
    fprintf(file, " | %s | %s |\n", format_verdict_word(s->verdict), s->reason ? s->reason : "");
  }
}

static void put_architecture(FILE *file, const struct costs_results *c, uint32_t i) {
  const struct curve *k = &c->curves[i];
  const struct curve_point *first = k->points, *last = &k->points[k->count - 1];
  markdown_put(file, "| ", c->names[i], " | ");
  fprintf(file, "%s at %s | %s at %s | ", isnan(first->value) ? "-" : format_money(first->value).text, costs_users(first->x).text,
          isnan(last->value) ? "-" : format_money(last->value).text, costs_users(last->x).text);
  markdown_put(file, "", costs_until(&c->outlooks[i]->until).text, " |\n");
}

void report_costs_markdown(FILE *file, const struct answer *a) {
  const struct costs_results *c = a->costs;
  bool stated = false;
  fprintf(file, "# Cost over users, %s a month\n", c->currency);
  markdown_put(file, "\n**", costs_sentence(c).text, ".**\n");
  for (uint32_t i = 0; i < c->note_count; i++) markdown_put(file, "\n> Note: ", c->notes[i], "\n");
  fputs("\n| architecture | first | last | |\n| --- | ---: | ---: | --- |\n", file);
  for (uint32_t i = 0; i < c->count; i++) put_architecture(file, c, i);
  fputs("\n| users | cheapest that holds | until |\n| ---: | --- | --- |\n", file);
  for (uint32_t i = 0; i < c->range_count; i++) {
    const struct envelope_range *r = &c->ranges[i];
    fprintf(file, "| %s to %s | ", costs_users(r->from).text, costs_place(r->to, r->low, r->high).text);
    markdown_put(file, "", r->lowest < 0 ? "none" : c->names[r->lowest], " | ");
    fprintf(file, "%s |\n", costs_why(r->why));
  }
  for (uint32_t i = 0; i < c->count; i++) stated |= c->outlooks[i]->stated_count > 0;
  if (stated)
    fputs("\n| stated | architecture | users | stated | found | verdict | |\n| --- | --- | ---: | ---: | ---: | --- | --- |\n",
          file);
  for (uint32_t i = 0; i < c->count; i++) report_stated_markdown(file, c->outlooks[i], c->names[i]);
}
