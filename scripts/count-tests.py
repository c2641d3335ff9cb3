#!/usr/bin/env python3
"""Counts what a test run did: count-tests.py STATUS LOG [RESULTS.xml ...]

Prints `N passed, N failed` as its last line. Tests are counted as the runner counts them: one for
each test function, however many arguments it has. Skipped tests are neither passed nor failed.

The result files are what the runner wrote at its end. Where there are none it crashed or never
began; then the log's lines are counted, and a test that started and did not pass has failed.
"""

import os
import re
import sys
import xml.etree.ElementTree as ElementTree

LINE = re.compile(
    r"^\S+ Test (?!run |case )(?P<name>.*?)(?: with \d+ test cases?)? "
    r"(?P<verb>started|passed|failed|skipped)\b"
)


def from_results(paths):
    passed = failed = 0
    for path in paths:
        for case in ElementTree.parse(path).iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
            elif case.find("skipped") is None:
                passed += 1
    return passed, failed


def from_log(path):
    counts = dict.fromkeys(["started", "passed", "failed", "skipped"], 0)
    with open(path, encoding="utf-8", errors="replace") as log:
        for line in log:
            match = LINE.match(line)
            if match:
                counts[match["verb"]] += 1
    return counts["passed"], max(counts["started"] - counts["passed"], counts["failed"])


def main():
    status, log, *results = sys.argv[1:]
    results = [path for path in results if os.path.exists(path)]
    problem = None
    if results:
        passed, failed = from_results(results)
        if status != "0" and failed == 0:
            problem = f"The runner ended with status {status} and named no failing test."
            failed = 1
    else:
        passed, failed = from_log(log)
        problem = f"The runner ended with status {status} before its end; see above."
        failed = max(failed, 1)
    if passed + failed == 0:
        problem = "No test ran."
    if problem:
        print(problem)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if problem or failed else 0)


main()
