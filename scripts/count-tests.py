#!/usr/bin/env python3
"""Counts what a test run did: count-tests.py STATUS LOG [RESULTS.xml ...]

Prints `N passed, N failed` as its last line. Tests are counted as the runner counts them: one for
each test function, however many arguments it has. Skipped tests are neither passed nor failed.

The result files are what the runner wrote at its end. Where there are none, or half a one, it
crashed or never began; then the log's lines are counted, and a test that started and did not pass
has failed.
"""

import os
import re
import sys
import xml.etree.ElementTree as ElementTree

STARTED = re.compile(r"^\S+ Test (?!run |case ).* started\.$")
PASSED = re.compile(r"^\S+ Test (?!run |case ).* passed after [0-9.]+ seconds\b")


def from_results(paths):
    """(passed, failed), or None where the results are not whole."""
    try:
        trees = [ElementTree.parse(path) for path in paths if os.path.exists(path)]
    except ElementTree.ParseError:
        return None
    if not trees:
        return None
    passed = failed = 0
    for tree in trees:
        for case in tree.iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
            elif case.find("skipped") is None:
                passed += 1
    return passed, failed


def from_log(path):
    with open(path, encoding="utf-8", errors="replace") as log:
        lines = log.read().splitlines()
    started = sum(1 for line in lines if STARTED.match(line))
    passed = sum(1 for line in lines if PASSED.match(line))
    return passed, started - passed


def main():
    status, log, *results = sys.argv[1:]
    counts = from_results(results)
    problem = None
    if counts:
        passed, failed = counts
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
