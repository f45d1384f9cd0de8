"""Files that survive a crash whole: written beside, flushed, then put in place."""

import asyncio
import os
import shutil
from collections.abc import Callable, Coroutine
from concurrent.futures import wait
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
CHECK_SECONDS = 0.2


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs file work in a thread. A cancelled caller still waits for it: nobody undoes what is being done."""
    task = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def run_from_thread(
    loop: asyncio.AbstractEventLoop, work: Coroutine[None, None, None], *, check: Callable[[], None]
) -> None:
    """Runs `work` on the loop for a thread that waits for it; given up as soon as `check` raises."""
    future = asyncio.run_coroutine_threadsafe(work, loop)
    try:
        while not future.done():
            check()
            wait([future], timeout=CHECK_SECONDS)
        future.result()
    finally:
        future.cancel()


def write_atomically(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Replaces `path` by `content`; a crash leaves the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes renames within `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_tree(folder: Path) -> None:
    """Removes `folder` if it is there."""
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)


def tree_bytes(folder: Path) -> int:
    """Bytes in the regular files below `folder`; what vanishes while counting counts nothing."""
    total = 0
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif entry.is_file(follow_symlinks=False):
                        total += entry.stat(follow_symlinks=False).st_size
        except FileNotFoundError:
            continue
    return total
