"""Filters for system calls, installed from Python: what is refused fails with EPERM and does no harm.

Two filters, which add up. `refuse_outside_world` takes away the network, other programs and other processes; it comes
before any parser is imported. `refuse_all_but_reading` leaves what computes on memory and on files that are open
already; it comes before the first byte of a document is parsed, so that a parser that was taken over can neither open
a file nor reach anybody. Neither can be removed again, and both hold for everything that the process starts.

Source: https://docs.kernel.org/userspace-api/seccomp_filter.html; numbers from the kernel's `asm/unistd.h`.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.ai.extraction.values import ExtractionFailed

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38
SECCOMP_MODE_FILTER = 2
_KILL_PROCESS, _REFUSE, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in `struct seccomp_data`
_X32 = 0x40000000  # a second set of numbers on x86_64, which nothing here uses
_AF_UNIX, _SOCK_STREAM, _SOCKET_TYPE, _CLONE_THREAD, _WHOLE = 1, 1, 0xF, 0x10000, 0xFFFFFFFF
_OWN_GROUP = 0  # as the process that a signal is for

Instruction = tuple[int, int, int, int]
Numbers = tuple[int | None, int | None]
_MACHINES: Mapping[str, tuple[int, int]] = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Which of a call's numbers is the machine's, and what the kernel calls the machine."""


def _calls(table: str) -> Mapping[str, Numbers]:
    """`name number-on-x86_64 number-on-aarch64, ...`; a dash where a machine does not have the call."""
    rows = (row.split() for row in table.split(","))
    return {name: (_number(one), _number(other)) for name, one, other in rows}


def _number(text: str) -> int | None:
    return None if text == "-" else int(text)


_NETWORK = _calls(
    "socket 41 198, socketpair 53 199, connect 42 203, bind 49 200, listen 50 201, accept 43 202, accept4 288 242,"
    "sendto 44 206, sendmsg 46 211, sendmmsg 307 269"
)
_PROGRAMS = _calls("fork 57 -, vfork 58 -, execve 59 221, execveat 322 281, clone 56 220, clone3 435 435")
_SIGNALS = _calls("kill 62 129, tgkill 234 131")
_REACHING_OUT = _calls(
    # io_uring does what any other call does, past the filter
    "io_uring_setup 425 425,"
    # other processes, and leaving the group that is killed as one
    "ptrace 101 117, process_vm_readv 310 270, process_vm_writev 311 271, tkill 200 130,"
    "rt_sigqueueinfo 129 138, rt_tgsigqueueinfo 297 240, pidfd_open 434 434, pidfd_getfd 438 438,"
    "pidfd_send_signal 424 424, setsid 112 157, setpgid 109 154,"
    # the kernel itself
    "unshare 272 97, setns 308 268, mount 165 40, umount2 166 39, pivot_root 155 41, chroot 161 51, fsopen 430 430,"
    "open_tree 428 428, move_mount 429 429, bpf 321 280, perf_event_open 298 241, userfaultfd 323 282,"
    "kexec_load 246 104, add_key 248 217, request_key 249 218, keyctl 250 219, init_module 175 105,"
    "finit_module 313 273, open_by_handle_at 304 265"
)
_READING = _calls(
    "read 0 63, readv 19 65, pread64 17 67, write 1 64, writev 20 66, lseek 8 62, close 3 57, fstat 5 80,"
    "newfstatat 262 79, fcntl 72 25, mmap 9 222, munmap 11 215, mremap 25 216, mprotect 10 226, madvise 28 233,"
    "brk 12 214, futex 202 98, sched_yield 24 124, restart_syscall 219 128, rt_sigaction 13 134, rt_sigprocmask 14 135,"
    "rt_sigreturn 15 139, sigaltstack 131 132, exit 60 93, exit_group 231 94, getpid 39 172, gettid 186 178,"
    "getrandom 318 278, clock_gettime 228 113, gettimeofday 96 169, getrusage 98 165, prlimit64 302 261,"
    "getrlimit 97 163, setrlimit 160 164"
)


@dataclass(frozen=True, slots=True)
class _Rule:
    """Refuses a call with `error`, unless every one of `unless` holds: (argument, mask, value)."""

    numbers: Numbers
    error: int = errno.EPERM
    unless: Sequence[tuple[int, int, int]] = ()


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def refuse_outside_world(*, programs: bool) -> None:
    """No network, and no other process is reached. Without `programs`, no other program is started either.

    With `programs`, what is started may make local stream sockets of its own (LibreOffice makes one to be found by)
    but connect to none; signals reach nobody but all of the process group at once.

    Raises:
        ExtractionFailed: `not_confined`: this kernel or machine has no such filter.
    """
    rules = [_Rule(numbers) for numbers in _REACHING_OUT.values()]
    if programs:
        local = ((0, _WHOLE, _AF_UNIX), (1, _SOCKET_TYPE, _SOCK_STREAM))
        rules += [_Rule(_NETWORK["socket"], unless=local), _Rule(_NETWORK["connect"]), _Rule(_NETWORK["sendmmsg"])]
        rules += [_Rule(_SIGNALS["kill"], unless=((0, _WHOLE, _OWN_GROUP),)), _Rule(_SIGNALS["tgkill"])]
    else:
        rules += [_Rule(numbers) for numbers in _NETWORK.values()]
        rules += [_Rule(_PROGRAMS[call]) for call in ("fork", "vfork", "execve", "execveat")]
        # A thread is no program. The flags of clone3 cannot be seen from here; without it the C library takes clone.
        rules += [_Rule(_PROGRAMS["clone"], unless=((0, _CLONE_THREAD, _CLONE_THREAD),))]
        rules += [_Rule(_PROGRAMS["clone3"], error=errno.ENOSYS)]
        rules += [_Rule(_SIGNALS["kill"]), _Rule(_SIGNALS["tgkill"], unless=((0, _WHOLE, os.getpid()),))]
    _install([instruction for rule in rules for instruction in _refusal(rule)], otherwise=_ALLOW)
    if _libc().connect(-1, None, 0) != -1 or ctypes.get_errno() != errno.EPERM:
        raise ExtractionFailed("not_confined", "the filter for system calls was installed but does not hold")


def refuse_all_but_reading() -> None:
    """Leaves memory and open files; nothing can be opened, made, renamed or started any more.

    Raises:
        ExtractionFailed: `not_confined`.
    """
    allow = [(_RETURN, 0, 0, _ALLOW)]
    allowed = [instruction for numbers in _READING.values() for instruction in _if_called(numbers, allow)]
    _install(allowed, otherwise=_REFUSE | errno.EPERM)


def _refusal(rule: _Rule) -> Iterator[Instruction]:
    refuse: list[Instruction] = [(_RETURN, 0, 0, _REFUSE | rule.error)]
    tests: list[Instruction] = []
    for index, (argument, mask, value) in enumerate(rule.unless):
        ahead = 3 * (len(rule.unless) - index - 1)  # to the refusal
        tests += [(_LOAD, 0, 0, _ARGUMENTS + 8 * argument), (_AND, 0, 0, mask)]
        tests += [(_EQUAL, 1 if ahead == 0 else 0, ahead, value)]
    yield from _if_called(rule.numbers, tests + refuse)


def _if_called(numbers: Numbers, then: Sequence[Instruction]) -> Iterator[Instruction]:
    number = numbers[_machine()[0]]
    if number is not None:
        yield (_LOAD, 0, 0, _NUMBER)
        yield (_EQUAL, 0, len(then), number)
        yield from then


def _install(body: Iterable[Instruction], *, otherwise: int) -> None:
    instructions: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, _machine()[1]),
        (_RETURN, 0, 0, _KILL_PROCESS),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _REFUSE | errno.EPERM),
        *body,
        (_RETURN, 0, 0, otherwise),
    ]
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(instructions), ctypes.addressof(buffer))
    libc = _libc()
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0
    ):
        why = os.strerror(ctypes.get_errno())
        raise ExtractionFailed("not_confined", f"the kernel takes no filter for system calls: {why}")


def _machine() -> tuple[int, int]:
    host = os.uname()
    machine = _MACHINES.get(host.machine) if host.sysname == "Linux" else None
    if machine is None:
        raise ExtractionFailed("not_confined", f"no filter for system calls is known for {host.sysname} {host.machine}")
    return machine


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
