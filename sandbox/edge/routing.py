"""Which machine serves a host name: the name must resolve in DNS, and a rule of the load balancer must match it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Target:
    instance_id: str
    port: int


@dataclass(frozen=True, slots=True)
class Rule:
    """`hosts` may hold `*` for any characters and `?` for one (ELB User Guide, "Host conditions")."""

    hosts: tuple[str, ...]
    targets: tuple[Target, ...]

    def matches(self, name: str) -> bool:
        return any(fnmatchcase(name, host) for host in self.hosts)


@dataclass(frozen=True, slots=True)
class RoutingTable:
    """Names that resolve, and rules in the order in which they are tried."""

    names: frozenset[str]
    rules: tuple[Rule, ...]

    def resolves(self, name: str) -> bool:
        """A record of that name, or a wildcard of a domain above it (RFC 4592 §3.3)."""
        parents = name.split(".")
        wildcards = (f"*.{'.'.join(parents[depth:])}" for depth in range(1, len(parents)))
        return name in self.names or any(wildcard in self.names for wildcard in wildcards)

    def targets(self, name: str) -> tuple[Target, ...] | None:
        """The targets that serve the name; None where no stack has it."""
        if not self.resolves(name):
            return None
        return next((rule.targets for rule in self.rules if rule.matches(name)), None)


def read_table(names: Sequence[str], rules: Sequence[Mapping[str, object]]) -> RoutingTable:
    """The table from the emulator's JSON: rules as `{"hosts": [...], "targets": [{"instance_id", "port"}]}`."""
    return RoutingTable(frozenset(name.lower() for name in names), tuple(_rule(each) for each in rules))


def host_name(header: str) -> str:
    """The name in a Host header: without port and final dot, in lower case."""
    return header.rsplit(":", 1)[0].rstrip(".").lower()


def _rule(values: Mapping[str, object]) -> Rule:
    hosts, targets = values.get("hosts"), values.get("targets")
    if not isinstance(hosts, list) or not isinstance(targets, list):
        raise ValueError("a rule has hosts and targets")
    return Rule(
        tuple(str(host).lower() for host in hosts),
        tuple(Target(str(target["instance_id"]), int(target["port"])) for target in targets),
    )
