"""Proofs and checkpoints: ours, and a second verifier written from the RFC alone, agree on every tree."""

import base64
import random
from pathlib import Path

import pytest

from client.audit import Edge, LogKey, Verifier, proves_consistency, proves_inclusion
from client.audit.merkle import leaf_hash
from client.audit.note import InvalidLog
from tests.support import rfc6962
from tests.support.audit_log import audit_log, event

SIZES = (1, 2, 3, 7, 8, 255, 256, 257, 700)


def decoded(hashes: tuple[str, ...]) -> list[bytes]:
    return [base64.b64decode(each) for each in hashes]


async def test_both_verifiers_agree_on_roots_paths_and_consistency(tmp_path: Path) -> None:
    chance = random.Random(6962)
    async with audit_log(tmp_path) as log:
        for before, size in zip((0, *SIZES), SIZES, strict=False):
            await log.add(*(event(n) for n in range(before, size)))
        leaves = await log.leaves()
        for _ in range(60):
            size = chance.choice([size for size in SIZES if size > 1])
            seq, first = chance.randint(1, size), chance.randint(1, size)
            root = rfc6962.mth(leaves[:size])
            included, extended = await log.reader.inclusion(seq, size), await log.reader.consistency(first, size)
            assert rfc6962.opened(included.checkpoint, log.signer.vkey) == (size, root)
            assert decoded(included.proof) == rfc6962.path(seq - 1, leaves[:size])
            assert decoded(extended.proof) == rfc6962.proof(first, leaves[:size])
            own = leaf_hash(leaves[seq - 1])
            assert proves_inclusion(own, seq - 1, size, decoded(included.proof), root)
            assert proves_consistency(first, size, decoded(extended.proof), rfc6962.mth(leaves[:first]), root)
            other = bytes(32)
            assert not proves_inclusion(other, seq - 1, size, decoded(included.proof), root)
            assert not proves_consistency(first, size, decoded(extended.proof), other, root)


async def test_the_second_verifier_agrees_with_every_checkpoint_on_the_stream(tmp_path: Path) -> None:
    async with audit_log(tmp_path, batch=50) as log:
        for start in range(0, 300, 60):
            await log.add(*(event(n) for n in range(start, start + 60)))
        read: list[bytes] = []
        for bundle in log.stream.bundles():
            read += bundle.leaves
            assert rfc6962.opened(bundle.note, log.signer.vkey) == (len(read), rfc6962.mth(read))
        report = Verifier(log.key).all(log.stream.bundles())
        assert (report.records, report.root) == (300, rfc6962.mth(read))


async def test_a_reading_may_begin_anywhere(tmp_path: Path) -> None:
    async with audit_log(tmp_path, batch=7) as log:
        await log.add(*(event(n) for n in range(50)))
        report = Verifier(log.key).all(log.stream.bundles()[3:])
        assert (report.first, report.size, report.records) == (22, 50, 29)


async def test_tiles_hold_the_hashes_that_c2sp_asks_for(tmp_path: Path) -> None:
    async with audit_log(tmp_path) as log:
        await log.add(*(event(n) for n in range(600)))
        leaves = await log.leaves()
        assert await log.reader.tile(0, 1, 256) == b"".join(map(leaf_hash, leaves[256:512]))
        assert await log.reader.tile(0, 2, 88) == b"".join(map(leaf_hash, leaves[512:]))
        assert await log.reader.tile(1, 0, 2) == rfc6962.mth(leaves[:256]) + rfc6962.mth(leaves[256:512])


async def test_an_idle_log_signs_that_nothing_happened(tmp_path: Path) -> None:
    async with audit_log(tmp_path) as log:
        await log.add(event(1))
        await log.appender.sign_idle()
        report = Verifier(log.key).all(log.stream.bundles())
        assert (report.bundles, report.records) == (2, 1)


def test_a_key_that_was_copied_badly_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="is not a verifier key"):
        LogKey("nothing")
    with pytest.raises(ValueError, match="its id does not belong to it"):
        LogKey("cloister.local/x+00000000+" + base64.b64encode(b"\1" + bytes(32)).decode())


async def test_another_key_signs_nothing_for_this_one(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    async with audit_log(tmp_path) as log, audit_log(tmp_path / "other") as other:
        await log.add(event(1))
        with pytest.raises(InvalidLog, match="not signed"):
            Verifier(other.key).all(log.stream.bundles())


def test_an_edge_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="2 hashes"):
        Edge(3, [bytes(32)])
