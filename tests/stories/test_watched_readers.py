"""Readers and owners that a source gives to its documents, and what becomes of them when the source changes."""

from tests.support.synced_folder import BREAD, FEE, Step, step

__all__ = ["step"]


def test_other_readers_of_a_source_reach_the_documents_that_came_from_it(step: Step) -> None:
    bob = step.cloister.person("bob", step.workspace)
    step.write("fee.md", FEE.format(120))
    step.write("bakery.md", BREAD.format("six"))
    step.look()
    ids = step.titles()
    assert bob.search("annual fee of the chess club", step.workspace)

    step.more = {"allow": "group:board", "owner": "person:alice"}
    step.look()
    states = {state.title: state for state in step.cloister.admin.documents(step.workspace)}
    assert {(state.allow, state.owner, state.revision) for state in states.values()} == {
        (("group:board",), "person:alice", 1)
    }
    step.cloister.until(lambda: not bob.search("annual fee of the chess club", step.workspace))
    assert [told["documents"] for told in step.events("relisted")] == [2]

    step.cloister.admin.amend(ids["fee.md"], allow=["group:chess"])
    step.look()
    assert step.cloister.admin.document(ids["fee.md"]).allow == ("group:chess",), "what somebody set by hand stays"

    step.more = {}
    step.look()
    assert {state.allow for state in step.cloister.admin.documents(step.workspace)} == {()}
    assert {state.owner for state in step.cloister.admin.documents(step.workspace)} == {None}
