"""The formats that can be read, with their media types and file name endings."""

OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
MEDIA = {
    "pdf": "application/pdf",
    "docx": f"{OFFICE}wordprocessingml.document",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
    "pptx": f"{OFFICE}presentationml.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "odt": f"{OPEN}text",
    "ods": f"{OPEN}spreadsheet",
    "odp": f"{OPEN}presentation",
    "rtf": "application/rtf",
    "epub": "application/epub+zip",
    "ofd": "application/ofd",
    "msg": "application/vnd.ms-outlook",
    "zip": "application/zip",
    "mbox": "application/mbox",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "tiff": "image/tiff",
    "webp": "image/webp",
    "bmp": "image/bmp",
    "gif": "image/gif",
    "html": "text/html",
    "markdown": "text/markdown",
    "csv": "text/csv",
    "email": "message/rfc822",
    "text": "text/plain",
}
BOXES = {"zip", "mbox"}  # of files, with no text of their own
PICTURES = {"png", "jpeg", "tiff", "webp", "bmp", "gif"}
WRITTEN = {"html", "markdown", "csv", "email", "text"}
NAMED = {
    **{name: {name} for name in ("pdf", "odt", "ods", "odp", "rtf", "epub", "ofd", "msg", "zip", "mbox")},
    **{name: {"docx"} for name in ("docx", "docm", "dotx")},
    **{name: {"xlsx"} for name in ("xlsx", "xlsm", "xltx")},
    **{name: {"pptx"} for name in ("pptx", "pptm", "ppsx", "potx")},
    **dict.fromkeys(["png", "jpg", "jpeg", "tif", "tiff", "webp", "bmp", "gif"], PICTURES),
    # Other programs export RTF and HTML under these names, and newer Office its own; Office opens them.
    **{"doc": {"doc", "docx", "rtf", "html"}, "xls": {"xls", "xlsx", "html", "csv", "text"}, "ppt": {"ppt", "pptx"}},
    **dict.fromkeys(
        ["txt", "md", "markdown", "html", "htm", "csv", "tsv", "log", "json", "xml", "yaml", "yml"], WRITTEN
    ),
    "eml": WRITTEN | {"mbox"},
}
HINTS = {
    "md": "markdown",
    "markdown": "markdown",
    "html": "html",
    "htm": "html",
    "csv": "csv",
    "tsv": "csv",
    "eml": "email",
}
READABLE = (
    "PDF, Word, Excel, PowerPoint, OpenDocument, RTF, EPUB, OFD, HTML, Markdown, text, CSV, EML, MSG, MBOX or ZIP"
)
