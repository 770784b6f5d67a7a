"""Whether white words of a slide stand on a white background."""

import re
import zipfile

from services.ingestion.formats.ooxml.relationships import relations

# Pictures, backgrounds, and fills of shapes and cells; those of words are in `a:rPr`.
FILLED = re.compile(
    rb"<p:pic\b|<p:bgPr\b|<a:(?:grad|blip|patt)Fill\b|<a:fillRef idx=\"[1-9]|<a:tableStyleId>"
    rb"|<(?:p:spPr|p:grpSpPr|a:tcPr)\b[^>]*[^/]>(?:(?!</(?:p:spPr|p:grpSpPr|a:tcPr)>).)*?(?<!<a:ln>)<a:solidFill>",
    re.S,
)
GROUND = re.compile(rb"<p:bgRef\b[^>]*>\s*<a:schemeClr val=\"(\w+)\"")
LIGHT = re.compile(rb"<a:lt1>\s*<a:(?:sysClr val=\"window\"|srgbClr val=\"FFFFFF\")")
BELOW = "/slideLayout", "/slideMaster", "/theme"


def white(box: zipfile.ZipFile, slide: str) -> bool:
    """False when something may be under the words; what cannot be found may be anything."""
    part = slide
    for below in BELOW:
        if part not in box.namelist():
            return False
        data = box.read(part)
        if FILLED.search(data) or any(colour != b"bg1" for colour in GROUND.findall(data)):
            return False
        if below == "/theme" and b'bg1="lt1"' not in data:
            return False
        part = next((target for kind, target in relations(box, part).values() if kind.endswith(below)), "")
    return part in box.namelist() and bool(LIGHT.search(box.read(part)))
