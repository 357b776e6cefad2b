"""Children: programs that the suite starts, hears the first words of, and ends by their own process id. It never ends anybody else's."""

import queue
import subprocess
import threading
from pathlib import Path

ENDS_WITHIN_SECONDS = 20


class Child:
    """A running program whose output is kept in a file."""

    def __init__(self, name: str, command: list[str], env: dict[str, str], log: Path, cwd: Path):
        self.name = name
        self.log = log
        self._lines: queue.Queue[str | None] = queue.Queue()
        log.parent.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(command, cwd=cwd, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        threading.Thread(target=self._copy, daemon=True).start()

    def _copy(self) -> None:
        with self.log.open("w") as out:
            for line in self._process.stdout:
                out.write(line)
                out.flush()
                self._lines.put(line)
        self._lines.put(None)

    def first_line(self, seconds: float) -> str:
        """What it says first."""
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            raise RuntimeError(f"{self.name} said nothing within {seconds:.0f} s; see {self.log}") from None
        if line is None:
            raise RuntimeError(f"{self.name} ended at once; see {self.log}")
        return line

    def has_ended(self) -> bool:
        """Whether it is gone."""
        return self._process.poll() is not None

    def end(self) -> None:
        """Asks it to end, and waits until it has."""
        self._process.terminate()
        try:
            self._process.wait(timeout=ENDS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
