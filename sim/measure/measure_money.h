/* Values of measures of money. Private to the table of measures. */
#ifndef MEASURE_MONEY_H
#define MEASURE_MONEY_H
#include "sim/measure/measure_inner.h"

VALUE(value_cost);
VALUE(value_cost_low);
VALUE(value_cost_high);
VALUE(value_cost_first);
VALUE(value_cost_per_1000);
VALUE(value_cost_per_order);
VALUE(value_cost_per_user);
VALUE(value_revenue);
VALUE(value_profit);
VALUE(value_margin);
VALUE(value_downtime_cost);
/* What a second costs in which nothing is served. */
double worth_of_a_second_down(const struct model *);

#endif
