"""The parts of SQL that a query may be made of. Whatever is not listed is refused."""

from sqlglot import exp

from shared.errors import Refused

NAMES = """
    Select Union Intersect Except Subquery With CTE From Join Where Group Having Order Ordered Limit Offset Distinct
    Table TableAlias Alias Column Identifier Star Literal Boolean Null Paren Tuple And Or Not EQ NEQ GT GTE LT LTE Is In
    Between Like ILike Add Sub Mul Div Mod Neg Case If Cast DataType DataTypeParam Interval Var Exists Any All Window
    WindowSpec Escape DPipe Sum Count Avg Min Max Coalesce Nullif Round Abs Ceil Floor Upper Lower Trim Length Substring
    Concat Extract CurrentDate CurrentTimestamp TimestampTrunc DateTrunc Year Month Quarter Day StrPosition RowNumber
    Rank DenseRank Lag Lead FirstValue LastValue Stddev StddevPop StddevSamp Variance PercentileCont WithinGroup Filter
    Greatest Least TsOrDsToDate TsOrDsAdd DateAdd DateSub DateDiff Date Cube Rollup GroupingSets IntDiv Collate
    StrToTime TimeToStr Sign Trunc Fetch LimitOptions
"""
ALLOWED = frozenset(getattr(exp, name) for name in NAMES.split() if hasattr(exp, name))

# Arguments of allowed parts that would read elsewhere, lock, write or change the meaning.
REFUSED_ARGUMENTS: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Select: (
        "hint", "kind", "into", "locks", "sample", "match", "laterals", "connect", "cluster", "distribute", "sort",
        "prewhere", "settings", "format", "options", "operation_modifiers", "pivots", "windows", "exclude", "qualify",
        "for_",
    ),
    exp.Table: (
        "pivots", "hints", "system_time", "version", "format", "pattern", "ordinality", "when", "only", "partition",
        "changes", "rows_from", "sample", "indexed", "joins", "laterals",
    ),
    exp.Join: ("method", "global_", "hint", "match_condition", "expressions", "pivots"),
    exp.With: ("recursive", "search"),
    exp.CTE: ("scalar",),
    exp.Subquery: ("with_", "sample", "pivots"),
    exp.LimitOptions: ("percent", "with_ties"),
    exp.Union: ("by_name", "side", "kind", "on"),
}  # fmt: skip
TYPE_NAMES = """
    INT BIGINT SMALLINT DECIMAL DOUBLE FLOAT TEXT VARCHAR CHAR DATE TIMESTAMP TIMESTAMPTZ TIME BOOLEAN DATETIME NVARCHAR
"""
TYPES = frozenset(exp.DataType.Type[name] for name in TYPE_NAMES.split())
# A bare word is a unit of time, and means something else anywhere else.
WORD_HOLDERS = (
    exp.Interval, exp.Extract, exp.DateTrunc, exp.TimestampTrunc, exp.DateAdd, exp.DateSub, exp.DateDiff,
    exp.WindowSpec,
)  # fmt: skip
# Functions that only compute, which sqlglot knows by name alone.
PURE = {"sqlite": frozenset({"julianday", "strftime"})}
NODES, JOINS = 600, 6


def check(tree: exp.Expr, dialect: str, most: int = NODES) -> None:
    """`Refused` when a part of the tree is not allowed; comments are taken out, since some databases run them."""
    for count, node in enumerate(tree.walk()):
        if count > most:
            raise refused("it is too long")
        _check(node, PURE.get(dialect, frozenset()))
        node.comments = None
    if sum(1 for _ in tree.find_all(exp.Join)) > JOINS:
        raise refused(f"it joins more than {JOINS} tables")


def _check(node: exp.Expr, pure: frozenset[str]) -> None:
    if isinstance(node, exp.Anonymous) and str(node.this).lower() in pure:
        return
    if type(node) not in ALLOWED:
        raise refused(f"it uses {type(node).__name__} ({node.sql()[:40]})")
    for argument in REFUSED_ARGUMENTS.get(type(node), ()):
        if node.args.get(argument):
            raise refused(f"it uses {argument} of {type(node).__name__}")
    if isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier):
        raise refused("it reads from a function")
    if isinstance(node, exp.DataType) and node.this not in TYPES:
        raise refused(f"it uses the type {node.sql()[:40]}")
    if isinstance(node, exp.Var) and not isinstance(node.parent, WORD_HOLDERS):
        raise refused(f"it uses the word {str(node.this)[:40]}")


def refused(why: str) -> Refused:
    """One form for all of them."""
    return Refused("query_refused", f"The query is not run: {why}. One plain SELECT over declared tables is.", 422)
