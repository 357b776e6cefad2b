"""Writes the software bill of materials of what is deployed: every crate in a function's binary, as CycloneDX, to target/sbom.cdx.json.

Asks `cargo metadata` for the processor that functions run on. Crates of tests, simulators and tools are not in it, nor is the widget's
tooling: the widget itself has no dependency.
"""

import json
import subprocess
import sys
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "target" / "sbom.cdx.json"
TARGET = "aarch64-unknown-linux-gnu"


def metadata():
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", TARGET]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)


def checksums():
    """The hash of each crate's archive, by name and version, from the lock file."""
    import tomllib

    packages = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    return {(one["name"], one["version"]): one.get("checksum") for one in packages}


def linked(graph):
    """Ids of the packages that end up in a function, and what each needs of the others."""
    needs = {
        node["id"]: [dep["pkg"] for dep in node["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])]
        for node in graph["resolve"]["nodes"]
    }
    functions = [one["id"] for one in graph["packages"] if Path(one["manifest_path"]).parent.parent == ROOT / "functions"]
    found, todo = set(), list(functions)
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo.extend(needs[one])
    return functions, {one: sorted(needs[one]) for one in found}


def component(package, checksum):
    licenses = [LicenseFactory().make_from_string(package["license"])] if package["license"] else []
    return Component(
        type=ComponentType.LIBRARY if package["source"] else ComponentType.APPLICATION,
        name=package["name"],
        version=package["version"],
        purl=PackageURL("cargo", None, package["name"], package["version"]),
        bom_ref=f"{package['name']}@{package['version']}",
        licenses=licenses,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=checksum)] if checksum else [],
    )


def bill(graph, hashes):
    packages = {one["id"]: one for one in graph["packages"]}
    functions, needs = linked(graph)
    components = {
        one: component(packages[one], hashes.get((packages[one]["name"], packages[one]["version"]))) for one in sorted(needs)
    }
    bom = Bom(components=components.values())
    bom.metadata.component = Component(type=ComponentType.APPLICATION, name="frontdesk", bom_ref="frontdesk")
    bom.register_dependency(bom.metadata.component, [components[one] for one in functions])
    for one, needed in needs.items():
        bom.register_dependency(components[one], [components[other] for other in needed])
    return bom


def main():
    bom = bill(metadata(), checksums())
    text = JsonV1Dot6(bom).output_as_string(indent=2)
    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        print(f"not a valid bill of materials: {fault}", file=sys.stderr)
        return 1
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(text)
    print(f"{len(bom.components)} components: {OUTPUT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
