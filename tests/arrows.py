"""Checks that arrows run down only: no modules that import each other, in any crate, in a service
none that imports what stands above it on the floor plan, and no library that uses one which does
not stand below it (libs/README.md). A service's grpc/ is the wire only: it reaches neither database
nor memory but by a use case.

    python3 tests/arrows.py            # the crates of this workspace
    python3 tests/arrows.py DIR...     # these folders of sources

It reads `use` lines and paths as text, which is enough for the way in which this code is written.
What `mod.rs` and `lib.rs` only hand on by `pub use` is no import, and neither are test modules.
"""

import pathlib
import re
import sys

# The floor plan of a service, from top to bottom.
SHARED = [["grpc"], ["jobs", "follow"], ["app"], ["metrics"], ["memory", "store"], ["model"], ["policy"]]
# The plans of those with rooms of their own, which stand on a floor as well.
FLOORS = {
    "scheduling": [["grpc"], ["jobs", "follow", "sync"], *SHARED[2:]],
    "reporting": SHARED,
    "registry": [["grpc"], ["jobs", "sync"], ["metrics"], ["app"], ["memory", "store"], ["search"], ["model"], ["policy"]],
    "agent": [["metrics"], ["app"], ["registry", "source", "store"], ["model"], ["policy"]],
    "web": [
        ["http"], ["data", "upload"], ["missing"], ["document", "live", "security"], ["render"], ["pages"], ["components"],
        ["follow", "upstream"], ["words"], ["metrics"], ["policy"],
    ],
}

# The libraries, from top to bottom; none uses another of its own row.
LIBRARIES = [["sync"], ["resource", "testkit"], ["export", "rpc"], ["client", "conform", "form", "store"], ["api", "telemetry"], ["calendar", "core"]]
ROW = {library: number for number, row in enumerate(LIBRARIES) for library in row}

# What a use case reads and writes, and grpc/ does not: the rooms, a replica's fields, the crates.
KEPT_ROOMS = {"memory", "store"}
KEPT = re.compile(r"\.(?:db|memory)\b|\b(?:mpp_store|sqlx)::")

ROOT = pathlib.Path(__file__).resolve().parents[1]
USE = re.compile(r"(pub(?:\([^)]*\))?\s+)?\buse\s+([^;]+);")
PATH = re.compile(r"\b(?:crate|super)(?:::\w+)+")


def main(folders):
    found = []
    for folder in folders:
        crate = Crate(folder)
        found += [f"{folder}: a circle: {' -> '.join(circle)}" for circle in circles(crate)]
        floors = FLOORS.get(pathlib.Path(folder).parent.name)
        if floors:
            found += [f"{folder}: on no floor: {room}" for room in rooms_elsewhere(crate, floors)]
            found += [f"{folder}: upwards: {arrow}" for arrow in upward_arrows(crate, floors)]
            found += [f"{folder}: past app/: {arrow}" for arrow in past_use_cases(crate)]
        found += [f"{folder}: upwards: {arrow}" for arrow in upward_crates(pathlib.Path(folder))]
    print("\n".join(found) or f"all arrows run down in {len(folders)} crates")
    return 1 if found else 0


class Crate:
    """The modules of a crate by their path, such as ('feed', 'reader'), and what they hand on."""

    def __init__(self, folder):
        self.text, self.handed_on = {}, {}
        for file in sorted(pathlib.Path(folder).rglob("*.rs")):
            parts = file.relative_to(folder).with_suffix("").parts
            module = parts[:-1] if parts[-1] in ("mod", "lib", "main") else parts
            if "tests" not in module:
                self.text[module] = code_of(file.read_text())
        for module, text in self.text.items():
            paths = [path for public, tree in USE.findall(text) if public for path in leaves(tree)]
            self.handed_on[module] = {path[-1]: path for path in paths}

    def imports(self, module):
        """The modules whose items this one names."""
        text = self.text[module]
        paths = [path for public, tree in USE.findall(text) if not public for path in leaves(tree)]
        paths += [path.split("::") for path in PATH.findall(USE.sub("", text))]
        found = {self.home(module, path) for path in paths}
        return sorted(other for other in found - {module, None} if other != ())

    def home(self, module, path, hops=8):
        """The module in which the item of a path is defined; None if it is another crate's."""
        at, rest = module, list(path)
        if rest[0] == "crate":
            at, rest = (), rest[1:]
        elif rest[0] in ("self", "super"):
            while rest and rest[0] in ("self", "super"):
                at, rest = (at if rest[0] == "self" else at[:-1]), rest[1:]
        elif at + (rest[0],) not in self.text:
            return None
        for name in rest:
            if at + (name,) in self.text:
                at += (name,)
            elif name in self.handed_on[at] and hops:
                return self.home(at, self.handed_on[at][name], hops - 1) or at
            else:
                break
        return at


def code_of(text):
    """A file without comments and without its tests."""
    text = re.sub(r"//[^\n]*", "", text)
    return re.split(r"#\[cfg\(test\)\]\s*mod \w+ \{", text)[0]


def leaves(tree, prefix=()):
    """Every path of a `use` tree: `a::{b, c::d}` is a::b and a::c::d."""
    tree = tree.strip()
    group = re.fullmatch(r"([\w:]*?)(?:::)?\{(.*)\}", tree, re.DOTALL)
    if not group:
        path = re.sub(r"\s+as\s+\w+", "", tree)
        return [[*prefix, *path.split("::")]] if path else []
    prefix = [*prefix, *filter(None, group[1].split("::"))]
    return [leaf for part in split(group[2]) for leaf in leaves(part, prefix)]


def split(list_of_trees):
    """Splits at the commas that no brace holds."""
    parts, depth = [""], 0
    for letter in list_of_trees:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def circles(crate):
    """One circle, as names, for each group of modules that import each other."""
    imports = {module: crate.imports(module) for module in crate.text}
    done, found = set(), []
    for start in imports:
        circle = way(imports, start, done)
        if circle:
            found.append(["::".join(module) for module in circle])
            done.update(circle)
    return found


def way(imports, start, without):
    """The shortest way from a module over its imports back to itself."""
    ways, seen = [[start]], set()
    while ways:
        so_far = ways.pop(0)
        for module in imports.get(so_far[-1], []):
            if module == start:
                return so_far + [start]
            if module not in seen and module not in without:
                seen.add(module)
                ways.append(so_far + [module])
    return None


def rooms_elsewhere(crate, floors):
    """Modules of a service that its floor plan does not know, so that their arrows go unchecked."""
    return sorted({path[0] for path in crate.text if path} - {room for floor in floors for room in floor})


def upward_arrows(crate, floors):
    """Imports of a service that go up its floor plan."""
    floor = {module: number for number, rooms in enumerate(floors) for module in rooms}
    for module in crate.text:
        for other in crate.imports(module):
            ends = [floor.get(path[0]) if path else None for path in (module, other)]
            if None not in ends and ends[1] < ends[0]:
                yield f"{'::'.join(module)} -> {'::'.join(other)}"


def past_use_cases(crate):
    """What grpc/ reaches of database and memory by itself."""
    for module in crate.text:
        if module[:1] == ("grpc",):
            rooms = ["::".join(other) for other in crate.imports(module) if other[0] in KEPT_ROOMS]
            for reached in rooms + KEPT.findall(crate.text[module]):
                yield f"{'::'.join(module)} -> {reached}"


def upward_crates(folder):
    """Libraries that a library uses, though they do not stand below it."""
    library, manifest = folder.parent.name, folder.parent / "Cargo.toml"
    if library in ROW and manifest.exists():
        uses = re.split(r"(?m)^\[", manifest.read_text().split("[dependencies]")[-1])[0]
        for other in re.findall(r"(?m)^mpp-(\w+)", uses):
            if ROW.get(other, -1) <= ROW[library]:
                yield f"{library} -> {other}"


if __name__ == "__main__":
    given = sys.argv[1:]
    crates = [str(path) for path in sorted(ROOT.glob("*/*/src"))] + [str(ROOT / "tests" / "src")]
    sys.exit(main(given or crates))
