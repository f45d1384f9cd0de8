"""What StackPro expects to find in its AWS account, made once: network, zone, load balancers, image, boundary."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from moto.ec2.models import ec2_backends

from sandbox.cloud.calls import Call
from sandbox.cloud.emulator import Emulator
from sandbox.cloud.faults import Answer
from sandbox.cloud.settings import ACCOUNT
from sandbox.errors import SandboxError
from sandbox.files import write_json

NAME = "stackpro"
LOAD_BALANCERS = 10
"""Each has room for 24 stacks, by the quota of an account that never asked for more."""
BOUNDARY = "stackpro-tenant-boundary"
IMAGE_NAME = "stackpro-host-1"
VERSIONS = {"ec2": "2016-11-15", "elasticloadbalancing": "2015-12-01", "iam": "2010-05-08"}
BOUNDARY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:*", "kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "secretsmanager:GetSecretValue",
                       "cloudwatch:PutMetricData", "logs:*", "ses:SendEmail", "ses:SendRawEmail"],
            "Resource": "*",
        }
    ],
}  # fmt: skip
WARMING = (("s3", "GET", "/"), ("route53", "GET", "/2013-04-01/hostedzone"), ("ses", "GET", "/v2/email/identities"))
WARMING_TARGETS = (
    ("kms", "TrentService.ListKeys"),
    ("acm", "CertificateManager.ListCertificates"),
    ("secretsmanager", "secretsmanager.ListSecrets"),
)


class SeedRefused(SandboxError):
    code = "cloud_seed_refused"


@dataclass(frozen=True, kw_only=True)
class SeededLoadBalancer:
    dns_name: str
    zone_id: str
    listener_arn: str


@dataclass(frozen=True, kw_only=True)
class SeededAccount:
    """The ids that the provisioner is configured with; `account.json` holds exactly these fields."""

    region: str
    account_id: str
    base_domain: str
    vpc_id: str
    subnet_ids: tuple[str, ...]
    hosted_zone_id: str
    load_balancers: tuple[SeededLoadBalancer, ...]
    load_balancer_security_group_id: str
    permission_boundary_arn: str
    image_id: str


def seed_account(emulator: Emulator) -> SeededAccount:
    """Makes what is missing and writes `account.json`. A start that was killed half way is completed."""
    seeding = _Seeding(emulator)
    subnets, vpc = _default_network(emulator)
    group = seeding.security_group(vpc)
    names = [NAME, *(f"{NAME}-{number}" for number in range(2, LOAD_BALANCERS + 1))]
    account = SeededAccount(
        region=emulator.settings.region,
        account_id=ACCOUNT,
        base_domain=emulator.settings.base_domain,
        vpc_id=vpc,
        subnet_ids=tuple(subnets),
        hosted_zone_id=seeding.hosted_zone(),
        load_balancers=tuple(seeding.load_balancer(name, subnets[:2], group) for name in names),
        load_balancer_security_group_id=group,
        permission_boundary_arn=seeding.boundary(),
        image_id=seeding.image(),
    )
    write_json(emulator.settings.seed_file, asdict(account))
    return account


def warm_up(emulator: Emulator) -> None:
    """The first call of each service loads its models, which takes seconds in all; nobody should wait for that."""
    seeding = _Seeding(emulator)
    for service, method, path in WARMING:
        seeding.send(service, method=method, path=path)
    for service, target in WARMING_TARGETS:
        seeding.send(service, target=target, body=b"{}", content_type="application/x-amz-json-1.1")
    seeding.form("rds", "DescribeDBInstances", "2014-10-31")


class _Seeding:
    """Calls to the emulator as an AWS client would send them, without the way over HTTP."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def security_group(self, vpc: str) -> str:
        found = self._ask("ec2", "DescribeSecurityGroups", {"Filter.1.Name": "group-name", "Filter.1.Value.1": NAME})
        group = _element(found, "groupId")
        if group is None:
            values = {"GroupName": NAME, "GroupDescription": "Load balancer of StackPro", "VpcId": vpc}
            group = _element(self._ask("ec2", "CreateSecurityGroup", values), "groupId")
        return _given(group)

    def load_balancer(self, name: str, subnets: list[str], group: str) -> SeededLoadBalancer:
        query = {"Names.member.1": name}
        described = self.form("elasticloadbalancing", "DescribeLoadBalancers", VERSIONS["elasticloadbalancing"], query)
        found = described.body.decode()
        if _element(found, "LoadBalancerArn") is None:
            values = {f"Subnets.member.{number}": subnet for number, subnet in enumerate(subnets, start=1)}
            values |= {"Name": name, "Type": "application", "SecurityGroups.member.1": group}
            found = self._ask("elasticloadbalancing", "CreateLoadBalancer", values)
        return SeededLoadBalancer(
            dns_name=_given(_element(found, "DNSName")),
            zone_id=_given(_element(found, "CanonicalHostedZoneId")),
            listener_arn=self._listener(_given(_element(found, "LoadBalancerArn"))),
        )

    def _listener(self, balancer: str) -> str:
        found = self._ask("elasticloadbalancing", "DescribeListeners", {"LoadBalancerArn": balancer})
        arn = _element(found, "ListenerArn")
        if arn is None:
            values = {
                "LoadBalancerArn": balancer,
                "Protocol": "HTTPS",
                "Port": "443",
                "Certificates.member.1.CertificateArn": self._certificate(),
                "DefaultActions.member.1.Type": "fixed-response",
                "DefaultActions.member.1.FixedResponseConfig.StatusCode": "404",
            }
            arn = _element(self._ask("elasticloadbalancing", "CreateListener", values), "ListenerArn")
        return _given(arn)

    def hosted_zone(self) -> str:
        domain = self._emulator.settings.base_domain
        found = self.send("route53", method="GET", path="/2013-04-01/hostedzone").body.decode()
        zone = re.search(rf"<Id>/hostedzone/(\w+)</Id>\s*<Name>{re.escape(domain)}\.</Name>", found)
        if zone is None:
            body = (
                '<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/">'
                f"<Name>{domain}</Name><CallerReference>{NAME}</CallerReference></CreateHostedZoneRequest>"
            ).encode()
            made = self.send("route53", path="/2013-04-01/hostedzone", body=body)
            zone = re.search(r"<Id>/hostedzone/(\w+)</Id>", made.body.decode())
        return _given(zone[1] if zone else None)

    def boundary(self) -> str:
        arn = f"arn:aws:iam::{ACCOUNT}:policy/{BOUNDARY}"
        if self.form("iam", "GetPolicy", VERSIONS["iam"], {"PolicyArn": arn}).status >= 400:
            document = {"PolicyName": BOUNDARY, "PolicyDocument": json.dumps(BOUNDARY_POLICY)}
            self._ask("iam", "CreatePolicy", document)
        return arn

    def image(self) -> str:
        found = self._ask("ec2", "DescribeImages", {"Filter.1.Name": "name", "Filter.1.Value.1": IMAGE_NAME})
        image = _element(found, "imageId")
        if image is None:
            values = {"Name": IMAGE_NAME, "Architecture": "x86_64", "RootDeviceName": "/dev/xvda"}
            image = _element(self._ask("ec2", "RegisterImage", values), "imageId")
        return _given(image)

    def form(self, service: str, action: str, version: str, values: Mapping[str, str] | None = None) -> Answer:
        """A call of a query protocol."""
        body = urlencode({"Action": action, "Version": version, **(values or {})}).encode()
        return self.send(service, body=body, content_type="application/x-www-form-urlencoded")

    def send(
        self,
        service: str,
        *,
        method: str = "POST",
        path: str = "/",
        body: bytes = b"",
        target: str = "",
        content_type: str = "text/xml",
    ) -> Answer:
        scope = f"Credential=sandbox/20200101/{self._emulator.settings.region}/{service}/aws4_request"
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "REQUEST_URI": path,
            "RAW_URI": path,
            "HTTP_HOST": "127.0.0.1",
            "CONTENT_TYPE": content_type,
            "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
        }
        return self._emulator.handle(Call(environ | ({"HTTP_X_AMZ_TARGET": target} if target else {}), body))

    def _certificate(self) -> str:
        body = json.dumps({"DomainName": self._emulator.settings.base_domain, "IdempotencyToken": NAME}).encode()
        answer = self.send(
            "acm",
            target="CertificateManager.RequestCertificate",
            body=body,
            content_type="application/x-amz-json-1.1",
        )
        return str(json.loads(answer.body)["CertificateArn"])

    def _ask(self, service: str, action: str, values: Mapping[str, str] | None = None) -> str:
        answer = self.form(service, action, VERSIONS[service], values)
        if answer.status >= 400:
            raise SeedRefused(f"the emulated cloud refused {action}: {answer.body.decode(errors='replace')[:200]}")
        return answer.body.decode()


def _default_network(emulator: Emulator) -> tuple[list[str], str]:
    backend = ec2_backends[ACCOUNT][emulator.settings.region]

    def read() -> tuple[list[str], str]:
        vpc = backend.get_default_vpc()
        subnets = sorted(backend.get_default_subnets().values(), key=lambda subnet: str(subnet.availability_zone))
        return [str(subnet.id) for subnet in subnets], str(_given(vpc.id if vpc else None))

    return emulator.read(read)


def _element(text: str, name: str) -> str | None:
    found = re.search(rf"<{name}>([^<]+)</{name}>", text)
    return found[1] if found else None


def _given(value: str | None) -> str:
    if value is None:
        raise SeedRefused("the emulated cloud answered without an id: remove its folder to begin anew")
    return value
