"""Building the web app once per change, with tiny programs in place of Node.js and npm: real processes, no network."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.web.build import CannotBuild, build, install, is_built
from tests.support.eventually import eventually

NPM = """#!/bin/sh
echo "$1 $2" >> "$CALLS"
case $1 in
ci) mkdir -p node_modules;;
run)
    mkdir -p out
    echo half > out/index.html
    if [ -e "$CALLS.hold" ]; then : > "$CALLS.held"; while [ -e "$CALLS.hold" ]; do sleep 0.02; done; fi
    if [ -e broken ]; then
        i=0
        while [ $i -lt 30 ]; do i=$((i+1)); echo "line $i"; done
        exit 3
    fi
    cat page > out/index.html;;
esac
"""


class Workshop:
    """A frontend under git, and a PATH whose npm writes down its calls."""

    def __init__(self, folder: Path, *, node_version: str = "v20.9.0") -> None:
        self.frontend = folder / "frontend"
        self.calls_file = folder / "calls"
        self.programs = folder / "programs"
        self.said: list[str] = []
        self.frontend.mkdir()
        self.programs.mkdir()
        self.program("node", f"#!/bin/sh\necho {node_version}\n")
        self.program("npm", NPM)
        for name, text in {"page": "one", "package-lock.json": "{}", ".gitignore": "node_modules/\nout/\n"}.items():
            (self.frontend / name).write_text(text)
        subprocess.run(["git", "init", "-q", str(folder)], check=True)

    def program(self, name: str, text: str) -> None:
        (self.programs / name).write_text(text)
        (self.programs / name).chmod(0o755)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PATH": f"{self.programs}:/usr/bin:/bin",
            "CALLS": str(self.calls_file),
            "STACKPRO_FRONTEND": str(self.frontend),
        }

    def build(self) -> list[str]:
        """Builds, and returns which calls of npm that made."""
        self.calls_file.write_text("")
        build(self.frontend, self.environment, say=self.said.append)
        return self.calls()

    def calls(self) -> list[str]:
        return [line.strip() for line in self.calls_file.read_text().splitlines()]

    def hold(self) -> None:
        """Builds stop half-way from now on."""
        Path(f"{self.calls_file}.hold").touch()

    def is_held(self) -> bool:
        return Path(f"{self.calls_file}.held").exists()

    def release(self) -> None:
        Path(f"{self.calls_file}.hold").unlink()

    def page(self) -> str:
        return (self.frontend / "out" / "index.html").read_text()

    @contextmanager
    def program_that_builds(self) -> "Iterator[subprocess.Popen[str]]":
        """`python -m sandbox.web.build` in a process group of its own."""
        started = subprocess.Popen(
            [sys.executable, "-m", "sandbox.web.build"],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # A run in the background of a shell ignores Ctrl-C, and so would what it starts (POSIX, XCU §2.11).
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # no thread runs yet
        )
        try:
            yield started
        finally:
            if started.poll() is None:
                os.killpg(started.pid, signal.SIGKILL)
            started.communicate()


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


CI, RUN = "ci --include=dev", "run build"


def test_the_first_build_installs_and_builds_and_says_so_beforehand(workshop: Workshop) -> None:
    assert not is_built(workshop.frontend)

    assert workshop.build() == [CI, RUN]

    assert is_built(workshop.frontend)
    assert workshop.said[0] == "Building the web app (once per change; about a minute) ..."
    assert workshop.said[1].startswith("The web app is built, in ")


def test_what_is_up_to_date_is_not_built_again(workshop: Workshop) -> None:
    workshop.build()
    workshop.said.clear()

    assert workshop.build() == []
    assert workshop.said == []


def test_a_changed_source_is_built_without_installing_again(workshop: Workshop) -> None:
    workshop.build()
    (workshop.frontend / "page").write_text("two")

    assert not is_built(workshop.frontend)
    assert workshop.build() == [RUN]
    assert workshop.page() == "two"


def test_a_new_and_a_removed_source_are_changes_and_ignored_files_and_tests_are_not(workshop: Workshop) -> None:
    workshop.build()
    (workshop.frontend / "e2e").mkdir()
    (workshop.frontend / "e2e" / "journey.ts").touch()
    (workshop.frontend / "node_modules" / "cache").touch()
    assert workshop.build() == []

    (workshop.frontend / "extra").touch()
    assert workshop.build() == [RUN]
    (workshop.frontend / "extra").unlink()
    assert workshop.build() == [RUN]


def test_a_changed_lock_installs_again(workshop: Workshop) -> None:
    workshop.build()
    (workshop.frontend / "package-lock.json").write_text('{"version": 2}')

    assert workshop.build() == [CI, RUN]


def test_a_failed_build_shows_the_end_of_its_output_and_is_tried_again(workshop: Workshop) -> None:
    workshop.build()
    (workshop.frontend / "broken").touch()

    with pytest.raises(CannotBuild) as failure:
        workshop.build()

    *tail, last = str(failure.value).splitlines()
    assert tail == [f"line {number}" for number in range(16, 31)]
    assert last == "The web app cannot be built: `npm run build` failed, see above."
    assert not is_built(workshop.frontend)
    (workshop.frontend / "broken").unlink()
    assert workshop.build() == [RUN]


def test_the_program_ends_with_1_and_one_line_when_it_cannot_build(workshop: Workshop) -> None:
    (workshop.frontend / "broken").touch()
    with workshop.program_that_builds() as program:
        _, errors = program.communicate(timeout=30)

    assert program.returncode == 1
    assert errors.splitlines()[-1] == "The web app cannot be built: `npm run build` failed, see above."
    assert "Traceback" not in errors


def test_packages_are_installed_once_and_without_a_build(workshop: Workshop) -> None:
    install(workshop.frontend, workshop.environment, say=workshop.said.append)
    install(workshop.frontend, workshop.environment, say=workshop.said.append)

    assert workshop.calls() == [CI]
    assert not is_built(workshop.frontend)
    assert workshop.build() == [RUN]


async def test_a_killed_build_starts_anew(workshop: Workshop) -> None:
    workshop.build()
    (workshop.frontend / "page").write_text("two")
    workshop.hold()
    with workshop.program_that_builds() as program:
        await eventually(workshop.is_held)
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()
    workshop.release()

    assert workshop.page() == "half\n"
    assert not is_built(workshop.frontend)
    assert workshop.build() == [RUN]
    assert workshop.page() == "two"


async def test_two_at_once_build_once(workshop: Workshop) -> None:
    workshop.hold()
    with workshop.program_that_builds() as first:
        await eventually(workshop.is_held)
        with workshop.program_that_builds() as second:
            assert second.stdout is not None
            assert second.stdout.readline() == "The web app is being built by another start; waiting for it ...\n"
            workshop.release()
            said, errors = second.communicate(timeout=30)
        assert first.wait(timeout=30) == 0

    assert (second.returncode, said, errors) == (0, "", "")
    assert workshop.calls() == [CI, RUN]
    assert workshop.page() == "one"


async def test_ctrl_c_ends_the_build_with_what_it_started(workshop: Workshop) -> None:
    workshop.hold()
    with workshop.program_that_builds() as program:
        await eventually(workshop.is_held)
        program.send_signal(signal.SIGINT)
        _, errors = program.communicate(timeout=30)

    assert (program.returncode, errors) == (130, "")
    workshop.release()
    assert workshop.build() == [RUN]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_one_line(workshop: Workshop) -> None:
    workshop.frontend.chmod(0o500)

    with pytest.raises(CannotBuild, match=r"^The web app cannot be built: this user may not write to .*frontend\.$"):
        workshop.build()


def test_without_git_it_says_what_is_in_the_way(workshop: Workshop, tmp_path: Path) -> None:
    workshop.build()
    (tmp_path / ".git" / "HEAD").unlink()

    with pytest.raises(CannotBuild, match="git does not list what is in"):
        workshop.build()
