/* Laws: how the interval of an estimate is made, one for each way in which a measure varies. A row of the table of measures names
 * its law; it fills low and high of an estimate whose value and number of observations are known. */
#ifndef LAW_H
#define LAW_H
#include "sim/measure/evidence.h"

/* From the spread of the replications' values, with a t interval that allows for skew. */
void law_of_spread(const struct evidence *, const struct entry *, struct estimate *);
/* A share of requests: where few failed, or few did not, their number says more than the spread. */
void law_of_failures(const struct evidence *, const struct entry *, struct estimate *);
/* A number, and a rate: of what was never seen there are at most 3 in all that was simulated (Hanley and Lippman-Hand 1983). */
void law_of_number(const struct evidence *, const struct entry *, struct estimate *);
void law_of_rate(const struct evidence *, const struct entry *, struct estimate *);
/* The mean of single outages, which are independent of each other; of recovery times the law of the repair is known too. */
void law_of_recoveries(const struct evidence *, const struct entry *, struct estimate *);
void law_of_losses(const struct evidence *, const struct entry *, struct estimate *);
/* Availability and downtime rest on outages, not on years. */
void law_of_availability(const struct evidence *, const struct entry *, struct estimate *);
void law_of_downtime(const struct evidence *, const struct entry *, struct estimate *);
/* How often something begins to be missing, the mean time between, and until the first: where none was seen, bounded by the time
 * that was simulated. */
void law_of_outages(const struct evidence *, const struct entry *, struct estimate *);
void law_of_mtbf(const struct evidence *, const struct entry *, struct estimate *);
void law_of_first(const struct evidence *, const struct entry *, struct estimate *);

/* How many independent requests n of the measure are worth, which follow each other's queues (sim/stats/batch.h). */
double law_worth(const struct evidence *, const struct measure *, uint64_t n);

#endif
