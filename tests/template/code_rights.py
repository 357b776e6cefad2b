"""Which rights on tables the code needs, read from the code: what each store function calls, and who calls store functions.

Reads Rust as text: good enough for a layer where every access is `self.<table>.<operation>(…)`, and `test_rights.py` fails
loudly when it is not. Decides nothing about the template.
"""

import functools
import re

from model import ROOT

TABLES = {name.lower(): name for name in ["Tenants", "Conversations", "Bookings", "Records", "Counters", "Outbox"]}
# Operations of `shared/src/store/table.rs` and of `table/list.rs`. A transaction needs the right of each single call in it.
ACTIONS = {
    "find": "GetItem",
    "find_item": "GetItem",
    "page": "Query",
    "all": "Query",
    "list": "Query",
    "update": "UpdateItem",
    "updating": "UpdateItem",
    "put": "PutItem",
    "putting": "PutItem",
    "deleting": "DeleteItem",
}
DEFINITION = re.compile(r"^( *)(?:pub(?:\([a-z]+\))? )?(?:const )?(?:async )?fn (\w+)", re.M)
ACCESS = re.compile(rf"\bself\s*\.({'|'.join(TABLES)})\s*\.({'|'.join(ACTIONS)})\(")
INDEX = re.compile(r'Query::index\("(\w+)"')
CALL = re.compile(r"(?:\bself\s*\.\s*|(?<![\w.]))(\w+)\(")


@functools.cache
def code(path):
    """A file without its comments and tests."""
    text = re.sub(r"//[^\n]*", "", (ROOT / path).read_text())
    return text.split("#[cfg(test)]")[0]


def bodies(path):
    """Name and body of each function of a file."""
    text = code(path)
    for found in DEFINITION.finditer(text):
        end = text.find(f"\n{found[1]}}}\n", found.start())
        yield found[2], text[found.end() : end]


@functools.cache
def store():
    """Each function of the store: the bodies that have its name."""
    found = {}
    for path in (ROOT / "shared/src/store").rglob("*.rs"):
        if path.stem not in ("table", "tests") and "tests" not in path.parts:
            for name, body in bodies(path.relative_to(ROOT)):
                found.setdefault(name, []).append(body)
    return found


@functools.cache
def public():
    """Functions that others than the store may call."""
    paths = (path.relative_to(ROOT) for path in (ROOT / "shared/src/store").rglob("*.rs"))
    return {name for path in paths for name in re.findall(r"^ *pub (?:async )?fn (\w+)", code(path), re.M)} & set(store())


@functools.cache
def needed(name, seen=frozenset()):
    """(resource, action) pairs that the store function `name` needs, with what it calls."""
    rights = set()
    for body in store()[name]:
        index = INDEX.search(body)
        for table, operation in ACCESS.findall(body):
            resource = TABLES[table] + (f"/index/{index[1]}" if index and ACTIONS[operation] == "Query" else "")
            rights.add((resource, f"dynamodb:{ACTIONS[operation]}"))
        for called in set(CALL.findall(body)) & set(store()) - seen - {name}:
            rights |= needed(called, seen | {name})
    return rights


@functools.cache
def calls(path):
    """Public store functions with rights that the file at `path` calls."""
    return {name for name in re.findall(r"\.\s*(\w+)\(", code(path)) if name in public() and needed(name)}
