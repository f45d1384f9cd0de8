"""What can keep the sandbox from starting: one tree, each text one line that says what to do.

SandboxError
├── HomeInUse      another sandbox owns this STACKPRO_HOME
├── PortTaken      a fixed port belongs to another program
├── DiskFull       too little space for the state
├── StartFailed    a child did not become ready
└── Unsupported    this machine lacks something the sandbox needs
"""


class SandboxError(Exception):
    """Why the sandbox cannot go on; the text is one line for the person at the terminal."""

    code = "sandbox_error"


class HomeInUse(SandboxError):
    code = "home_in_use"


class PortTaken(SandboxError):
    code = "port_taken"


class DiskFull(SandboxError):
    code = "disk_full"


class Unsupported(SandboxError):
    code = "unsupported_machine"


class StartFailed(SandboxError):
    """A child that ended or stayed silent before it was ready; `log_tail` holds the last lines it wrote."""

    code = "start_failed"

    def __init__(self, message: str, *, log_tail: str = "") -> None:
        super().__init__(message)
        self.log_tail = log_tail
