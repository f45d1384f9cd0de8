"""The Kubernetes base is valid, holds no secret, gives every container its settings and lets only callers call."""

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from libs.common.serve import FINISH_SECONDS
from libs.contracts import auth, billing, messaging, provisioner
from services.registry import NAMES
from tests.deploy.settings import known, missing

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / "deploy/k8s/base"
KUBERNETES = "1.31"
SERVICES = (*NAMES, "gateway")
CONTRACTS = {"auth": auth, "billing": billing, "messaging": messaging, "provisioner": provisioner}
Document = dict[str, Any]


@cache
def documents() -> list[Document]:
    files = sorted(path for path in BASE.glob("*.yaml") if path.name != "kustomization.yaml")
    return [document for path in files for document in yaml.safe_load_all(path.read_text())]


def of_kind(kind: str) -> dict[str, Document]:
    return {one["metadata"]["name"]: one for one in documents() if one["kind"] == kind}


def kustomization() -> Document:
    document: Document = yaml.safe_load((BASE / "kustomization.yaml").read_text())
    return document


def pods() -> dict[str, Document]:
    """The pod of every Deployment and Job, by its name."""
    return {name: one["spec"]["template"]["spec"] for name, one in (of_kind("Deployment") | of_kind("Job")).items()}


def container(pod: Document) -> Document:
    [only] = pod["containers"]
    assert isinstance(only, dict)
    return only


def environment(pod: Document) -> dict[str, str]:
    """What the container is given; a secret's value is its name."""
    maps = of_kind("ConfigMap")
    given: dict[str, str] = {}
    for source in container(pod).get("envFrom", []):
        given |= maps[source["configMapRef"]["name"]]["data"]
    return given | {one["name"]: one["valueFrom"]["secretKeyRef"]["key"] for one in container(pod).get("env", [])}


@pytest.mark.parametrize("document", documents(), ids=lambda one: f"{one['kind']}-{one['metadata']['name']}")
def test_a_document_fits_the_schema_of_kubernetes(document: Document) -> None:
    kubernetes_validate.validate(document, KUBERNETES, strict=True)


def test_the_schemas_refuse_what_is_wrong() -> None:
    wrong = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"ports": [{"port": "http"}]}}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES, strict=True)


def test_the_kustomization_lists_every_file_and_every_image() -> None:
    listed = kustomization()

    assert set(listed["resources"]) == {path.name for path in BASE.glob("*.yaml")} - {"kustomization.yaml"}
    own = yaml.safe_load((ROOT / "deploy/images.yaml").read_text())["own"]
    assert {image["name"] for image in listed["images"]} == {f"{own}-{service}" for service in SERVICES}
    assert {container(pod)["image"] for pod in pods().values()} == {f"{own}-{service}" for service in SERVICES}


def test_kustomize_builds_the_base_where_it_is_installed() -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("not checked: kubectl is not on this machine")

    built = subprocess.run([kubectl, "kustomize", str(BASE)], capture_output=True, text=True, check=False)

    assert built.returncode == 0, built.stderr
    assert len(list(yaml.safe_load_all(built.stdout))) == len(documents())


@pytest.mark.parametrize("name", pods())
def test_a_pod_is_not_root_and_writes_nowhere(name: str) -> None:
    pod = pods()[name]

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert container(pod)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container(pod)["resources"].keys() == {"requests", "limits"}


@pytest.mark.parametrize("name", pods())
def test_a_pod_is_given_the_settings_that_it_needs_and_no_others(name: str) -> None:
    settings = "migrate" if name.startswith("migrate-") else name.removesuffix("-worker")
    given = environment(pods()[name])

    assert given.keys() - {variable.name for variable in known(settings)} == set()
    assert missing(settings, given) == set()


def test_secrets_are_named_and_never_held() -> None:
    assert of_kind("Secret") == {}
    secret = {one.name for service in SERVICES for one in known(service) if one.kind == "secret"}
    for document in of_kind("ConfigMap").values():
        assert document["data"].keys() & secret == set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_answers_probes_scales_and_survives_a_drained_node(service: str) -> None:
    api = container(pods()[service])

    assert api["livenessProbe"]["httpGet"]["path"] == "/livez"
    assert api["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert of_kind("HorizontalPodAutoscaler")[service]["spec"]["minReplicas"] >= 2
    for name in {service, f"{service}-worker"} & pods().keys():
        assert of_kind("PodDisruptionBudget")[name]["spec"]["minAvailable"] == 1


@pytest.mark.parametrize("service", SERVICES)
def test_a_pod_is_given_more_time_than_it_takes_to_drain(service: str) -> None:
    [drain] = [one.default for one in known(service) if one.name == "STACKPRO_DRAIN_SECONDS"]

    assert pods()[service]["terminationGracePeriodSeconds"] >= float(drain or 0) + FINISH_SECONDS


@pytest.mark.parametrize("service", NAMES)
def test_the_network_lets_in_who_the_contract_names(service: str) -> None:
    named = CONTRACTS[service].CALLERS.values() if service in CONTRACTS else ()
    callers = set().union(*named, {"gateway"})
    if service == "auth":
        callers |= set(NAMES) - {"auth"}  # everyone fetches the keys of access tokens
    [rule] = of_kind("NetworkPolicy")[f"{service}-answers"]["spec"]["ingress"]
    [source] = rule["from"]

    assert set(source["podSelector"]["matchExpressions"][0]["values"]) == callers
    for caller in callers:
        [target] = of_kind("NetworkPolicy")[f"{caller}-asks"]["spec"]["egress"][0]["to"]
        assert service in target["podSelector"]["matchExpressions"][0]["values"]


def test_nothing_talks_to_anything_by_default() -> None:
    policy = of_kind("NetworkPolicy")["deny-by-default"]["spec"]

    assert policy == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
