"""What must hold after any killing, asked of the database, of the log and of what people were told.

The questions are SQL of the tests' own and the files that the house serves to strangers: nothing
here trusts the code that answered the voters.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from assises.engines.ledger import hash_leaf, root_of, verify_consistency
from assises.engines.ledger.checkpoint import Checkpoint, VerifierKey, read_checkpoint
from assises.engines.ledger.tiles import WIDTH, TileReader
from assises.engines.ledger.tree import consistency_proof
from assises.rooms.journal.commitment import leaf_of
from tests.load.house import PATIENCE, House
from tests.load.voters import Away, Browser, Voter

Kept = dict[str, tuple[str, dict[int, int]]]
"""By key: the voice, and the votes by statement number."""

_KEPT = """
SELECT e.key, c.voice::text, s.number, c.vote FROM votes_cast c
JOIN journal_event e ON e.id = c.event JOIN contributions_statement s ON s.id = c.statement"""
_CURRENT = """
SELECT v.voice::text, s.number, v.vote FROM votes_current v
JOIN contributions_statement s ON s.id = v.statement"""
# Written anew here: the last cast by its time, of equal times the later row.
_FOLD = """
(SELECT DISTINCT ON (consultation, voice, statement) consultation, voice, statement, vote, at
 FROM votes_cast ORDER BY consultation, voice, statement, at DESC, id DESC)"""
_TOLD = "SELECT consultation, voice, statement, vote, at FROM votes_current"
_NEWEST = """
SELECT id, last_cast, votes FROM insights_snapshot ORDER BY last_cast DESC, computed_at DESC
LIMIT 1"""
_ALL_VOTES = """
SELECT (SELECT coalesce(max(id), 0) FROM votes_cast), (SELECT count(*) FROM votes_current)"""
# What everyone sees of a statement moves by ten answers: of a few it may stand still, and says so.
_WRONG = """
SELECT r.statement, r.agrees, r.disagrees, r.passes, r.as_of, r.held_since,
       v.agrees, v.disagrees, v.passes, since.voices
FROM insights_statementresult r
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE vote = 1) AS agrees, count(*) FILTER (WHERE vote = -1) AS disagrees,
         count(*) FILTER (WHERE vote = 0) AS passes
  FROM votes_current WHERE statement = r.statement) v
CROSS JOIN LATERAL (
  SELECT count(DISTINCT voice) AS voices FROM votes_cast
  WHERE statement = r.statement AND id > r.as_of) since
WHERE r.snapshot_id = %s AND CASE WHEN r.held_since IS NULL
  THEN (r.agrees, r.disagrees, r.passes) <> (v.agrees, v.disagrees, v.passes)
  ELSE since.voices NOT BETWEEN 1 AND 9 END"""
_MISSING = """
SELECT statement FROM votes_current EXCEPT
SELECT statement FROM insights_statementresult WHERE snapshot_id = %s"""


def assert_nothing_was_lost_or_doubled(house: House, voters: Sequence[Voter]) -> None:
    """Each confirmed batch is there whole, none twice, and the last word of each is what counts."""
    keys = [row[0] for row in house.ask("SELECT key FROM journal_event WHERE act = 'votes.cast'")]
    assert len(keys) == len(set(keys)), "a batch was counted twice"
    kept = _kept(house)
    current = {(voice, number): vote for voice, number, vote in house.ask(_CURRENT)}
    for voter in voters:
        _assert_one(voter, kept, current)


def _kept(house: House) -> Kept:
    kept: Kept = {}
    rows = house.ask(_KEPT)
    for key, voice, number, vote in rows:
        kept.setdefault(key, (voice, {}))[1][number] = vote
    # No statement twice in a batch, and no batch of two voices.
    assert len(rows) == sum(len(votes) for _, votes in kept.values())
    return kept


def _assert_one(voter: Voter, kept: Kept, current: dict[tuple[str, int], int]) -> None:
    voices: set[str] = set()
    last: dict[int, int] = {}
    for batch in voter.batches:
        if batch.told:
            assert batch.key in kept, f"{voter.name}: a confirmed batch is gone"
        if batch.key in kept:
            voice, votes = kept[batch.key]
            assert votes == batch.answers, f"{voter.name}: a batch is not what was sent"
            voices.add(voice)
            last |= votes
    assert len(voices) == 1, f"{voter.name} speaks with {len(voices)} voices"
    (voice,) = voices
    assert last == {number: vote for (who, number), vote in current.items() if who == voice}


def assert_current_is_the_fold_of_the_casts(house: House) -> None:
    """The table that counts are taken from says what the casts say, row by row."""
    fold = f"SELECT * FROM {_FOLD} f WHERE vote IS NOT NULL"
    assert house.ask(f"({fold}) EXCEPT ({_TOLD})") == []
    assert house.ask(f"({_TOLD}) EXCEPT ({fold})") == []


def until_all_is_sealed(house: House, seconds: float = PATIENCE) -> None:
    """Wait until each event has its place."""
    question = "SELECT count(*) FROM journal_event WHERE leaf IS NULL"
    house.until(lambda: house.ask(question) == [(0,)], "the sealer", seconds)


def until_the_results_are_there(house: House, seconds: float = PATIENCE) -> float:
    """Wait until the newest results count every vote; how long it took."""
    begun = time.monotonic()

    def caught_up() -> bool:
        newest = house.ask(_NEWEST)
        if [row[1:] for row in newest] != house.ask(_ALL_VOTES):
            return False
        (uid, *_), *_ = newest
        return house.ask(_WRONG, uid) == house.ask(_MISSING, uid) == []

    house.until(caught_up, "results that count every vote", seconds)
    return time.monotonic() - begun


class Mirror:
    """A stranger who looks at the log now and then, and keeps each checkpoint that was signed."""

    def __init__(self, port: int, name: str = "official") -> None:
        self._browser, self._name = Browser(port), name
        self._key: VerifierKey | None = None
        self.seen: list[Checkpoint] = []

    def look(self) -> None:
        """Take the checkpoint of now, if anybody answers."""
        try:
            if self._key is None:
                self._key = VerifierKey.parse(self._fetch("key").decode())
            self.seen.append(read_checkpoint(self._fetch("checkpoint"), [self._key]))
        except (Away, FileNotFoundError):
            return

    def assert_it_holds(self, house: House) -> None:
        """Each leaf is one event and each event one leaf; all that was ever signed stays true."""
        self.look()
        newest = self.seen[-1]
        reader = TileReader(self._fetch, newest.size)
        bundles = range(-(-newest.size // WIDTH))
        entries = [entry for index in bundles for entry in reader.entries(index)]
        assert root_of([hash_leaf(entry) for entry in entries]) == newest.root
        assert len(set(entries)) == newest.size
        _assert_each_event_has_its_leaf(house, self._name, entries)
        self._assert_each_begins_the_next(reader)

    def _assert_each_begins_the_next(self, reader: TileReader) -> None:
        newest = self.seen[-1]
        for old, new in {*pairwise(self.seen), *((old, newest) for old in self.seen)}:
            assert verify_consistency(
                old_size=old.size,
                new_size=new.size,
                proof=consistency_proof(old.size, new.size, reader.node_at),
                old_root=old.root,
                new_root=new.root,
            ), f"the checkpoint of {old.size} leaves is not the beginning of that of {new.size}"

    def _fetch(self, path: str) -> bytes:
        status, content = self._browser.ask(f"/log/{self._name}/{path}")
        if status == 404:
            raise FileNotFoundError(path)
        assert status == 200, status
        return content


def _assert_each_event_has_its_leaf(house: House, name: str, entries: Sequence[bytes]) -> None:
    rows: list[Any] = house.ask(
        "SELECT leaf, stream, sequence, commitment FROM journal_event WHERE log = %s ORDER BY leaf",
        name,
    )
    assert [row[0] for row in rows] == list(range(len(entries)))
    streams: defaultdict[str, list[int]] = defaultdict(list)
    for (_, stream, sequence, commitment), entry in zip(rows, entries, strict=True):
        assert leaf_of(stream, sequence, bytes(commitment)) == entry
        streams[stream].append(sequence)
    for sequences in streams.values():
        assert sequences == list(range(len(sequences)))
