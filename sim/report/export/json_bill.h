/* "bill": the lines, what comes in, and what the bill is divided by. */
#ifndef JSON_BILL_H
#define JSON_BILL_H
#include "sim/json/json_writer.h"
#include "sim/measure/results.h"

void json_add_bill(struct json_writer *, const struct results *);

#endif
