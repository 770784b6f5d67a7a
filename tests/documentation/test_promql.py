"""Prometheus' own checker reads the queries of docs/monitoring.md and the collector's scrape configuration."""

import re
from pathlib import Path

import yaml

from tests.documentation.metrics import declared
from tests.support.promtool import checked

ROOT = Path(__file__).parents[2]
SUFFIX = re.compile(r"_(total|bucket|sum|count)$")


def queries() -> list[str]:
    page = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```promql\n(.*?)```", page, re.DOTALL)
    return [line for line in block.splitlines() if not line.startswith("#")]


def test_each_query_is_one_and_asks_for_metrics_that_there_are(tmp_path: Path) -> None:
    rules = [{"record": f"cloister:query{n}", "expr": query} for n, query in enumerate(queries())]
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "documentation", "rules": rules}]}))
    assert checked("rules", "--lint-fatal", str(file)) == ""
    asked = {SUFFIX.sub("", name) for query in queries() for name in re.findall(r"cloister_\w+", query)}
    assert asked <= {metric._name for metric in declared()}


def test_the_collector_scrapes_as_prometheus_would(tmp_path: Path) -> None:
    collector = yaml.safe_load((ROOT / "infra" / "otel" / "collector.yaml").read_text())
    file = tmp_path / "prometheus.yaml"
    file.write_text(yaml.safe_dump(collector["receivers"]["prometheus"]["config"]))
    assert checked("config", "--syntax-only", str(file)) == ""
