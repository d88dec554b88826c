"""The repository keeps its own rules."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from assises import __version__
from assises.demo import build, portraits, said
from assises.formats import polis

ROOT = Path(__file__).resolve().parents[2]
FLOORS = (
    "lib",
    "look",
    "engines",
    "formats",
    "countries",
    "flows",
    "rooms",
    "demo",
    "web",
    "fronts",
    "site",
)
# Django writes these, and nobody opens their doors.
WRITTEN = ("migrations",)
SOURCES = sorted(p for p in (ROOT / "src").rglob("*.py") if p.parent.name not in WRITTEN)


def tracked() -> list[Path]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip(f"input absent: {ROOT / '.git'}")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_the_example_is_what_the_simulation_builds(example: Path, tmp_path: Path) -> None:
    polis.write(build(), tmp_path)
    (tmp_path / "people.csv").write_text(portraits(), "utf-8")
    ours = {f"simulation-{path.name}": path.read_bytes() for path in tmp_path.iterdir()}
    assert ours == {path.name: path.read_bytes() for path in example.iterdir()}


def test_the_example_of_contributions_is_what_the_simulation_says() -> None:
    path = ROOT / "examples" / "simulation-contributions.csv"
    assert path.read_text("utf-8") == said()


def test_the_simulation_carries_its_label_everywhere(example: Path) -> None:
    assert all(path.name.startswith("simulation-") for path in example.iterdir())
    assert "SIMULATION" in (example / "simulation-summary.csv").read_text("utf-8")


def test_every_package_says_what_it_promises() -> None:
    for path in SOURCES:
        if path.name == "__init__.py" and path.parent.name not in ("messages", "fonts"):
            assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), path


def test_every_public_thing_has_a_docstring() -> None:
    silent = []
    for path in SOURCES:
        for node in ast.parse(path.read_text("utf-8")).body:
            named = isinstance(node, ast.FunctionDef | ast.ClassDef)
            if named and not node.name.startswith("_") and not ast.get_docstring(node):
                silent.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert [line for line in silent if "recount.py" not in line] == []


def test_no_file_has_grown_past_its_meaning() -> None:
    assert [path.name for path in SOURCES if len(path.read_text("utf-8").splitlines()) > 450] == []


def test_every_folder_of_the_house_is_on_the_map() -> None:
    page = (ROOT / "docs" / "map.md").read_text("utf-8")
    for floor in FLOORS:
        for package in (ROOT / "src" / "assises" / floor).rglob("__init__.py"):
            name = package.parent.relative_to(ROOT / "src" / "assises").as_posix()
            if name.endswith(("/acts", *WRITTEN)):
                continue
            assert f"`{name}" in page, f"{name} is not in docs/map.md"


def test_the_locks_name_no_host_and_hash_everything() -> None:
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text
        packages = re.findall(r"^[a-z0-9].*==", text, re.MULTILINE)
        blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
        assert len(packages) == len(blocks)
        assert all("--hash=sha256:" in block for block in blocks)


def test_what_runs_is_locked_the_same_for_the_tests() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / name).read_text("utf-8")
        return {line.split(" \\")[0] for line in text.splitlines() if "==" in line}

    assert pins("requirements.lock") <= pins("requirements-test.lock")


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    locked = (ROOT / "requirements.lock").read_text("utf-8")
    for wanted in project["dependencies"]:
        name = re.split(r"[><=~\[]", wanted)[0]
        assert re.search(rf"^{name}==", locked, re.MULTILINE), name


def test_the_changelog_knows_this_version() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_links_between_pages_lead_somewhere() -> None:
    link = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
    broken = []
    for path in tracked():
        if path.suffix == ".md" and path.exists():
            targets = link.findall(path.read_text("utf-8"))
            inside = [target for target in targets if "://" not in target]
            broken += [
                f"{path}: {target}" for target in inside if not (path.parent / target).exists()
            ]
    assert broken == []


def test_no_file_holds_a_place_of_one_machine() -> None:
    places = (str(ROOT.parent) + "/", str(Path.home()) + "/")
    for path in tracked():
        if path.is_file() and path.suffix not in (".png", ".woff", ".parquet"):
            text = path.read_text("utf-8", errors="ignore")
            assert not [place for place in places if place in text and len(place) > 3], path


def test_the_three_readmes_are_twins() -> None:
    """The same headings in number, the same commands to the letter, the same picture."""
    pages = [
        (ROOT / name).read_text("utf-8") for name in ("README.md", "README.fr.md", "README.ar.md")
    ]
    commands = [re.findall(r"^    (.+)$|^```\w*\n(.*?)^```", page, re.M | re.S) for page in pages]
    plain = [[re.sub(r"\s+#.*", "", a or b) for a, b in found] for found in commands]
    assert plain[0] == plain[1] == plain[2]
    headings = [len(re.findall(r"^#+ ", page, re.M)) for page in pages]
    assert len(set(headings)) == 1
    pictures = [re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page) for page in pages]
    assert pictures[0] == pictures[1] == pictures[2] != []


def test_no_two_landmarks_of_a_page_have_the_same_name() -> None:
    """Some show only at some hours, or with some data, where no browser of the tests comes by."""
    told = re.compile(r"""_\(["'](.+?)["']\)""")
    section = re.compile(r'<section aria-labelledby="(\w+)">.*?<h\d id="\1">(.*?)</h\d>', re.DOTALL)
    for template in (ROOT / "src").rglob("*.html.j2"):
        page = template.read_text("utf-8")
        sections = [told.findall(words) for _, words in section.findall(page)]
        regions = [told.findall(words) for words in re.findall(r'aria-label="(.*?)"', page)]
        names = [name[0] for name in sections if name]
        assert not {name[0] for name in regions if name} & set(names), template
