/* Files that are no scenarios: studies and results, which have no tables of fields. */
#include "sim/language/schema_inner.h"

/* Paths of a scenario and what they become. */
static const char study[] =
    ", \"study\": {\"description\": \"A scenario at many points.\", \"type\": \"object\", \"required\": [\"aguanta_study\", "
    "\"scenario\"], \"properties\": {\"$schema\": {\"type\": \"string\"}, \"aguanta_study\": {\"const\": 1, \"description\": "
    "\"Version of this language.\"}, \"title\": {\"type\": \"string\", \"description\": \"One line for reports.\"}, \"scenario\": "
    "{\"type\": \"string\", \"description\": \"Its file, relative to this one.\"}, \"set\": {\"type\": \"object\", "
    "\"description\": "
    "\"What all points have, by path.\"}, \"vary\": {\"$ref\": \"#/$defs/study:axes\"}, \"zip\": {\"type\": \"array\", "
    "\"description\": \"Groups of axes that move together.\", \"items\": {\"$ref\": \"#/$defs/study:axes\"}}, \"include\": "
    "{\"type\": "
    "\"array\", \"description\": \"Further points.\", \"items\": {\"type\": \"object\", \"minProperties\": 1}}, \"when\": {\"if\": "
    "{\"type\": \"array\"}, \"then\": {\"type\": \"array\", \"items\": {\"type\": \"string\"}}, \"else\": {\"type\": \"string\"}, "
    "\"description\": \"Conditions: \\\"path <= 4\\\".\"}, \"repeat\": {\"type\": \"integer\", \"minimum\": 1, \"maximum\": "
    "100000, "
    "\"description\": \"How often each point is run.\"}}, " SCHEMA_SIDE_KEYS
    "}, \"study:axes\": {\"description\": \"Values or a range, "
    "by path.\", \"type\": \"object\", \"additionalProperties\": {\"if\": {\"type\": \"array\"}, \"then\": {\"type\": \"array\", "
    "\"minItems\": 1}, \"else\": {\"type\": \"object\", \"required\": [\"from\", \"to\", \"count\"], \"properties\": {\"from\": "
    "true, "
    "\"to\": true, \"count\": {\"type\": \"integer\", \"minimum\": 2, \"maximum\": 100000}, \"scale\": {\"enum\": [\"linear\", "
    "\"log\"]}}, \"additionalProperties\": false}}}";

/* What all answers share; the keys of each are in docs/results.md, and new ones may come. */
static const char result[] =
    ", \"result\": {\"description\": \"An answer of aguanta: see docs/results.md.\", \"type\": \"object\", \"required\": "
    "[\"aguanta_result\"], \"properties\": {\"aguanta_result\": {\"const\": 1}, \"command\": {\"type\": \"string\"}, \"engine\": "
    "{\"type\": \"string\"}, \"seed\": {\"type\": \"string\"}, \"replications\": {\"type\": \"integer\", \"minimum\": 0}, "
    "\"requests\": {\"type\": \"integer\", \"minimum\": 0}, \"window_s\": {\"type\": \"number\", \"minimum\": 0}, \"warmup_s\": "
    "{\"type\": \"number\", \"minimum\": 0}, \"interrupted\": {\"type\": \"boolean\"}, \"endpoints\": {\"type\": \"array\", "
    "\"items\": "
    "{\"type\": \"string\"}}, \"claims\": {\"type\": \"array\", \"items\": {\"type\": \"object\"}}, \"metrics\": {\"type\": "
    "\"array\", "
    "\"items\": {\"$ref\": \"#/$defs/result:metric\"}}, \"notes\": {\"type\": \"array\", \"items\": {\"type\": \"string\"}}}}, "
    "\"result:metric\": {\"description\": \"An estimate in base units.\", \"type\": \"object\", \"required\": [\"metric\", "
    "\"value\"], "
    "\"properties\": {\"metric\": {\"type\": \"string\"}, \"agg\": {\"type\": [\"string\", \"null\"]}, \"labels\": {\"type\": "
    "\"object\"}, \"unit\": {\"type\": [\"string\", \"null\"]}, \"value\": {\"type\": [\"number\", \"null\"]}, \"ci95\": "
    "{\"type\": "
    "\"array\", \"minItems\": 2, \"maxItems\": 2, \"items\": {\"type\": [\"number\", \"null\"]}}, \"n\": {\"type\": [\"number\", "
    "\"null\"]}, \"reason\": {\"type\": [\"string\", \"null\"]}}}";

static const char complete[] =
    ", \"complete\": {\"description\": \"A file that extends no other has no null.\", \"if\": {\"type\": \"object\"}, \"then\": "
    "{\"type\": \"object\", \"patternProperties\": {\"^x-\": true}, \"additionalProperties\": {\"$ref\": \"#/$defs/complete\"}}, "
    "\"else\": {\"if\": {\"type\": \"array\"}, \"then\": {\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/complete\"}}, "
    "\"else\": {\"not\": {\"type\": \"null\"}}}}";

/* What a page has stored of its answers. */
static const char answers[] =
    ", \"answers\": {\"description\": \"Answers that a page of documents has stored.\", \"type\": \"object\", \"required\": "
    "[\"aguanta_answers\"], \"properties\": {\"aguanta_answers\": {\"const\": 1}, \"scenarios\": {\"type\": \"array\"}, "
    "\"claims\": {\"type\": \"array\", \"items\": {\"type\": \"object\"}}}}";

/* "low", "typical" and "high" of a price. */
static const char price[] =
    ", \"unit:price\": {\"description\": \"A price, or its ends.\", \"if\": {\"type\": \"object\"}, \"then\": {\"type\": "
    "\"object\", "
    "\"properties\": {\"low\": {\"$ref\": \"#/$defs/unit:money\"}, \"typical\": {\"$ref\": \"#/$defs/unit:money\"}, \"high\": "
    "{\"$ref\": \"#/$defs/unit:money\"}, \"source\": {\"type\": \"string\"}}, " SCHEMA_SIDE_KEYS "}, \"else\": {\"$ref\": "
    "\"#/$defs/unit:money\"}}";

void schema_put_files(struct schema_writer *w) {
  fputs(study, w->out);
  fputs(result, w->out);
  fputs(answers, w->out);
  fputs(complete, w->out);
  fputs(price, w->out);
}
