from __future__ import annotations

import shutil
import stat
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import include, path
from tlog_scales.backend import LocalBackend, TilesBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tiles import leaf_hash

from assises.engines.ledger import hash_leaf, verify_inclusion
from assises.engines.ledger.checkpoint import VerifierKey, read_checkpoint
from assises.engines.ledger.tiles import tile_path
from assises.lib.errors import InputError, SetupError
from assises.rooms.journal.acting import OFFICIAL, SIMULATION
from assises.rooms.journal.logs import NAMES, checkpoint_of, folder_of, key_of, tidy, writing
from assises.rooms.journal.models import Event
from assises.rooms.journal.permissions import Role, table
from assises.rooms.journal.proofs import proof_of
from assises.rooms.journal.sealing import seal, sealer_of
from tests.rooms.sealed import assert_sealed, happen, open_edition, own_folders

urlpatterns = [path("log/", include("assises.web.logs"))]
pytestmark = pytest.mark.usefixtures("own_folders")
__all__ = ["own_folders"]


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(settings, "ROOT_URLCONF", __name__)
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver"])
    return Client()


def sealed(*counts: int, name: str = OFFICIAL) -> None:
    """A log of that many events and three, each number of them sealed as one batch."""
    place = open_edition("simulated" if name == SIMULATION else "import")
    for count in counts:
        happen(place, count)
        with sealer_of(name) as log:
            before = log.size
            seal(log, name)
            tidy(name, before, log.size)


# --- Keys and names ------------------------------------------------------------------------------


def test_each_log_has_a_key_of_its_own_that_nobody_else_can_read() -> None:
    for name in NAMES:
        with writing(name):
            pass
    files = [settings.ENVIRONMENT.secret_folder / f"log-{name}.key" for name in NAMES]
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
    keys = [VerifierKey.parse(key_of(name) or "") for name in NAMES]
    assert keys[0].public != keys[1].public
    installation = keys[0].name.removeprefix("assises.").removesuffix("/official")
    assert len(installation) == 10
    assert keys[1].name == f"assises.{installation}/simulation"
    assert not list(settings.ENVIRONMENT.secret_folder.glob(".*"))


def test_a_log_keeps_its_key() -> None:
    for _ in range(2):
        with writing(OFFICIAL):
            pass
    before = key_of(OFFICIAL)
    with writing(OFFICIAL):
        pass
    assert key_of(OFFICIAL) == before


def secret() -> Path:
    return Path(settings.ENVIRONMENT.secret_folder / "log-official.key")


def lose_the_key() -> None:
    secret().unlink()


def let_others_read_the_key() -> None:
    secret().chmod(0o640)


def damage_the_key() -> None:
    secret().write_text(secret().read_text()[:-9], "ascii")


def exchange_the_published_key() -> None:
    (folder_of(OFFICIAL) / "key").write_text("somebody+else+key", "ascii")


def lose_the_logs() -> None:
    shutil.rmtree(folder_of(OFFICIAL).parent)


def take_the_key_of_another_installation() -> None:
    (folder_of(OFFICIAL).parent / "installation").write_text("0123456789", "ascii")


def damage_the_name() -> None:
    (folder_of(OFFICIAL).parent / "installation").write_text("", "ascii")


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lose_the_key, "the signing key of the log official is gone"),
        (let_others_read_the_key, "others on this machine can read"),
        (damage_the_key, "the signing key of a log is damaged"),
        (exchange_the_published_key, "is not the one that signs it"),
        (lose_the_logs, "the folder of the sealed logs is gone"),
        (take_the_key_of_another_installation, "this key signs assises."),
        (damage_the_name, "the name of this installation is damaged"),
    ],
)
def test_nothing_is_made_anew_in_silence(harm: object, told: str) -> None:
    with writing(OFFICIAL):
        pass
    assert callable(harm)
    harm()
    with pytest.raises(SetupError, match=told), writing(OFFICIAL):
        pass


def test_a_log_that_does_not_exist_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="there is no log"):
        folder_of("../official")


# --- Someone else's reader -----------------------------------------------------------------------


class OverHttp:
    """What tlog-scales asks for, asked of our views."""

    def __init__(self, web: Client, name: str) -> None:
        self._web, self._name = web, name

    def get(self, *parts: str) -> bytes | None:
        answer = self._web.get(f"/log/{self._name}/{'/'.join(parts)}")
        return answer.content if answer.status_code == 200 else None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("db")
def test_another_ones_reader_proves_events_from_our_folder_and_over_http(
    name: str, web: Client
) -> None:
    sealed(40, name=name)
    told = checkpoint_of(name)
    assert told is not None
    first = told[0]
    sealed(300, 257, name=name)
    backends: list[TilesBackend] = [LocalBackend(folder_of(name)), OverHttp(web, name)]
    for backend in backends:
        reader = TilesReader(backend)
        checkpoint = reader.get_checkpoint()
        checkpoint.verify(Vkey.from_string((key_of(name) or "").strip()))
        assert checkpoint.size == 603
        assert checkpoint.origin.endswith(f"/{name}")
        for leaf in (0, 255, 256, 511, 512, 602):
            entry = reader.get_entry(leaf)
            assert bytes(Event.objects.get(leaf=leaf).commitment).hex().encode() in entry
            proof = reader.get_inclusion_proof(leaf, checkpoint.size)
            proof.check(leaf_hash(entry), checkpoint.root_hash)
        assert reader.calculate_root_hash() == checkpoint.root_hash
        reader.get_consistency_proof(43, 603).check(first.root, checkpoint.root_hash)


@pytest.mark.usefixtures("db")
def test_the_proof_of_an_event_is_checked_with_nothing_but_itself() -> None:
    sealed(300)
    event = Event.objects.get(leaf=123)
    proof = proof_of(event.id)
    assert proof is not None
    checkpoint = read_checkpoint(proof["checkpoint"].encode(), [VerifierKey.parse(proof["key"])])
    assert proof["log"] == OFFICIAL
    assert (proof["leaf"], proof["stream"]) == (123, event.stream)
    assert (proof["sequence"], proof["size"]) == (event.sequence, 303)
    assert proof["commitment"] == bytes(event.commitment).hex()
    assert hash_leaf(proof["entry"].encode()).hex() == proof["hash"]
    assert verify_inclusion(
        leaf_hash=bytes.fromhex(proof["hash"]),
        index=proof["leaf"],
        size=checkpoint.size,
        proof=[bytes.fromhex(node) for node in proof["proof"]],
        root=checkpoint.root,
    )


@pytest.mark.usefixtures("db")
def test_what_is_not_sealed_has_no_proof_yet() -> None:
    happen(open_edition(), 1)
    event = Event.objects.order_by("-id")[0]
    assert proof_of(event.id) is None
    assert proof_of(uuid4()) is None


@pytest.mark.usefixtures("db")
def test_a_proof_that_the_log_does_not_bear_out_is_never_given() -> None:
    sealed(3)
    event = Event.objects.get(leaf=2)
    Event.objects.using("owner").filter(id=event.id).update(commitment=bytes(32))
    with pytest.raises(SetupError, match="does not hold, at leaf 2"):
        proof_of(event.id)
    shutil.rmtree(folder_of(OFFICIAL))
    with pytest.raises(SetupError, match="does not hold"):
        proof_of(event.id)


# --- Over HTTP -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("db")
def test_files_say_what_they_are_and_how_long_they_may_be_kept(web: Client) -> None:
    sealed(300)
    told = {
        name: (answer := web.get(f"/log/official/{name}"))["Content-Type"]
        + " | "
        + answer["Cache-Control"]
        for name in (
            "checkpoint",
            "key",
            "tile/0/000",
            "tile/entries/000",
            "tile/0/001.p/47",
            "tile/1/000.p/1",
        )
    }
    text, binary = "text/plain; charset=utf-8", "application/octet-stream"
    assert told == {
        "checkpoint": f"{text} | no-cache",
        "key": f"{text} | public, max-age=3600",
        "tile/0/000": f"{binary} | public, max-age=31536000, immutable",
        "tile/entries/000": f"{binary} | public, max-age=31536000, immutable",
        "tile/0/001.p/47": f"{binary} | public, max-age=3600",
        "tile/1/000.p/1": f"{binary} | public, max-age=3600",
    }
    answer = web.get("/log/official/tile/0/000")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer
    assert not answer.cookies
    assert not web.head("/log/official/checkpoint").content


@pytest.mark.usefixtures("db")
def test_a_partial_tile_is_still_given_when_its_full_one_stands(web: Client) -> None:
    sealed(40)
    names = ("tile/0/000.p/43", "tile/entries/000.p/43")
    before = [web.get(f"/log/official/{name}").content for name in names]
    assert [folder_of(OFFICIAL).joinpath(name).read_bytes() for name in names] == before
    sealed(300)
    assert not list(folder_of(OFFICIAL).rglob("000.p/43"))
    assert [web.get(f"/log/official/{name}").content for name in names] == before


@pytest.mark.usefixtures("db")
def test_what_the_checkpoint_does_not_cover_is_not_served(web: Client) -> None:
    sealed(40)
    # As a crash between the tiles and the checkpoint leaves it.
    for name in ("tile/0/000", "tile/0/000.p/44", "tile/entries/000", "tile/1/000.p/1"):
        file = folder_of(OFFICIAL) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes(8192))
        assert web.get(f"/log/official/{name}").status_code == 404
    assert web.get("/log/official/tile/0/000.p/43").status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        "official/tile/0/000.p/256",
        "official/tile/0/000.p/0",
        "official/tile/0/000.p/01",
        "official/tile/0/x000/000",
        "official/tile/0/0",
        "official/tile/00/000",
        "official/tile/-1/000",
        "official/tile/9/000.p/1",
        "official/tile/entries/000.p/",
        "official/tile/0/٠٠٠",
        "official/tile/0/000%0A",
        "official/tile/../key",
        "official/tile/%2e%2e/checkpoint",
        "official/tile/0/../../../../secrets/log-official.key",
        "official/tile//etc/passwd",
        "official/.checkpoint.draft",
        "official/checkpoint%00",
        "installation",
        "secrets/checkpoint",
        "../data/ledger/official/checkpoint",
    ],
)
@pytest.mark.usefixtures("db")
def test_no_other_name_opens_a_file(web: Client, asked: str) -> None:
    sealed(300)
    assert web.get(f"/log/{asked}").status_code == 404


def test_a_log_without_events_says_so(web: Client) -> None:
    answer = web.get("/log/official/checkpoint")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not-found"
    assert web.get("/log/official/key").status_code == 404
    with writing(OFFICIAL):
        pass
    assert web.get("/log/official/checkpoint").status_code == 404
    assert web.get("/log/official/key").status_code == 200


def test_everyone_may_read_the_log_and_nobody_write_it(web: Client) -> None:
    assert table()["journal.log"] == {str(role): "anywhere" for role in Role}
    assert web.post("/log/official/checkpoint").status_code == 405


@pytest.mark.usefixtures("db")
def test_a_checkpoint_that_another_key_signed_is_not_served_as_ours(web: Client) -> None:
    sealed(1)
    sealed(1, name=SIMULATION)
    shutil.copy(folder_of(SIMULATION) / "checkpoint", folder_of(OFFICIAL) / "checkpoint")
    with pytest.raises(InputError, match="none of the keys"):
        checkpoint_of(OFFICIAL)


@pytest.mark.usefixtures("db")
def test_the_log_is_whole_after_its_partial_tiles_are_thrown_away() -> None:
    sealed(*[90] * 8)
    with writing(OFFICIAL) as log:
        assert_sealed(log, OFFICIAL)
    left = {p.parent.name for p in folder_of(OFFICIAL).rglob("*.p/*")}
    assert left <= {tile_path(0, 2).rsplit("/", 1)[1] + ".p", "000.p"}
