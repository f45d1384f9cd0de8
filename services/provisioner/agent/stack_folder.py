"""A stack on disk: `stacks/<slug>/` with its bundle, its volumes, and the marker that says it is frozen.

A restore swaps the volumes as one: `volumes` becomes `volumes.old`, `volumes.new` takes its place, and only when the
restore is complete is the old content thrown away. `recover` undoes whatever a crash left half done.
"""

import os
from pathlib import Path

from libs.common.failpoints import failpoint
from libs.contracts.hosts import BundleApp, StackBundle, StackMode
from services.provisioner.agent.files import remove_tree, sync_folder, write_atomically

_FROZEN_NOTE = b"This stack is read-only: its data is being moved. Applying its bundle again ends that.\n"


class StackFolder:
    """Paths and durable state of one stack. Nothing here runs a container."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.volumes = path / "volumes"
        self.incoming = path / "volumes.new"
        self.work = path / "work"
        self.uploads = path / "uploads"
        self.secrets = path / "secrets"
        self._bundle_file = path / "bundle.json"
        self._frozen_marker = path / "FROZEN"
        self._previous = path / "volumes.old"
        self._discarded = path / "volumes.discarded"

    def load(self) -> StackBundle | None:
        """The bundle last applied here, or None."""
        try:
            return StackBundle.model_validate_json(self._bundle_file.read_bytes())
        except FileNotFoundError:
            return None

    def save(self, bundle: StackBundle) -> None:
        """Keeps the bundle; it holds secrets, so that only its owner may read it."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(self._bundle_file, bundle.model_dump_json().encode())
        if bundle.mode == "read_only":
            write_atomically(self._frozen_marker, _FROZEN_NOTE)
        else:
            self._frozen_marker.unlink(missing_ok=True)

    def set_mode(self, bundle: StackBundle, mode: StackMode) -> StackBundle:
        changed = bundle.model_copy(update={"mode": mode})
        self.save(changed)
        return changed

    def forget(self) -> None:
        """The stack is no longer on this host; its volumes stay."""
        self._bundle_file.unlink(missing_ok=True)
        self._frozen_marker.unlink(missing_ok=True)
        remove_tree(self.secrets)

    def prepare_volumes(self, bundle: StackBundle) -> None:
        """Makes the volume of each app that has none yet, with its initial files; content is never overwritten."""
        self.volumes.mkdir(parents=True, exist_ok=True)
        for app in bundle.apps:
            if not (app.mounts or app.hostnames):
                continue
            if not (self.volumes / app.name).exists():
                self._make_volume(app)
            for mount in app.mounts:
                (self.volumes / app.name / mount.source).mkdir(exist_ok=True)

    def _make_volume(self, app: BundleApp) -> None:
        beside = self.volumes / f".{app.name}.new"
        remove_tree(beside)
        beside.mkdir()
        for mount in app.mounts:
            (beside / mount.source).mkdir(parents=True, exist_ok=True)
        for file in app.files:
            target = beside / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.content)
            target.chmod(0o755 if file.executable else 0o644)
        beside.rename(self.volumes / app.name)

    def swap_in(self) -> None:
        """Puts `volumes.new` in the place of the volumes and keeps those until `keep_swap` or `undo_swap`."""
        os.replace(self.volumes, self._previous)  # noqa: PTH105  # beside its counterpart for the reader
        failpoint("agent.restore.between_renames")
        os.replace(self.incoming, self.volumes)  # noqa: PTH105
        sync_folder(self.path)

    def keep_swap(self) -> None:
        """The restore is complete. The old content goes by a rename first, so that it is never seen in part."""
        self._previous.rename(self._discarded)
        sync_folder(self.path)
        failpoint("agent.restore.after_commit")
        remove_tree(self._discarded)

    def undo_swap(self) -> None:
        """Brings back the content before the swap; does nothing where none is pending."""
        if not self._previous.exists():
            return
        if self.volumes.exists():
            remove_tree(self._discarded)
            self.volumes.rename(self._discarded)
        self._previous.rename(self.volumes)
        sync_folder(self.path)
        remove_tree(self._discarded)

    def recover(self) -> None:
        """After a crash: an unfinished swap is undone, half-made folders are removed."""
        self.undo_swap()
        for leftover in (self.incoming, self.work, self.uploads, self._discarded):
            remove_tree(leftover)


class StackFolders:
    """All stacks of a host, below `<root>/stacks`."""

    def __init__(self, root: Path) -> None:
        self._root = root / "stacks"
        self._trash = root / "trash"

    def folder(self, slug: str) -> StackFolder:
        return StackFolder(self._root / slug)

    def recover(self) -> None:
        """Finishes interrupted removals and undoes interrupted restores, before anything runs."""
        self._root.mkdir(parents=True, exist_ok=True)
        remove_tree(self._trash)
        for path in sorted(self._root.iterdir()):
            StackFolder(path).recover()

    def bundles(self) -> tuple[StackBundle, ...]:
        """The bundles applied on this host, by slug."""
        found = (StackFolder(path).load() for path in sorted(self._root.iterdir()))
        return tuple(bundle for bundle in found if bundle is not None)

    def delete(self, slug: str) -> None:
        """Removes a stack with its data. It leaves its place in one step, so that no half of it is ever seen."""
        folder = self._root / slug
        if not folder.exists():
            return
        self._trash.mkdir(exist_ok=True, mode=0o700)
        gone = self._trash / slug
        remove_tree(gone)
        folder.rename(gone)
        sync_folder(self._root)
        remove_tree(gone)
