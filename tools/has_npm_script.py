"""Exits 0 if a package.json (first argument) has a script of the given name (second)."""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    sys.exit(0 if sys.argv[2] in json.load(file).get("scripts", {}) else 1)
