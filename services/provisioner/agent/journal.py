"""What became of each command, on disk, so that one delivered ten times, or before a crash, is executed once."""

from pathlib import Path
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from libs.common.clock import Clock
from libs.contracts.hosts import Command, CommandResult
from services.provisioner.agent.files import write_atomically

KEPT_ENTRIES = 1000


class JournalEntry(BaseModel):
    """The command until it has a result, then the result alone: a finished command's secrets are not kept."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    received_at: AwareDatetime
    command: Command | None
    result: CommandResult | None = None
    delivered: bool = False


class Journal:
    """One file per command. All of it is in memory too: it is small and read at every delivery."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        entries = [JournalEntry.model_validate_json(path.read_bytes()) for path in folder.glob("*.json")]
        entries.sort(key=lambda entry: (entry.received_at, entry.id))
        self._entries = {entry.id: entry for entry in entries}

    def find(self, command_id: UUID) -> JournalEntry | None:
        return self._entries.get(command_id)

    def unfinished(self) -> tuple[Command, ...]:
        """Commands received but without a result, in the order of their arrival."""
        return tuple(e.command for e in self._entries.values() if e.result is None and e.command is not None)

    def undelivered(self) -> tuple[UUID, ...]:
        """Commands with a result that the control plane has not taken yet."""
        return tuple(e.id for e in self._entries.values() if e.result is not None and not e.delivered)

    def receive(self, command: Command) -> None:
        self._write(JournalEntry(id=command.id, received_at=self._clock.now(), command=command))

    def finish(self, command_id: UUID, result: CommandResult) -> None:
        self._write(self._entries[command_id].model_copy(update={"command": None, "result": result}))

    def mark_delivered(self, command_id: UUID) -> None:
        self._write(self._entries[command_id].model_copy(update={"delivered": True}))
        self._prune()

    def _write(self, entry: JournalEntry) -> None:
        write_atomically(self._folder / f"{entry.id}.json", entry.model_dump_json().encode())
        self._entries[entry.id] = entry

    def _prune(self) -> None:
        delivered = [entry.id for entry in self._entries.values() if entry.delivered]
        for command_id in delivered[: max(0, len(delivered) - KEPT_ENTRIES)]:
            (self._folder / f"{command_id}.json").unlink(missing_ok=True)
            del self._entries[command_id]
