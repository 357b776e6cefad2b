"""Prints what `sam build` made: the executable of each function, and what it weighs zipped, as it is uploaded."""

import io
import sys
import zipfile
from pathlib import Path

BUILD = Path(__file__).resolve().parent.parent / ".aws-sam" / "build"


def main():
    binaries = sorted(BUILD.glob("*/bootstrap"))
    if not binaries:
        print(f"{BUILD} has no function: run `sam build`", file=sys.stderr)
        return 1
    print(f"{'function':<24}{'bytes':>12}{'zip':>12}")
    for binary in binaries:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(binary, "bootstrap")
        print(f"{binary.parent.name:<24}{binary.stat().st_size:>12,}{len(packed.getvalue()):>12,}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
