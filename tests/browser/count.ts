// Reports how many tests ran, on one line that a script can read.

import type { Reporter, TestCase, TestResult } from "@playwright/test/reporter";

export default class Count implements Reporter {
  readonly #outcomes = new Map<string, TestResult["status"]>();

  onTestEnd(test: TestCase, result: TestResult): void {
    this.#outcomes.set(test.id, result.status);
  }

  onEnd(): void {
    const outcomes = [...this.#outcomes.values()];
    const passed = outcomes.filter((status) => status === "passed").length;
    const skipped = outcomes.filter((status) => status === "skipped").length;
    const failed = outcomes.length - passed - skipped;
    console.log(`\nbrowser: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  }

  printsToStdio(): boolean {
    return true;
  }
}
