"""Reads files of profiles with botocore, and says where it reads others than we do.

    profiles.py CASES.json

A case has a file's text and what we read, as `section`, `name` and value or values, or nothing where we refused it.
"""
import json
import sys
import tempfile

import botocore.configloader


def read(text):
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        try:
            return botocore.configloader.raw_config_parse(file.name)
        except Exception:  # whatever it is, it is not read
            return None


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    wrong = refused = 0
    for case in cases:
        wanted, found = read(case["text"]), case.get("sections")
        refused += wanted is None
        if wanted != found:
            wrong += 1
            if wrong <= 6:
                print(json.dumps(case["text"]), f"we: {found}", f"botocore: {wanted}", sep="\n", file=sys.stderr)
    print(f"{len(cases)} files, {wrong} differ")
    print(f"{refused} refused", file=sys.stderr)
    # Half of them at least should be files that can be read.
    sys.exit(1 if wrong or refused > len(cases) // 2 else 0)


main()
