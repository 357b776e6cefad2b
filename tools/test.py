"""Runs every suite and says how many tests ran.

Three suites: `rust` (cargo, docs' examples included), `template` (what SAM makes of template.yaml) and `browser` (a real browser on the real page of the local runner, which is
started here on a free port with nothing on disk, and ended again). The last line is the sum, `N passed, N failed`; the exit code
is 0 only when every suite ran at least one test and none failed.
"""

import json
import os
import queue
import re
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 120

CARGO_RESULT = re.compile(r"^test result: \w+\. (?P<passed>\d+) passed; (?P<failed>\d+) failed;")
TEMPLATE_RESULT = re.compile(r"^(?:(?P<failed>\d+) failed, )?(?P<passed>\d+) passed\b")
BROWSER_RESULT = re.compile(r"^browser: (?P<passed>\d+) passed, (?P<failed>\d+) failed")


@dataclass
class Suite:
    """What became of one suite."""

    name: str
    passed: int = 0
    failed: int = 0
    fault: str = ""

    def close(self, exit_code: int) -> "Suite":
        """A suite that ended badly, or ran nothing, has failed whatever it counted."""
        if not self.fault and exit_code != 0 and self.failed == 0:
            self.fault = f"ended with exit code {exit_code}"
        if not self.fault and self.passed + self.failed == 0:
            self.fault = "ran no test"
        if self.fault and self.failed == 0:
            self.failed = 1
        return self


def run(suite: Suite, command: list[str], result: re.Pattern[str], env: dict[str, str]) -> Suite:
    """Runs `command`, shows what it prints, and adds up the lines that match `result`."""
    print(f"== {suite.name}: {' '.join(command)}", flush=True)
    with subprocess.Popen(command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            if found := result.match(line):
                suite.passed += int(found["passed"])
                suite.failed += int(found["failed"] or 0)
    return suite.close(process.returncode)


def rust() -> Suite:
    """Every crate's tests and examples."""
    command = ["cargo", "test", "--workspace", "--locked", "--no-fail-fast"]
    return run(Suite("rust"), command, CARGO_RESULT, dict(os.environ, CARGO_TERM_COLOR="never"))


def template() -> Suite:
    """What SAM makes of the template."""
    command = [sys.executable, "-m", "pytest", "tests/template"]
    return run(Suite("template"), command, TEMPLATE_RESULT, dict(os.environ, NO_COLOR="1"))


def browser() -> Suite:
    """The real page in a real browser."""
    suite = Suite("browser")
    found = subprocess.run(["tools/browser.sh"], cwd=ROOT, text=True, stdout=subprocess.PIPE)
    if found.returncode != 0:
        suite.fault = "there is no browser (see above)"
        return suite.close(1)
    chromium = found.stdout.strip().splitlines()[-1]
    try:
        with frontdesk() as url:
            env = dict(os.environ, CHROMIUM_PATH=chromium, FRONTDESK_URL=url)
            return run(suite, ["npm", "test"], BROWSER_RESULT, env)
    except NotServing as error:
        suite.fault = str(error)
        return suite.close(1)


class NotServing(Exception):
    """The local runner did not come up."""


@contextmanager
def frontdesk():
    """The local runner on a free port, with everything in memory; yields its address once it says that it serves."""
    log = ROOT / "target" / "frontdesk.log"
    if subprocess.run(["cargo", "build", "--locked", "--package", "local"], cwd=ROOT).returncode != 0:
        raise NotServing("the local runner does not build")
    port = free_port()
    env = dict(os.environ, PORT=str(port), FRONTDESK_DATA=":memory:")
    for outside in ("ANTHROPIC_API_KEY", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"):
        env.pop(outside, None)  # Tests talk to the simulators, whatever the developer has set.
    process = subprocess.Popen([runner()], cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=copy, args=(process.stdout, log, lines), daemon=True).start()
    try:
        yield address(lines, port, log)
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def runner() -> str:
    """Where cargo put the local runner."""
    command = ["cargo", "metadata", "--no-deps", "--format-version", "1", "--locked"]
    metadata = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    return str(Path(json.loads(metadata)["target_directory"]) / "debug" / "local")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def copy(stream, log: Path, lines: "queue.Queue[str | None]") -> None:
    """Keeps what the runner prints in `log`, and hands each line on; None once it has ended."""
    log.parent.mkdir(exist_ok=True)
    with log.open("w") as out:
        for line in stream:
            out.write(line)
            out.flush()
            lines.put(line)
    lines.put(None)


def address(lines: "queue.Queue[str | None]", port: int, log: Path) -> str:
    """Waits for the line that names the runner's address."""
    said = re.compile(rf"http://[\w.\[\]:]+:{port}\b")
    while True:
        try:
            line = lines.get(timeout=READY_SECONDS)
        except queue.Empty:
            raise NotServing(f"the local runner did not say its address within {READY_SECONDS} s; see {log}") from None
        if line is None:
            raise NotServing(f"the local runner ended at once: {log.read_text().strip()[-500:]}")
        if said.search(line):
            return f"http://localhost:{port}"


def main() -> int:
    """Runs the suites named on the command line, or all."""
    suites = {"rust": rust, "template": template, "browser": browser}
    wanted = sys.argv[1:] or list(suites)
    if unknown := [name for name in wanted if name not in suites]:
        print(f"no such suite: {', '.join(unknown)}; there are {', '.join(suites)}", file=sys.stderr)
        return 2
    done = [suites[name]() for name in wanted]
    print()
    for suite in done:
        fault = f" ({suite.fault})" if suite.fault else ""
        print(f"{suite.name}: {suite.passed} passed, {suite.failed} failed{fault}")
    failed = sum(suite.failed for suite in done)
    print(f"{sum(suite.passed for suite in done)} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
