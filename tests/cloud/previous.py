"""The previous template: what a deployment that is about to be updated was made from, with today's functions."""

import re
import subprocess
from pathlib import Path

from stack import PACKAGED, ROOT

CODE = re.compile(r"^  (\w+):\n(?:    .*\n)*?      CodeUri: (\S+)$", re.MULTILINE)
# What a template must have: before it had, operators made the group themselves, which a stack that makes it refuses to take over.
GROUPS = "  PlatformGroup:\n"
PARAMETERS = re.compile(r"^Parameters:\n((?:(?:  .*)?\n)+)", re.MULTILINE)


def write(to: Path) -> list[str] | None:
    """Writes the newest committed template that differs from the present one, and names its parameters; None without any."""
    present = (ROOT / "template.yaml").read_text()
    uploaded = dict(CODE.findall(PACKAGED.read_text()))
    code = {crate: uploaded[function] for function, crate in CODE.findall(present)}
    commits = _git("log", "--format=%H", "--", "template.yaml").split()
    older = (_git("show", f"{commit}:template.yaml") for commit in commits)
    text = next((text for text in older if text != present and GROUPS in text), None)
    if text is None:
        return None
    text = text.replace("TemplateURL: infra/", f"TemplateURL: {ROOT}/infra/")
    to.write_text(re.sub(r"(?<=CodeUri: )\S+", lambda found: code[found[0]], text))
    return re.findall(r"^  (\w+):$", PARAMETERS.search(text)[1], re.MULTILINE)


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, text=True, capture_output=True)
    return done.stdout if done.returncode == 0 else ""
