"""What an OLE compound file ([MS-CFB]) tells without an office program: an old Word file, or an encrypted new one."""

import mmap
from typing import BinaryIO

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTOR = 512
_WORD_IDENT, _FLAGS, _IS_ENCRYPTED = b"\xec\xa5", 0x0A, 0x01  # [MS-DOC] 2.5.2: FibBase, the high byte of its flags
_SEARCHED = 64 * 1024


def is_compound(file: BinaryIO) -> bool:
    head = file.read(len(SIGNATURE))
    file.seek(0)
    return head == SIGNATURE


def holds(file: BinaryIO, entry: str) -> bool:
    """Whether the file has a stream or storage of that name ([MS-CFB] 2.6.1: names are UTF-16)."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find((entry + "\0").encode("utf-16-le")) >= 0


def is_encrypted_word(file: BinaryIO) -> bool:
    """Whether the Word document in the file has a password: its header is the first sector that begins like one."""
    head = file.read(_SEARCHED)
    file.seek(0)
    for start in range(_SECTOR, len(head) - _SECTOR + 1, _SECTOR):
        if head.startswith(_WORD_IDENT, start):
            return bool(head[start + _FLAGS + 1] & _IS_ENCRYPTED)
    return False
