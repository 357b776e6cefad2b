"""Writes every template as CloudFormation gets it to target/template/, for checkov: it finds faults of IAM only there."""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "template"))

from model import Template  # noqa: E402

OUTPUT = ROOT / "target" / "template"


def main():
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for path in [ROOT / "template.yaml", *sorted((ROOT / "infra").glob("*.yaml"))]:
        template = Template.load(path.relative_to(ROOT))
        kept = {key: template.source[key] for key in ("AWSTemplateFormatVersion", "Parameters", "Conditions") if key in template.source}
        (OUTPUT / f"{path.stem}.json").write_text(json.dumps({**kept, "Resources": template.resources}, indent=1))


if __name__ == "__main__":
    main()
