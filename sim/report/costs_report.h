/* The answer of `aguanta growth` on several architectures: cost over users, and the cheapest that holds. */
#ifndef COSTS_REPORT_H
#define COSTS_REPORT_H
#include "sim/questions/growth_costs_results.h"
#include "sim/report/growth_report.h"

/* The sentence last. */
void report_costs_text(FILE *, const struct answer *, const struct report_options *);
/* "aguanta_costs": 1; documented in docs/growth.md. */
void report_costs_json(FILE *, const struct answer *);
/* One row a point of a curve, a range and a stated cost. */
void report_costs_csv(FILE *, const struct answer *);
void report_costs_markdown(FILE *, const struct answer *);

struct costs_words {
  char text[1200];
};
/* "34,200": three digits, as no month is known better. */
struct shown costs_users(double users);
/* "34,200 [33,900, 35,600]"; "-" where an end is not known. */
struct costs_words costs_place(double users, double low, double high);
/* "one-server is the cheapest that holds to 34,200 [33,900, 35,600] users, then two-servers" */
struct costs_words costs_sentence(const struct costs_results *);
/* "holds to 34,200 [33,900, 35,600] users: p95(page.latency) < 600ms breaks" */
struct costs_words costs_until(const struct outlook_until *);
/* "it does not hold any more", "another one is cheaper", ...; "" of the last range. */
const char *costs_why(enum envelope_why);
/* "40.00", "164.00 to 329.00" */
struct shown costs_stated_range(double low, double high, bool money);
enum answer_verdict costs_verdict(const struct costs_results *);
/* Statements of all of them. */
enum answer_verdict costs_statements(const struct outlook_results *const *, uint32_t count);

/* Stated costs of one architecture, next to what was found. */
void report_stated_text(FILE *, const struct outlook_results *, const char *name, int width);
void report_stated_markdown(FILE *, const struct outlook_results *, const char *name);
struct json_writer;
void report_stated_json(struct json_writer *, const struct outlook_results *);
void report_until_json(struct json_writer *, const struct outlook_until *);

#endif
