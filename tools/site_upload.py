"""Uploads the built widget to the site of a stack: `python tools/site_upload.py [environment of samconfig.toml]`.

The loader's name never changes, so browsers keep it for five minutes; every other file is named after its content and kept for a
year. The loader goes last: it never names a file that is not there yet. Nothing is deleted: pages that are open still load the old ones.
"""

import mimetypes
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WIDGET = ROOT / "web" / "widget" / "dist"
STABLE = "public, max-age=300, stale-while-revalidate=86400"
IMMUTABLE = "public, max-age=31536000, immutable"
# How esbuild ends a name that follows from the content.
HASHED = re.compile(r"-[A-Z0-9]{8}\.[a-z]+$")


@dataclass(frozen=True)
class Upload:
    """One file, as it is put into the bucket."""

    path: Path
    key: str
    kind: str
    kept: str


def uploads(folder):
    """What to upload of `folder`, in order."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        kind = "text/javascript" if path.suffix == ".js" else mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        text = kind.startswith("text/")
        kept = IMMUTABLE if HASHED.search(path.name) else STABLE
        found.append(Upload(path, path.relative_to(folder).as_posix(), kind + "; charset=utf-8" if text else kind, kept))
    return sorted(found, key=lambda one: one.kept == STABLE)


def stack(environment):
    """Name and region of the stack that `environment` deploys; a region of None is that of the profile."""
    settings = tomllib.loads((ROOT / "samconfig.toml").read_text())[environment]
    given = {**settings.get("global", {}).get("parameters", {}), **settings.get("deploy", {}).get("parameters", {})}
    return given["stack_name"], given.get("region")


def main():
    import boto3

    name, region = stack(sys.argv[1] if len(sys.argv) > 1 else "default")
    described = boto3.client("cloudformation", region_name=region).describe_stacks(StackName=name)["Stacks"][0]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in described.get("Outputs", [])}
    if "SiteBucket" not in outputs:
        print(f"{name} has no site (Site is 'false'): nothing to upload")
        return 0
    files = uploads(WIDGET)
    if not files:
        print(f"{WIDGET} is empty: run `make web`", file=sys.stderr)
        return 1
    bucket = boto3.client("s3", region_name=region)
    for one in files:
        bucket.put_object(
            Bucket=outputs["SiteBucket"], Key=one.key, Body=one.path.read_bytes(), ContentType=one.kind, CacheControl=one.kept
        )
        print(f"{one.key}  {one.kept}")
    api = outputs["ApiUrl"]
    print(f'\nThe tag to paste:\n<script src="{outputs["SiteUrl"]}/chat-widget.js" data-api="{api}" data-tenant-key="pk_…" async></script>')
    return 0


if __name__ == "__main__":
    sys.exit(main())
