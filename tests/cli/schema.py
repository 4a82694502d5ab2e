"""Files of this tree against `aguanta schema`: each passes, and a fault gives exactly one error.

    python3 tests/cli/schema.py build/aguanta docs/examples scenarios ...   FAULTS: one error each; every .json below passes
    node tests/cli/schema.js SCHEMA                                          does the same schema compile where all is strict?

Studies, results, answers of pages and price lists are told apart by their keys, as the schema does. WRONG are wrong on purpose, and what
other tools have measured is in their own form."""
import copy
import json
import os
import subprocess
import sys

import jsonschema


WRONG = {"docs/examples/typo.json"}


def validator(program):
    schema = json.loads(subprocess.run([program, "schema"], check=True, capture_output=True).stdout)
    kind = jsonschema.Draft202012Validator
    kind.check_schema(schema)
    return kind(schema)


def files(roots):
    for root in roots:
        if os.path.isfile(root):
            yield root
        for folder, _, names in sorted(os.walk(root)):
            yield from (os.path.join(folder, n) for n in sorted(names) if n.endswith(".json") and not n.endswith(".expected.json"))


def is_wrong(path):
    return "/measured/" in path or any(path.endswith(name) for name in WRONG)


def told(error):
    return "%s: %s" % ("/".join(map(str, error.absolute_path)), error.message[:160])


def check_tree(check, roots):
    seen = bad = 0
    for path in files(roots):
        if is_wrong(path):
            continue
        with open(path, encoding="utf-8") as file:
            tree = json.load(file)
        seen += 1
        for error in check.iter_errors(tree):
            bad += 1
            print(path, told(error))
    print("%d files, %d errors" % (seen, bad))
    return bad == 0 and seen > 0


SCENARIO = {
    "aguanta": 1, "name": "web",
    "traffic": {"people": {"kind": "open", "rate": "80/s", "mix": {"page": 1}}},
    "endpoints": {"page": {"entry": "web", "steps": [{"cpu": {"exponential": "10ms"}}, {"query": "db", "demand": "2ms"}]}},
    "services": {"web": {"kind": "app", "replicas": 2, "memory": "150Mi", "pools": {"db": {"max": 10}}},
                 "db": {"kind": "database"}},
    "platform": {"kind": "static", "nodes": {"box": {"cpu": 4, "memory": "8Gi"}}},
    "run": {"window": "1m", "warmup": "10s"},
    "claims": [{"require": "p95(page.latency) < 60ms"}, {"show": "cost(month)"}]}
STUDY = {"aguanta_study": 1, "scenario": "web.json", "vary": {"services.web.replicas": [1, 2]}}
PRICES = {"currency": "EUR", "items": {"box": {"price": "20 EUR/month", "source": "a list", "date": "2026"}}}
RESULT = {"aguanta_result": 1, "engine": "0.1.0", "replications": 2, "metrics": [{"metric": "a", "value": None, "ci95": [None, 1]}]}

# A file, the path of what is put there (None: it is taken away), the value.
FAULTS = [
    (SCENARIO, "services.web.replica", 3),
    (SCENARIO, "services.web.replicas", 0),
    (SCENARIO, "services.web.replicas", "many"),
    (SCENARIO, "services.web.replicas", 1.5),
    (SCENARIO, "services.web.replicas", None),
    (SCENARIO, "services.web.kind", "web"),
    (SCENARIO, "services.web.memory", "150 apples"),
    (SCENARIO, "services.web.memory", {"bass": "150Mi"}),
    (SCENARIO, "services.web", [1]),
    (SCENARIO, "services.a b", {"kind": "app"}),
    (SCENARIO, "services.web.pools.db.maximum", 3),
    (SCENARIO, "trafic", {}),
    (SCENARIO, "traffic.people.rate", "80"),
    (SCENARIO, "traffic.people.rate", {"dya": {"mean": "3/s"}}),
    (SCENARIO, "traffic.people.rate", {"day": {"men": "3/s"}}),
    (SCENARIO, "traffic.people.population", 5),
    (SCENARIO, "traffic.people.kind", "opne"),
    (SCENARIO, "traffic.people.mix.page", "often"),
    (SCENARIO, "endpoints.page.steps.0", {"cpu": "fast"}),
    (SCENARIO, "endpoints.page.steps.0", {"cpuu": "2ms"}),
    (SCENARIO, "endpoints.page.steps.0", {"cpu": "2ms", "onn": "thread"}),
    (SCENARIO, "endpoints.page.steps.0", {"cpu": {"exponentail": "2ms"}}),
    (SCENARIO, "endpoints.page.steps.0", {"cpu": {"exponential": {"meen": "2ms"}}}),
    (SCENARIO, "endpoints.page.steps.0", {"cpu": {"value": "fast", "source": "P-1"}}),
    (SCENARIO, "endpoints.page.steps.0", "cpu"),
    (SCENARIO, "endpoints.page.steps.0", {}),
    (SCENARIO, "endpoints.page.steps", {"cpu": "2ms"}),
    (SCENARIO, "claims.0", {"reqire": "p95(page.latency) < 60ms"}),
    (SCENARIO, "claims.0", {"require": "a", "show": "b"}),
    (SCENARIO, "claims.0", {"require": 5}),
    (SCENARIO, "platform.kind", "cloud"),
    (SCENARIO, "platform.nodes.box.cpu", "four"),
    (SCENARIO, "run.window", 60),
    (STUDY, "scenario", 5),
    (STUDY, "varry", {}),
    (STUDY, "vary.services.web.replicas", 5),
    (STUDY, "repeat", 0),
    (PRICES, "items.box.price", "20"),
    (PRICES, "items.box.prise", "20 EUR"),
    (PRICES, "items.box.kind", "cheap"),
    (RESULT, "replications", "two"),
    (RESULT, "metrics.0.value", "0.1"),
]
GOOD = [
    (SCENARIO, "extends", "base.json"),
    (SCENARIO, "x-note", None),
    (SCENARIO, "services.web.replicas", {"value": 3, "source": "P-1", "range": [2, 4]}),
    (SCENARIO, "traffic.people.rate", {"value": "3/s", "source": "P-1"}),
    (SCENARIO, "services.db", {"kind": "database", "memory": "1Gi", "connections": 100}),
    (SCENARIO, "claims.0", "p95(page.latency) < 60ms"),
    (PRICES, "items.box.price", {"low": "1 EUR/h", "typical": "2 EUR/h", "high": "3 EUR/h"}),
]


def put(tree, path, value):
    tree = copy.deepcopy(tree)
    at, names = tree, path.split(".")
    if path.startswith("vary."):  # its keys are paths
        names = ["vary", path[5:]]
    for name in names[:-1]:
        at = at[int(name)] if isinstance(at, list) else at[name]
    at[int(names[-1]) if isinstance(at, list) else names[-1]] = value
    return tree


def check_faults(check):
    good = True
    for tree in (SCENARIO, STUDY, PRICES, RESULT):
        errors = [told(e) for e in check.iter_errors(tree)]
        good &= not errors
        if errors:
            print("a good file:", errors)
    cases = [(case, 1) for case in FAULTS] + [(case, 0) for case in GOOD]
    part = put(put(SCENARIO, "extends", "base.json"), "services.web", None)
    cases.append(((part, "services.db.kind", None), 0))  # null under extends: the parent's is taken away
    for (tree, path, value), expected in cases:
        errors = [told(e) for e in check.iter_errors(put(tree, path, value))]
        if len(errors) != expected:
            good = False
            print("%s = %s: %d errors, not %d" % (path, json.dumps(value), len(errors), expected), errors)
    print("%d faults" % len(FAULTS))
    return good


def main():
    check = validator(sys.argv[1])
    good = check_faults(check)
    good &= check_tree(check, sys.argv[2:])
    sys.exit(0 if good else 1)


main()
