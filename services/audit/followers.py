"""Followers of the log: rules, alert channels and forwarders."""

from collections.abc import Iterator

from services.audit.delivery.channels import ChannelSender
from services.audit.delivery.collectors import Collector
from services.audit.delivery.destination import Forward, read_destinations
from services.audit.delivery.syslog import SyslogSender
from services.audit.log.follower import Follower, Send
from services.audit.log.reader import LogReader
from services.audit.rules.rule import read_rules
from services.audit.rules.watch import NAME, RuleWatch
from services.audit.settings import AuditSettings
from shared.bus import Bus
from shared.sql.database import Database

ALERTS = "audit.alerted."
OVERLAP = 1_000  # records that syslog gets again after it failed: a receiver that dies had not told what it kept


def followers(database: Database, reader: LogReader, bus: Bus, limits: AuditSettings) -> Iterator[Follower]:
    """One for each; a mistake in a file stops the start."""
    watch = RuleWatch(read_rules(limits.rules), reader, database, bus)
    yield Follower(NAME, database, reader, watch.send)
    wanted = read_destinations(limits.destinations)
    for channel in wanted.channel:
        yield Follower(f"channel:{channel.name}", database, reader, ChannelSender(channel).send, ALERTS)
    for forward in wanted.forward:
        overlap = OVERLAP if forward.kind == "syslog" else 0
        yield Follower(f"forward:{forward.name}", database, reader, _sender(forward), overlap=overlap)


def _sender(forward: Forward) -> Send:
    return SyslogSender(forward).send if forward.kind == "syslog" else Collector(forward).send
