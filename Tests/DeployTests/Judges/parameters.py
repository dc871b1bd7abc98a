"""Tells a template's parameters with their defaults; null is one that must be given.

    parameters.py TEMPLATE
"""
import json
import sys

import template

print(json.dumps({
    name: None if parameter.get("Default") is None else str(parameter["Default"])
    for name, parameter in template.load(sys.argv[1])["Parameters"].items()}))
