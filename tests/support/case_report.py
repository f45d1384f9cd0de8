"""A pytest plugin: says at the end how many generated cases really ran, whichever worker ran them."""

import pytest

PROPERTY = "generated_cases"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what tests noted by `record_property(PROPERTY, line)`."""
    lines = [
        str(value)
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for name, value in report.user_properties
        if name == PROPERTY
    ]
    if lines:
        terminalreporter.section("generated cases")
        for line in sorted(lines):
            terminalreporter.line(line)
