"""What a process publishes for the audit log is numbered without a gap."""

from shared.bus.numbering import Numbering


def test_events_that_the_audit_log_never_sees_take_no_number() -> None:
    numbering = Numbering("auth.1")
    first = numbering.take("access.granted.v1")
    assert numbering.take("rights.revoked.v1") == (set(), {})
    assert numbering.take("sched.42") == (set(), {})
    second = numbering.take("audit.user_added.v1")
    assert [headers["cloister-n"] for _, headers in (first, second)] == ["1", "2"]


def test_a_number_that_was_not_stored_is_told_with_the_next_event() -> None:
    numbering = Numbering("auth.1")
    numbers, _ = numbering.take("access.granted.v1")
    numbering.lost(numbers)
    assert numbering.take("access.granted.v1")[1]["cloister-void"] == "1"
