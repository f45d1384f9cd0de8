"""The routing table: a name needs a record and a rule, and the first rule that matches decides."""

from sandbox.edge.routing import Target, host_name, read_table

ACME = {"hosts": ["acme.localhost", "*.acme.localhost"], "targets": [{"instance_id": "i-1", "port": 80}]}
LATER = {"hosts": ["*.localhost"], "targets": [{"instance_id": "i-2", "port": 80}]}


def test_a_name_without_a_record_is_not_served() -> None:
    table = read_table(["other.localhost"], [ACME])

    assert table.targets("acme.localhost") is None


def test_a_name_without_a_rule_is_not_served() -> None:
    table = read_table(["acme.localhost", "beta.localhost"], [ACME])

    assert table.targets("beta.localhost") is None


def test_the_first_rule_that_matches_decides() -> None:
    table = read_table(["*.localhost"], [ACME, LATER])

    assert table.targets("crm.acme.localhost") == (Target("i-1", 80),)
    assert table.targets("beta.localhost") == (Target("i-2", 80),)


def test_a_wildcard_record_stands_for_names_below_it_and_not_for_its_own() -> None:
    table = read_table(["*.acme.localhost"], [ACME])

    assert table.targets("crm.acme.localhost") == (Target("i-1", 80),)
    assert table.targets("acme.localhost") is None


def test_a_host_header_is_read_without_port_and_in_lower_case() -> None:
    assert host_name("CRM.Acme.localhost.:8123") == "crm.acme.localhost"
    assert host_name("acme.localhost") == "acme.localhost"
