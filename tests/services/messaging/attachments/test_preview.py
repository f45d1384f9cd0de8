"""Previews are rendered in a process of their own, which a hostile image may end, and nothing else."""

import zlib
from pathlib import Path

from PIL import Image

from services.messaging.attachments.preview import render_preview
from tests.services.messaging.attachments.images import bomb, photo


async def test_a_large_photo_becomes_a_small_picture(tmp_path: Path) -> None:
    source = tmp_path / "photo"
    source.write_bytes(photo(2000, 1000))

    preview = await render_preview(source)

    assert preview is not None
    assert (preview.width, preview.height) == (640, 320)
    (tmp_path / "seen").write_bytes(preview.body)
    with Image.open(tmp_path / "seen") as seen:
        assert (seen.format, seen.size) == ("WEBP", (640, 320))


async def test_a_photo_is_turned_upright_and_says_no_more_where_it_was_taken(tmp_path: Path) -> None:
    source = tmp_path / "photo"
    source.write_bytes(photo(800, 400, orientation=6))

    preview = await render_preview(source)

    assert preview is not None
    assert (preview.width, preview.height) == (320, 640)
    assert b"Exif" not in preview.body


async def test_a_small_drawing_with_transparency_keeps_its_size(tmp_path: Path) -> None:
    source = tmp_path / "drawing"
    Image.new("P", (30, 20)).save(source, "GIF", transparency=0)

    preview = await render_preview(source)

    assert preview is not None
    assert (preview.width, preview.height) == (30, 20)


async def test_a_bomb_has_no_preview_whether_it_tells_its_size_or_lies(tmp_path: Path) -> None:
    for name, content in {"honest": bomb(30_000, 30_000), "broken": bomb(5_000, 5_000)[:2_000]}.items():
        source = tmp_path / name
        source.write_bytes(content)

        assert await render_preview(source) is None


async def test_what_is_no_image_has_no_preview(tmp_path: Path) -> None:
    source = tmp_path / "noise"
    source.write_bytes(zlib.compress(b"noise"))

    assert await render_preview(source) is None


async def test_an_image_that_takes_too_long_has_no_preview(tmp_path: Path) -> None:
    source = tmp_path / "photo"
    source.write_bytes(photo(2000, 1000))

    assert await render_preview(source, seconds=0.001) is None
