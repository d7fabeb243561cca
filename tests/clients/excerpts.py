#!/usr/bin/env python3
"""Keeps the guide's excerpts true: what `proto/README.md` prints of a client is what the tests run.

    tests/clients/excerpts.py            # fails where an excerpt differs from its file
    tests/clients/excerpts.py --write    # writes all excerpts anew

A file marks an excerpt with a comment `excerpt: NAME` and the next `end`. The guide names it by
`<!-- excerpt: php/quickstart.php malls -->` (without NAME: the whole file), and ends it with
`<!-- end of excerpt -->`.
"""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
GUIDE = HERE.parents[1] / "proto" / "README.md"
LANGUAGES = {".php": "php", ".py": "python", ".ts": "ts", "": "sh"}
IN_GUIDE = re.compile(r"<!-- excerpt: (\S+) ?(\S*) -->\n.*?<!-- end of excerpt -->", re.DOTALL)
MARK = re.compile(r"^ *(?://|#) (?:excerpt: \S+|end)\n", re.MULTILINE)


def excerpt(file, name):
    text = (HERE / file).read_text()
    if name:
        found = re.search(rf"^ *(?://|#) excerpt: {name}\n(.*?)^ *(?://|#) end$", text, re.DOTALL | re.MULTILINE)
        if not found:
            sys.exit(f"tests/clients/{file} has no excerpt '{name}'")
        text = found[1]
    return MARK.sub("", text).strip("\n")


def printed(found):
    file, name = found[1], found[2]
    language = LANGUAGES[pathlib.Path(file).suffix]
    head = f"<!-- excerpt: {file}{' ' * bool(name)}{name} -->"
    return f"{head}\n```{language}\n{excerpt(file, name)}\n```\n<!-- end of excerpt -->"


def main():
    guide = GUIDE.read_text()
    current, count = IN_GUIDE.subn(printed, guide)
    if "--write" in sys.argv[1:]:
        GUIDE.write_text(current)
    elif current != guide:
        sys.exit("proto/README.md prints what no client runs; run tests/clients/excerpts.py --write")
    print(f"{count} excerpts of proto/README.md are what the clients run")


if __name__ == "__main__":
    main()
