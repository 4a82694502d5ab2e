/* The answers that a report can show, one line each; page_NAME.c has the descriptor page_kind_NAME. */
PAGE(result)
PAGE(growth)
PAGE(costs)
PAGE(drill)
PAGE(compare)
PAGE(capacity)
PAGE(sensitivity)
