"""Every step there is. Recipes name them; one instance of each serves all deployments."""

from services.provisioner.engine.step import Step
from services.provisioner.steps.applications import ApplicationsHealthy, ApplyBundle, RenderBundle
from services.provisioner.steps.compute import HostReady, HostStep
from services.provisioner.steps.database import ApplicationDatabases, DatabaseAccess, RelationalDatabase
from services.provisioner.steps.dependencies import Dependencies
from services.provisioner.steps.dns_tls import CertificateStep, DnsRecords, LoadBalancerRoute, LoadBalancerTarget
from services.provisioner.steps.moving import BackUpSource, RestoreToTarget, RetireSource, SwitchRoute, VerifyRestored
from services.provisioner.steps.network import EncryptionKey, SecurityGroupStep, StackRole
from services.provisioner.steps.objects import CopyObjects, RetireObjects
from services.provisioner.steps.storage import ObjectStorage, StackSecrets
from services.provisioner.steps.tagging import PlanTags
from services.provisioner.steps.validate import CheckDesiredState
from services.provisioner.steps.verify import DefaultSite, MailIdentityStep, ProbeFromOutside, Welcome

STEPS: tuple[Step[Dependencies], ...] = (
    CheckDesiredState(),
    SecurityGroupStep(),
    StackRole(),
    EncryptionKey(),
    ObjectStorage(),
    StackSecrets(),
    ApplicationDatabases(),
    DatabaseAccess(),
    RelationalDatabase(),
    HostStep(),
    HostReady(),
    DnsRecords(),
    CertificateStep(),
    LoadBalancerTarget(),
    LoadBalancerRoute(),
    RenderBundle(),
    ApplyBundle(),
    ApplicationsHealthy(),
    CopyObjects(),
    BackUpSource(),
    RestoreToTarget(),
    VerifyRestored(),
    MailIdentityStep(),
    SwitchRoute(),
    ProbeFromOutside(),
    DefaultSite(),
    RetireSource(),
    RetireObjects(),
    PlanTags(),
    Welcome(),
)
