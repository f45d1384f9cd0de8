"""What of stacks crosses the wire."""

from libs.contracts.provisioner import StackSummary


class StackView(StackSummary):
    """A stack as its owner sees it. `drift` counts the open differences from what it should be; `generation` is up to
    date when it equals `desired_generation`."""

    slug: str
    drift: int
    generation: int
    desired_generation: int
