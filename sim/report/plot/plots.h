/* The kinds of pictures, one line each: the name for --kind; plot_NAME.c has the descriptor plot_NAME. Help lists them in this
 * order. */
PLOT(latency)
PLOT(breakdown)
PLOT(timeline)
PLOT(bill)
PLOT(downtime)
PLOT(claims)
PLOT(overview)
PLOT(capacity)
PLOT(tornado)
PLOT(sweep)
PLOT(drill)
PLOT(growth)
