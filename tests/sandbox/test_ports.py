"""Ports stay the same between starts as far as others leave them free."""

import multiprocessing
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.errors import PortTaken
from sandbox.ports import free_port, keep_ports, require_free


@contextmanager
def listening(port: int = 0) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", port)) as server:
        yield server.getsockname()[1]


def test_ports_are_kept_between_starts(tmp_path: Path) -> None:
    names = ["postgres", "valkey", "stripe"]
    first = keep_ports(tmp_path / "ports.json", names)

    assert len(set(first.values())) == 3
    assert keep_ports(tmp_path / "ports.json", names) == first


def test_a_kept_port_that_another_program_took_is_replaced(tmp_path: Path) -> None:
    first = keep_ports(tmp_path / "ports.json", ["postgres", "valkey"])
    with listening(first["postgres"]):
        second = keep_ports(tmp_path / "ports.json", ["postgres", "valkey"])

    assert second["postgres"] != first["postgres"]
    assert second["valkey"] == first["valkey"]


def test_a_kept_port_is_given_up_for_a_fixed_one(tmp_path: Path) -> None:
    gateway = keep_ports(tmp_path / "ports.json", ["postgres"])["postgres"]

    assert keep_ports(tmp_path / "ports.json", ["postgres"], fixed=[gateway])["postgres"] != gateway


def test_platforms_that_choose_at_the_same_time_choose_different_ports(tmp_path: Path) -> None:
    names = [f"child-{number}" for number in range(30)]
    with multiprocessing.get_context("spawn").Pool(1) as another:
        theirs = another.apply(keep_ports, (tmp_path / "theirs.json", names))
        (tmp_path / "ours.json").write_bytes((tmp_path / "theirs.json").read_bytes())
        ours = keep_ports(tmp_path / "ours.json", names)

    assert set(ours.values()).isdisjoint(theirs.values())


def test_nobody_is_given_a_port_that_another_process_was_given_and_does_not_listen_on_yet() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as another:
        theirs = set(another.apply(_free_ports, (600,)))
        ours = _free_ports(600)

    assert len(theirs | set(ours)) == 1200


def _free_ports(count: int) -> list[int]:
    return [free_port() for _ in range(count)]


def test_a_taken_fixed_port_names_the_port_and_the_setting() -> None:
    with listening() as port:
        expected = f"Port {port} is taken by another program; free it, or set STACKPRO_PORT to another port."
        with pytest.raises(PortTaken, match=expected):
            require_free(port, setting="STACKPRO_PORT")


def test_a_free_fixed_port_is_accepted() -> None:
    require_free(free_port(), setting="STACKPRO_PORT")
