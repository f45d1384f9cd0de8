"""Which size of stack fits where."""

from services.provisioner.stack_apps.catalogue import load_catalogue, stack_memory_mib

SYSTEM_SHARE = 0.1
"""Part of a machine's memory that its system and the agent keep."""


def usable_mib(machine_mib: int) -> int:
    """What stacks may reserve together on a machine of that memory."""
    return int(machine_mib * (1 - SYSTEM_SHARE))


def shared_size() -> str:
    """The size of a stack that shares its host: the smallest there is."""
    return load_catalogue().sizes[0]


def dedicated_size(machine_mib: int) -> str | None:
    """The largest size that fits on a machine of that memory; None where none does."""
    fitting = [size for size in load_catalogue().sizes if stack_memory_mib(size) <= usable_mib(machine_mib)]
    return max(fitting, key=stack_memory_mib, default=None)
