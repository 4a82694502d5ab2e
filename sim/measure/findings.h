/* Findings: the parts of the results, each filled from the evidence. */
#ifndef FINDINGS_H
#define FINDINGS_H
#include "sim/measure/evidence.h"

void findings_metrics(const struct evidence *, struct results *);
void findings_latencies(const struct evidence *, struct results *);
void findings_tables(const struct evidence *, struct results *);   /* breakdown, saturation, errors, bill, outages */
void findings_pictures(const struct evidence *, struct results *); /* curves, series */
void findings_load(const struct evidence *, struct results *);     /* business figures */
void findings_bill(const struct evidence *, struct results *);     /* bill_findings.c */
void findings_bill_notes(const struct evidence *, void (*with)(const struct evidence *, struct results *, const char *),
                         struct results *);
/* bytes_findings.c: where bytes are counted or priced, what carries none. */
void findings_bytes_notes(const struct evidence *, void (*with)(const struct evidence *, struct results *, const char *),
                          struct results *);
/* In the model's arena or another one that lives as long. */
struct component_names component_names(struct arena *, const struct model *);
void findings_notes(const struct evidence *, struct results *);
/* One more. */
void findings_note(const struct evidence *, struct results *, const char *text);
/* uptime_findings.c: what is taken of each piece of the years of faults for it, before they run; spreads over years and months, how
 * often, the error budget, and what the next nines take. */
void uptime_entries(struct evidence *);
void findings_uptime(const struct evidence *, struct availability_result *);
void findings_left_out(const struct evidence *, struct results *); /* what availability and its claims leave out */

/* left_out.c: data stores that uptime is too kind to, each as a note; and in one line what uptime leaves out. */
void findings_kept_data(const struct evidence *, void (*with)(const struct evidence *, struct results *, const char *),
                        struct results *);
const char *findings_leaves_out(const struct evidence *);
/* Null, or which volume a service is assumed to have that a fault may take a node from, and why. */
const char *findings_volume_assumed(const struct evidence *, uint32_t service, const char **source);
/* backlog.c: queues that are longer than those in them are patient, in one line; null when there is none. */
const char *findings_backlog(const struct evidence *);

#endif
