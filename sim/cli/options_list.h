/* The options, one row each: number, name without the dashes, letter or 0, form and place in struct options, argument, what it is
 * for, and what gives the names that its last words announce. Help lists them in this order. */
OPTION(SET, "set", 0, LIST(set), "PATH=VALUE", "change a value of the scenario, such as services.backend.replicas=3; repeatable",
       NULL)
OPTION(VARY, "vary", 0, OPTION_LIST, FIELD(varies), FIELD(vary_count), "PATH=A,B,C",
       "sweep: an axis, also PATH=FROM..TO:COUNT with 10 or 10log; several make a grid. capacity, sensitivity: PATH=LOW..HIGH",
       NULL)
OPTION(OF, "of", 0, LIST(of), "MEASURE", "what is asked, such as 'p99(web.latency)', instead of the claims; repeatable", NULL)
OPTION(WITHOUT, "without", 0, LIST(without), "CLAIM", "leave out this requirement, by its id or text; repeatable", NULL)
OPTION(FAIL_ON, "fail-on", 0, LIST(fail_on), "'EXPR +5%'",
       "fail when it is worse than the first file's by more, such as 'p99(web.latency) +10ms', "
       "'availability(year) -1%'; repeatable",
       NULL)
OPTION(BEST, "best", 0, ONE(best), "'min EXPR'", "which file is best, such as 'min p99(web.latency)' or 'max rate(all)'", NULL)
OPTION(INDIFFERENCE, "indifference", 0, ONE(indifference), "1ms", "with --best: a smaller advantage is not worth knowing", NULL)
OPTION(FROM, "from", 0, LIST(from), "FILE,...", "what was measured at one time, kinds below; repeatable", NULL)
OPTION(MAP, "map", 0, LIST(map), "MEASURED=NAME",
       "what a path, cgroup or label of the measurements is called in the scenario, such as /event/=event; repeatable", NULL)
OPTION(FAULT, "fault", 0, LIST(fault), "NAME", "drill this fault only; repeatable", NULL)
OPTION(AT, "at", 0, ONE(at), "TIME",
       "strike then instead of at peak load: since the run begins, such as 10min, or a time of day, 20:00", NULL)
OPTION(WATCH, "for", 0, ONE(watch), "DURATION", "how long is watched behind the strike (default: until an outage should be over)",
       NULL)
OPTION(MONTHS, "months", 0, ONE(months), "N", "how far to look (default: as the scenario says, or 24)", NULL)
OPTION(ROOT, "root", 0, ONE(root), "DIR",
       "read no scenario, parent, price list, table or log outside of this folder, also not through links: for files by others",
       NULL)
OPTION(SEED, "seed", 0, ONE(seed), "N|WORD", "other customers and faults; the same seed gives the same bytes", NULL)
OPTION(REPS, "reps", 0, ONE(reps), "N", "exactly this many replications", NULL)
OPTION(ADD_REPS, "add-reps", 0, ONE(add_reps), "N", "this many replications more at each point; stored ones are continued", NULL)
OPTION(PRECISION, "precision", 0, ONE(precision), "2%",
       "replicate until every claim is decided or known to this; capacity: its own half-width (default: 1%)", NULL)
OPTION(BUDGET, "budget", 0, ONE(budget), "N",
       "most replications that undecided claims, or --precision, may take; capacity: of one value", NULL)
OPTION(JOBS, "jobs", 'j', ONE(jobs), "N", "threads; the answer does not depend on them (default: the cores there are)", NULL)
OPTION(MAX_MEMORY, "max-memory", 0, ONE(max_memory), "SIZE",
       "such as 2Gi: fewer threads than --jobs when they would need more, refused when one does (default: 3/4 of what there is)",
       NULL)
OPTION(EXPORT, "export", 0, LIST(export), "FILE",
       "write the answer, - with --format for stdout; repeatable; format by extension:", extensions)
OPTION(FORMAT, "format", 0, ONE(format), "NAME", "format of --export -:", format_names)
OPTION(STORE, "store", 0, ONE(store), "DIR",
       "where finished points are kept, so that none is run twice (default: next to the export)", NULL)
OPTION(FRESH, "fresh", 0, FLAG(fresh), NULL, "run everything, whatever is stored", NULL)
OPTION(WRITE, "write", 0, FLAG(write), NULL, "fill the columns of a page that are simulated, and keep the answers next to it", NULL)
OPTION(WHERE, "where", 0, ONE(where), "CONDITION", "run only these points, such as 'services.web.replicas <= 4'", NULL)
OPTION(SHARD, "shard", 0, ONE(shard), "I/N", "run the I-th of N parts, on one of several machines", NULL)
OPTION(DRY_RUN, "dry-run", 0, FLAG(dry_run), NULL, "list the points, show which are stored, estimate the work", NULL)
OPTION(EMIT, "emit", 0, ONE(emit), "WHAT", "print a job that runs the shards:", scheduler_names)
OPTION(SHARDS, "shards", 0, ONE(shards), "N", "of --emit, instead of slices of at least 10 s of work", NULL)
OPTION(STEP_SUMMARY, "step-summary", 0, FLAG(step_summary), NULL,
       "append the answer as Markdown to the file that $GITHUB_STEP_SUMMARY names", NULL)
OPTION(TIMING, "timing", 0, ONE(timing), "FILE", "write how long it took, as JSON", NULL)
OPTION(HASH, "hash", 0, FLAG(hash), NULL,
       "print for each scenario the hash of all that it says, with its parents, price lists and tables: what is unchanged has the "
       "same",
       NULL)
OPTION(TEMPLATE, "template", 0, ONE(template), "NAME", "which one to start from", NULL)
OPTION(FORCE, "force", 0, FLAG(force), NULL, "write over a file that is there", NULL)
OPTION(KIND, "kind", 'k', ONE(kind), "KIND", "what to draw; see 'aguanta help plot'", NULL)
OPTION(OUTPUT, "output", 'o', ONE(output), "FILE",
       "the picture (.svg or .png), report (.html or .md) or scenario (.yaml or .json); - for stdout", NULL)
OPTION(STRICT, "strict", 0, FLAG(strict), NULL, "exit code 3, and no scenario, when something of the files is ignored or assumed",
       NULL)
OPTION(PROFILE, "profile", 0, LIST(profile), "NAME", "compose: services of this profile too; repeatable; '*' for all", NULL)
OPTION(ENDPOINT, "endpoint", 0, LIST(endpoint), "NAME", "draw this endpoint only; repeatable", NULL)
OPTION(TITLE, "title", 0, ONE(title), "TEXT", "of the picture or report, instead of what it finds", NULL)
OPTION(THEME, "theme", 0, ONE(theme), "THEME", "light, dark, or auto: an SVG that turns dark where its reader prefers it", NULL)
OPTION(COLOR, "color", 0, ONE(color), "WHEN", "auto, always or never", NULL)
OPTION(PROGRESS, "progress", 0, ONE(progress), "WHEN", "auto, always or never", NULL)
OPTION(STATEMENTS, "statements", 0, FLAG(statements), NULL,
       "the exit code follows the statements of documents too: 99 when one is contradicted", NULL)
OPTION(QUIET, "quiet", 'q', FLAG(quiet), NULL, "only what did not pass, and the verdict", NULL)
OPTION(VERBOSE, "verbose", 'v', FLAG(verbose), NULL, "all rows, notes, sources and assumptions", NULL)
OPTION(HELP, "help", 'h', FLAG(help), NULL, "this text", NULL)
