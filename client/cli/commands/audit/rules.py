"""`cloister audit rules try` and `erase`: test rules on past records, erase a person's content."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from client.cli.commands.audit.proof import app
from client.cli.framework import CommandContext, command, group
from client.sdk.errors import Refused
from client.sdk.transport import without_none

__all__ = ["app"]
rules = group("rules", "Rules that detect unusual use.", "cloister audit rules try rules.toml --since 2026-11-01")
app.add_typer(rules)
COLUMNS = {"at": "at", "rule": "rule", "who": "who", "value": "counted", "act": "act", "seq": "record"}
Since = Annotated[datetime | None, typer.Option(help="From this time on.")]
Until = Annotated[datetime | None, typer.Option(help="Before this time.")]
Place = Annotated[Path | None, typer.Argument(help="A file of rules; without one, those in use.")]


@command(rules, "try", example="cloister audit rules try rules.toml --since 2026-11-01")
def try_rules(ctx: CommandContext, file: Place = None, since: Since = None, until: Until = None) -> None:
    """Test rules on past records; no action is taken."""
    try:
        text = file.read_text(encoding="utf-8") if file else ""
    except OSError as error:
        raise Refused("invalid", f"{file} cannot be read ({error.strerror}).", 422) from error
    times = {"since": since.astimezone().isoformat() if since else None}
    times["until"] = until.astimezone().isoformat() if until else None
    found = ctx.http.call("POST", "/api/audit/rules/try", json=without_none(rules=text, **times))
    none = f"Nothing was found in {found['records']:,} records."
    ctx.table(found["findings"], COLUMNS, none)


@command(app, example="cloister audit erase person:alice --reason 'asked for it on 2026-11-28' -o certificate.json")
def erase(
    ctx: CommandContext,
    who: Annotated[str, typer.Argument(help="person:alice")],
    reason: Annotated[str, typer.Option(help="Why; it is recorded.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The certificate.")] = Path("certificate.json"),
) -> None:
    """Erase a person's questions, answers and feedback; the log still verifies. For administrators."""
    certificate = ctx.http.call("POST", "/api/audit/erasures", json={"person": who, "reason": reason})
    output.write_text(json.dumps(certificate, ensure_ascii=False, indent=1), encoding="utf-8")
    ctx.show(certificate, f"The content of {who} is erased; {output} is the certificate.")
