/* Values of measures of money. Private to the table of measures. */
#ifndef MEASURE_MONEY_H
#define MEASURE_MONEY_H
#include "models/money/price.h"
#include "sim/measure/measure_inner.h"

VALUE(value_cost_low);
VALUE(value_cost_high);
VALUE(value_cost_first);
VALUE(value_priced); /* from the bill and what comes in, by the row's own `priced` */
VALUE(value_downtime_cost);

#define PRICED(name)                                                                                                               \
  double name(const struct measure *m, const struct model *model, const struct view *v, double cost, double revenue)
PRICED(priced_cost);
PRICED(priced_cost_per_1000);
PRICED(priced_cost_per_order);
PRICED(priced_cost_per_user);
PRICED(priced_revenue);
PRICED(priced_profit);
PRICED(priced_margin);

/* What a second costs in which nothing is served: at the typical price; at either end. */
double worth_of_a_second_down(const struct model *);
double worth_of_a_second_down_at(const struct model *, enum price_end);

#endif
