"""Renders the preview of one image, in a process of its own: `python -I render_preview.py IMAGE PREVIEW`.

The image is a stranger's. Limits on memory, processor time, pixels and the result's size hold before it is opened; who
passes them ends here and nowhere else. Prints the preview's width and height; ends with 1 where there is none.
"""

import resource
import sys

MEMORY_BYTES = 768 * 1024**2
CPU_SECONDS = 10
MAX_PIXELS = 50_000_000
MAX_RESULT_BYTES = 2 * 1024**2
EDGE = 640
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")


def main(source: str, target: str) -> None:
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, MAX_RESULT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    from PIL import Image, ImageOps  # noqa: PLC0415 - the limits hold for the library too

    with Image.open(source, formats=FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise SystemExit(1)
        image.draft("RGB", (EDGE * 2, EDGE * 2))  # a JPEG is decoded at a fraction of its size
        shown = ImageOps.exif_transpose(image)
        shown.thumbnail((EDGE, EDGE))
        if shown.mode not in {"RGB", "RGBA"}:
            shown = shown.convert("RGBA" if shown.has_transparency_data else "RGB")
        # No metadata goes along: a photo's place is nobody's business.
        shown.save(target, "WEBP", quality=80, exif=b"", icc_profile=None)
    print(shown.width, shown.height)


if __name__ == "__main__":
    main(*sys.argv[1:3])
