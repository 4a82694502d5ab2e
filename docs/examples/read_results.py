"""Prints the requirements that do not hold: read_results.py RESULT.json..."""
import json
import sys

KNOWN = 1  # the version of the format, docs/results.md


def broken(path):
    with open(path, encoding="utf-8") as file:
        result = json.load(file)
    if result.get("aguanta_result") != KNOWN:
        sys.exit(f"{path}: a result of format {result.get('aguanta_result')}, this reads {KNOWN}")
    for claim in result["claims"]:
        if claim["kind"] == "requirement" and claim["verdict"] != "PASS":
            yield f"{result['scenario']['name']}: {claim['verdict']} {claim['expr']}: {claim['value']} {claim['unit']}"


lines = [line for path in sys.argv[1:] for line in broken(path)]
print("\n".join(lines) or "every requirement holds")
sys.exit(1 if lines else 0)
