"""Renders a stack as a Compose file, env files and the routes of its Traefik: same bundle, same bytes."""

import yaml

from libs.contracts.hosts import BundleApp, StackBundle
from services.provisioner.agent.runtime import ENTRANCE, writers

_READS = " || ".join(f"Method(`{method}`)" for method in ("GET", "HEAD", "OPTIONS"))

Service = dict[str, object]


def render_compose(bundle: StackBundle) -> str:
    """The compose file (Compose Specification). Paths are relative to the stack's folder.

    Each stack has a network of its own; only its Traefik publishes a port. Secrets stand in env files, not here.
    """
    document = {
        "name": project_name(bundle),
        "services": {app.name: _service(app, bundle) for app in bundle.apps},
        "networks": {"stack": {"driver": "bridge"}},
    }
    return yaml.safe_dump(document, sort_keys=False, width=120)


def render_env_files(bundle: StackBundle) -> dict[str, str]:
    """App name -> content of its env file. Values stand between apostrophes, where nothing is interpolated."""
    return {
        app.name: "".join(f"{name}='{value}'\n" for name, value in sorted(app.secrets.items()))
        for app in bundle.apps
        if app.secrets
    }


def render_routes(bundle: StackBundle) -> str:
    """Traefik's dynamic configuration (file provider): host to app.

    In `read_only` mode only reads reach an app, and nothing one that is stopped for the freeze; the rest goes to a
    service without servers, which Traefik answers 503.
    `/ping` by another name, such as the host's address, is Traefik's own answer: the load balancer's health check
    (Traefik, "Ping", `manualRouting`). An app's own `/ping` stays the app's.
    """
    routers: Service = {
        "ping": {"rule": "Path(`/ping`)", "service": "ping@internal", "entryPoints": ["web"], "priority": 1}
    }
    services: Service = {}
    frozen = bundle.mode == "read_only"
    stopped = writers(bundle) if frozen else frozenset()
    for app in bundle.apps:
        if not app.hostnames:
            continue
        hosts = " || ".join(f"Host(`{host}`)" for host in app.hostnames)
        if app.name not in stopped:
            reads = f"({hosts}) && ({_READS})" if frozen else hosts
            routers[app.name] = {"rule": reads, "service": app.name, "entryPoints": ["web"], "priority": 10}
            services[app.name] = {"loadBalancer": {"servers": [{"url": f"http://{app.name}:{app.port}"}]}}
        if frozen:
            routers[f"{app.name}-frozen"] = {
                "rule": hosts,
                "service": "frozen",
                "entryPoints": ["web"],
                "priority": 2,
            }
    if frozen:
        services["frozen"] = {"loadBalancer": {"servers": []}}
    return yaml.safe_dump({"http": {"routers": routers, "services": services}}, sort_keys=False, width=200)


def project_name(bundle: StackBundle) -> str:
    """Name of the Compose project: one per stack on a host."""
    return f"stack-{bundle.stack.slug}"


def _service(app: BundleApp, bundle: StackBundle) -> Service:
    mounts = [
        f"./volumes/{app.name}{'' if mount.source == '.' else f'/{mount.source}'}:{mount.target}"
        + (":ro" if mount.read_only else "")
        for mount in app.mounts
    ]
    service: Service = {"image": app.image, "restart": "unless-stopped"}
    if app.command:
        service["command"] = [_literal(word) for word in app.command]
    if app.environment:
        service["environment"] = {name: _literal(value) for name, value in sorted(app.environment.items())}
    if app.secrets:
        service["env_file"] = [f"./secrets/{app.name}.env"]
    if app.name == ENTRANCE:
        service["ports"] = [f"{bundle.ingress_port}:{app.port}"]
        mounts.append("./entrance:/etc/traefik:ro")
    if mounts:
        service["volumes"] = mounts
    if app.needs:
        service["depends_on"] = {name: {"condition": "service_healthy"} for name in app.needs}
    return {**service, **_limits(app), "healthcheck": _health(app)}


def _limits(app: BundleApp) -> Service:
    return {
        "networks": ["stack"],
        "mem_limit": f"{app.memory_mib}m",
        "memswap_limit": f"{app.memory_mib}m",
        "cpus": app.cpus,
        "pids_limit": 512,
        "security_opt": ["no-new-privileges:true"],
        "logging": {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}},
    }


def _health(app: BundleApp) -> Service:
    check = app.health
    return {
        "test": ["CMD", *(_literal(word) for word in check.command)],
        "interval": f"{check.interval_seconds}s",
        "timeout": f"{check.timeout_seconds}s",
        "retries": check.retries,
        "start_period": f"{check.start_seconds}s",
    }


def _literal(text: str) -> str:
    """Compose interpolates `$`; a doubled one is meant as it stands (Compose Specification, "Interpolation")."""
    return text.replace("$", "$$")
