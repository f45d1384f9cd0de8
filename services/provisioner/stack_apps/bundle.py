"""Makes the bundle of a stack from the catalogue: what a host's agent is handed to run it."""

from pathlib import Path

from jinja2 import Environment, StrictUndefined

from libs.contracts.hosts import BundleApp, InitialFile, StackBundle, StackMode, StackRef
from services.provisioner.stack_apps.catalogue import FOLDER, AppEntry, load_catalogue


def hostnames(slug: str, domain: str) -> dict[str, str]:
    """Hostname of each app that a browser reaches: `crm.<slug>.<domain>`, and `<slug>.<domain>` for the website."""
    apps = load_catalogue().apps
    return {
        name: f"{app.label}.{slug}.{domain}" if app.label else f"{slug}.{domain}"
        for name, app in apps.items()
        if app.label is not None
    }


def build_bundle(
    stack: StackRef,
    *,
    generation: int,
    site_name: str,
    domain: str,
    size: str,
    secrets: dict[str, str],
    scheme: str = "https",
    ingress_port: int = 80,
    mode: StackMode = "running",
    mysql_host: str | None = None,
) -> StackBundle:
    """The complete bundle of a stack of `size`.

    `secrets` are the values of `generate_secrets()`, read from the secrets store. With `mysql_host`, the address of an
    RDS instance, the apps use that one, a client stands in the place of the stack's own MySQL, and `secrets` holds
    `rds_password` as well. Raises ValueError for an unknown size and KeyError for a missing secret. The same input
    gives the same bundle.
    """
    hosts = hostnames(stack.slug, domain)
    index = load_catalogue().size_index(size)
    apps = tuple(
        _bundle_app(
            name,
            app,
            index=index,
            host=hosts.get(name),
            texts={
                "host": hosts.get(name, ""),
                "url": f"{scheme}://{hosts.get(name, '')}",
                "site_name": site_name,
                "mysql_host": mysql_host or "mysql",
            },
            secrets=secrets,
        )
        for name, app in load_catalogue().entries(managed=mysql_host is not None).items()
    )
    return StackBundle(
        stack=stack,
        generation=generation,
        site_name=site_name,
        apps=apps,
        ingress_port=ingress_port,
        mode=mode,
    )


def _bundle_app(
    name: str, app: AppEntry, *, index: int, host: str | None, texts: dict[str, str], secrets: dict[str, str]
) -> BundleApp:
    def filled(values: dict[str, str]) -> dict[str, str]:
        return {key: value.format(**texts, secret=secrets) for key, value in values.items()}

    return BundleApp(
        name=name,
        title=app.title,
        image=load_catalogue().images[name],
        hostnames=() if host is None else (host,),
        port=app.port,
        memory_mib=app.memory_mib[index],
        cpus=app.cpus[index],
        command=app.command,
        environment=filled(app.environment),
        secrets=filled(app.secrets),
        mounts=app.mounts,
        files=_initial_files(app.content, texts),
        needs=app.needs,
        health=app.health,
        dump=app.dump,
    )


def _initial_files(content: str | None, texts: dict[str, str]) -> tuple[InitialFile, ...]:
    if content is None:
        return ()
    folder = FOLDER / "content" / content
    return tuple(
        InitialFile(
            path=path.relative_to(folder).as_posix(),
            content=_content(path, texts),
            executable=path.suffix == ".sh",
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    )


def _content(path: Path, texts: dict[str, str]) -> str:
    text = path.read_text()
    if path.suffix != ".html":
        return text
    pages = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    return pages.from_string(text).render(texts)
