"""Tells how the template's container is started: its command, and its environment.

    task.py TEMPLATE
"""
import json
import sys

import template

stack = template.Stack(template.load(sys.argv[1]), {"srcImageList": "team/app"})
container, = stack.properties("Task")["ContainerDefinitions"]
print(json.dumps({
    "command": container["Command"],
    "environment": {variable["Name"]: variable["Value"] for variable in container["Environment"]}}))
