"""Files of contributions: what is read of each layout, and what is refused where."""

from __future__ import annotations

import json
import random
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assises.formats.contributions import Contributions, read
from assises.formats.contributions.markup import text_of
from assises.formats.contributions.tags import tag_of
from assises.formats.contributions.times import instant_of
from tests.formats.contribution_files import PLAIN, lines, refusal, written

DECIDIM = (
    "id;category/id;category/name/fr;category/name/ar;scope/name/fr;participatory_space/id;"
    "component/id;title/fr;title/ar;title/machine_translations/ar;body/fr;body/ar;"
    "body/machine_translations/ar;state;reference;published_at\n"
    "7;3;Santé;الصحة;Azilal;1;2;Un médecin;;طبيب;"
    '"<p>Il faut&nbsp;un médecin &amp; une infirmière.</p><p>Vite</p>";;'
    '"<p>يلزم طبيب</p>";accepted;R-7;2026-03-02 10:00:00 UTC\n'
    "9;4;;النقل;;1;2;;الطريق;;;'=الطريق إلى الدوار;;;R-9;2026-03-03 11:00:00 +0100\n"
    "11;4;Eau;;;1;2;L'eau;الماء;;L'eau d'abord;الماء أولا;;;R-11;\n"
    "12;4;Eau;;;1;2;Retiré;;;Retiré par son auteur;;;withdrawn;R-12;\n"
)


def test_a_plain_table_is_read_by_the_names_of_its_columns(tmp_path: Path) -> None:
    found = read(written(tmp_path, PLAIN))
    assert (found.layout, len(found)) == ("plain", 4)
    assert found.columns == {
        "text": "text", "id": "contribution_id", "language": "language", "time": "created_at",
        "author": "author", "attribute region": "region", "attribute channel": "channel",
    }  # fmt: skip
    assert found.ids == ["a1", "a2", "a3", "a4"]
    assert found.texts[0] == "Un médecin, et vite."
    assert found.texts[3] == ""
    assert found.languages == ["fr", "ary-Arab", "ary-Latn", None]
    assert found.times is not None
    assert found.times[:2] == [datetime(2026, 3, 2, 9, tzinfo=UTC)] * 2
    assert found.times[2:] == [None, None]
    assert found.attributes == {
        "region": ["MA-01", "MA-02", "", "MA-01"],
        "channel": ["web", "paper", "web", "web"],
    }
    assert (found.titles, found.translations, found.rejects, found.notes) == (None, {}, (), ())
    assert found.source.rows == 4


def test_an_author_is_told_from_another_and_not_named(tmp_path: Path) -> None:
    authors = read(written(tmp_path, PLAIN)).authors
    assert authors is not None
    assert authors[0] == authors[2] != authors[3]
    assert authors[1] == ""
    assert all(len(a) == 16 and "amina" not in a for a in (authors[0], authors[3]))


def test_rows_without_ids_are_called_by_their_line(tmp_path: Path) -> None:
    found = read(written(tmp_path, 'text\n"two\nlines"\n\nfourth\n'))
    assert (found.ids, found.texts) == (["row-000002", "row-000005"], ["two\nlines", "fourth"])


def test_no_column_is_read_that_was_put_aside(tmp_path: Path) -> None:
    path = written(tmp_path, PLAIN)
    found = read(path, id="", time="", language="", author="", attributes=())
    assert found.columns == {"text": "text"}
    assert (found.times, found.authors, found.attributes) == (None, None, {})
    assert found.languages == [None] * 4
    assert found.ids[0] == "row-000002"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_ends_and_marks_make_no_difference(
    tmp_path: Path, separator: str, end: str, encoding: str
) -> None:
    text = PLAIN.replace("Un médecin, et vite.", "Un médecin; et «vite»|.").replace(",", separator)
    found = read(written(tmp_path, text.replace("\n", end).encode(encoding)))
    assert found.texts[0] == "Un médecin; et «vite»|."
    assert found.ids == ["a1", "a2", "a3", "a4"]


def test_a_text_is_kept_as_written_and_in_form_c_beside(tmp_path: Path) -> None:
    apart = unicodedata.normalize("NFD", "été, أهلا ")
    found = read(written(tmp_path, f'text,id\n" {apart}",1\nplain,2\n'))
    assert found.texts == [f" {apart}", "plain"]
    assert found.composed == [" été, أهلا ", "plain"]
    same = read(written(tmp_path, PLAIN))
    assert same.composed is same.texts


def test_fifty_thousand_characters_and_quotes_inside_are_a_text(tmp_path: Path) -> None:
    text = 'ماء "الدوار", ' * 3600
    doubled = text.replace('"', '""')
    assert read(written(tmp_path, f'text,id\n"{doubled}",1\n')).texts == [text]


@pytest.mark.parametrize(
    ("declared", "text", "tag"),
    [
        ("fr", "", "fr"), ("FR_ma", "", "fr"), ("Français", "", "fr"), ("العربية", "", "ar"),
        ("ar-MA", "", "ar"), ("eng", "", "en"), ("ary", "بغينا", "ary-Arab"),
        ("darija", "bghina", "ary-Latn"), ("ary-Latn", "بغينا", "ary-Latn"),
        ("arabizi", "", "ary-Latn"), ("ary", "123", None), ("zgh", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "zgh-Tfng"),
        ("tamazight", "aman", "zgh-Latn"), ("zgh_Tfng", "", "zgh-Tfng"), ("zgh", "أمان", None),
        ("es", "agua", None), ("", "", None), ("fr-", "", "fr"), ("-", "", None),
    ],
)  # fmt: skip
def test_declared_languages_are_ours_or_none(declared: str, text: str, tag: str | None) -> None:
    assert tag_of(declared, text) == tag


def test_languages_of_others_are_told_and_taken_for_not_declared(tmp_path: Path) -> None:
    rows = "text,lang\nagua,es\nagua,es\neau,fr\naman,ber\n"
    found = read(written(tmp_path, rows))
    assert found.languages == [None, None, "fr", "zgh-Latn"]
    assert found.notes == (
        "Declared languages that are none of ours, taken for not declared: es (2).",
    )


@pytest.mark.parametrize(
    ("cell", "hour", "zoned"),
    [
        ("2026-03-02T10:00:00+01:00", 9, True), ("2026-03-02 10:00:00 +0100", 9, True),
        ("2026-03-02 10:00:00 UTC", 10, True), ("2026-03-02T10:00:00.000Z", 10, True),
        ("2026-03-02 10:00", 10, False), ("2026-03-02", 0, False),
        ("1772445600", 10, True), ("1772445600000", 10, True),
    ],
)  # fmt: skip
def test_times_are_instants(cell: str, hour: int, zoned: bool) -> None:
    assert instant_of(cell) == (datetime(2026, 3, 2, hour, tzinfo=UTC), zoned)


def test_times_without_a_zone_are_told(tmp_path: Path) -> None:
    found = read(written(tmp_path, "text,date\neau,2026-03-02 10:00\neau,\n"))
    assert found.notes == ("1 times say no zone and are taken for UTC.",)


def test_what_decidim_exports_of_proposals(tmp_path: Path) -> None:
    found = read(written(tmp_path, DECIDIM))
    assert (found.layout, found.ids, found.left_out) == ("decidim", ["7", "9", "11"], 1)
    assert found.texts == [
        "Il faut\xa0un médecin & une infirmière.\n\nVite", "=الطريق إلى الدوار", "L'eau d'abord",
    ]  # fmt: skip
    assert found.titles == ["Un médecin", "الطريق", "L'eau"]
    assert found.languages == ["fr", "ar", "fr"]
    assert found.attributes == {
        "category": ["Santé", "النقل", "Eau"],
        "scope": ["Azilal", "", ""],
    }
    told = {at: [(t.tag, t.text, t.machine) for t in of] for at, of in found.translations.items()}
    assert told == {0: [("ar", "يلزم طبيب", True)], 2: [("ar", "الماء أولا", False)]}
    assert found.times is not None
    assert found.times == [
        datetime(2026, 3, 2, 10, tzinfo=UTC), datetime(2026, 3, 3, 10, tzinfo=UTC), None,
    ]  # fmt: skip
    assert found.notes[0].startswith("1 contributions are filled in several languages")


def test_what_decidim_exports_of_comments_and_debates(tmp_path: Path) -> None:
    comments = read(
        written(
            tmp_path,
            "id;created_at;body;locale;author/id;author/name;alignment;depth;commentable_id;"
            "commentable_type;root_commentable_url\n"
            "4;2026-03-02 10:00:00 UTC;<p>Oui</p>;fr;8;Amina;1;0;7;Decidim::Proposals::Proposal;u\n"
            "5;2026-03-02 10:00:00 UTC;Sí;es;8;Amina;-1;0;7;Decidim::Proposals::Proposal;u\n",
        )
    )
    assert (comments.layout, comments.texts) == ("decidim", ["Oui", "Sí"])
    assert comments.languages == ["fr", None]
    assert comments.authors is not None
    assert comments.authors[0] == comments.authors[1] != ""
    debates = read(
        written(tmp_path, "id;title/fr;title/ar;description/fr;description/ar\n1;;م;;ن\n")
    )
    assert (debates.texts, debates.titles, debates.languages) == (["ن"], ["م"], ["ar"])


def test_a_column_of_decidim_can_be_named(tmp_path: Path) -> None:
    found = read(written(tmp_path, DECIDIM), text="title/fr")
    assert found.texts == ["Un médecin", "", "L'eau"]
    assert found.languages == ["fr", "fr", "fr"]
    assert found.translations == {}


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("a < b et x <3 & y <z> ok -->", "a < b et x <3 & y <z> ok -->"),
        ("<p>Un</p>\n<p>Deux<br/>Trois</p>", "Un\n\nDeux\nTrois"),
        ("<ul><li>a</li><li>b</li></ul>c", "a\n\nb\n\nc"),
        ("x<script>if (a < b) {}</script>y<!-- <p> -->z", "xyz"),
        ("<SCRIPT>left open", "left open"), ("a <!-- left open", "a <!-- left open"),
        ("l&#39;eau &lt;b&gt; &amp;amp;", "l'eau <b> &amp;"), ("<a href='x>y'>lien</a>", "lien"),
        ("  as it is  ", "  as it is  "), ("AT&T", "AT&T"), ("<p></p>", ""),
    ],
)  # fmt: skip
def test_rich_text_is_read_as_people_saw_it(cell: str, text: str) -> None:
    assert text_of(cell) == text


@given(st.text(alphabet="ab <>/!-'\"&;pbrscript\n", max_size=60))
def test_any_cell_is_read_as_rich_text(cell: str) -> None:
    text = text_of(cell)
    assert len(text) <= len(cell) + 2 * cell.count("<")
    if "<" not in cell and "&" not in cell:
        assert text == cell


def test_what_kouchou_takes_and_what_it_makes(tmp_path: Path) -> None:
    taken = read(
        written(tmp_path, "comment-id,comment-body,source,attribute_region\n1,Eau,x,MA-01\n")
    )
    assert (taken.layout, taken.ids, taken.texts) == ("kouchou", ["1"], ["Eau"])
    assert taken.attributes == {"region": ["MA-01"]}
    drawn = read(written(tmp_path, "arg-id,argument\nA1_0,Eau\nA1_1,Route\n"))
    assert (drawn.layout, drawn.ids) == ("kouchou", ["A1_0", "A1_1"])
    result = {
        "arguments": [
            {"arg_id": "A1_0", "argument": "Eau", "x": 0.5, "p": 0, "cluster_ids": ["0", "1_2"],
             "attributes": {"age": "30"}},
            {"arg_id": "A2_0", "argument": "Route", "x": 1, "p": 0, "cluster_ids": ["0"]},
        ],
        "clusters": [{"level": 0, "id": "0", "label": "all"}],
        "comment_num": 2,
        "propertyMap": {"region": {"A2_0": "MA-02"}},
    }  # fmt: skip
    for indent in (2, None):
        path = written(tmp_path, json.dumps(result, indent=indent), "hierarchical_result.json")
        made = read(path)
    assert (made.layout, made.ids, made.texts) == ("kouchou", ["A1_0", "A2_0"], ["Eau", "Route"])
    assert made.attributes == {"age": ["30", ""], "region": ["", "MA-02"]}


def test_comments_that_kouchou_lists_once_an_opinion_are_read_once(tmp_path: Path) -> None:
    head = "comment-id,original-comment,arg_id,argument,category_id,category\n"
    path = written(tmp_path, head + "1,Eau et route,A1_0,Eau,1,x\n1,Eau et route,A1_1,Route,2,y\n")
    found = read(path)
    assert (found.ids, found.texts, found.repeated) == (["1"], ["Eau et route"], 1)
    path = written(tmp_path, head + "1,Eau et route,A1_0,Eau,1,x\n1,Eau,A1_1,Route,2,y\n")
    assert (refusal(path).line, refusal(path).column) == (3, "comment-id")


def test_answers_of_themefinder_and_who_gave_them(tmp_path: Path) -> None:
    answers = lines({"response_id": 7, "response": "Eau"}, {"response_id": 8, "response": None})
    path = written(tmp_path, answers, "inputs/question_part_1/responses.jsonl")
    assert read(path).attributes == {}
    written(
        tmp_path,
        lines({"response_id": 8, "demographic_data": {"region": "MA-01", "age": ["18", "24"]}}),
        "inputs/respondents.jsonl",
    )
    found = read(path)
    assert (found.layout, found.ids, found.texts) == ("themefinder", ["7", "8"], ["Eau", ""])
    assert found.attributes == {"region": ["", "MA-01"], "age": ["", "18, 24"]}
    assert found.notes == ("1 answers have no line in respondents.jsonl.",)
    assert read(path, attributes=()).attributes == {}


def test_respondents_named_twice_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, lines({"response_id": 7, "response": "Eau"}), "responses.jsonl")
    twice = lines(*[{"response_id": 7, "demographic_data": {"a": "b"}}] * 2)
    written(tmp_path, twice, "respondents.jsonl")
    error = refusal(path)
    assert (error.line, error.value) == (2, "7")


def test_comments_of_polis_without_those_taken_out(tmp_path: Path) -> None:
    comments = (
        "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n"
        "1772445600000,x,0,3,1,0,1,Eau\n1772445600,x,1,3,1,0,-1,Vide\n1772445600,x,2,4,1,0,0,Ecole\n"
    )
    path = written(tmp_path, comments, "folder/2026-topic-comments.csv")
    for found in (read(path), read(path.parent)):
        assert (found.layout, found.ids, found.left_out) == ("polis", ["0", "2"], 1)
        assert found.times == [datetime(2026, 3, 2, 10, tzinfo=UTC)] * 2
    error = refusal(tmp_path)
    assert "folder" in error.problem


def same(one: Contributions, other: Contributions) -> bool:
    return (one.ids, one.texts, one.attributes, one.times) == (
        other.ids, other.texts, other.attributes, other.times,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["x.json", "x.jsonl", "y.json", "z.json", "x.parquet"])
def test_json_and_parquet_say_what_csv_says(tmp_path: Path, name: str) -> None:
    header, *rows = (line.split(",") for line in PLAIN.replace('"', "").replace(", ", "; ")
                     .strip().split("\n"))  # fmt: skip
    objects = [dict(zip(header, row, strict=True)) for row in rows]
    path = tmp_path / name
    if name == "x.parquet":
        pl.DataFrame(objects).with_columns(
            pl.col("created_at").str.to_datetime(time_zone="UTC", strict=False)
        ).write_parquet(path)
    elif name in {"x.jsonl", "z.json"}:
        path.write_text(lines(*objects), "utf-8")
    elif name == "x.json":
        path.write_text(json.dumps(objects), "utf-8")
    else:
        path.write_text("\ufeff" + json.dumps({"n": 4, "rows": objects}, indent=1), "utf-8")
    expected = read(written(tmp_path, PLAIN.replace("médecin, et", "médecin; et")))
    assert same(read(path), expected)


def test_parquet_of_any_simple_type_is_text(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "id": [3, 4],
            "text": ["Eau", None],
            "region": pl.Series(["MA-01", "MA-01"], dtype=pl.Categorical),
            "vector": [[1.0], [2.0]],
            "created_at": pl.Series([datetime(2026, 3, 2, 10), None], dtype=pl.Datetime),  # noqa: DTZ001
        }
    )
    path = tmp_path / "p.parquet"
    frame.write_parquet(path)
    found = read(path)
    assert (found.ids, found.texts) == (["3", "4"], ["Eau", ""])
    assert found.times == [datetime(2026, 3, 2, 10, tzinfo=UTC), None]
    assert len(found.notes) == 1


def test_an_object_may_lack_what_another_has(tmp_path: Path) -> None:
    path = written(tmp_path, lines({"text": "a"}, {"region": "x", "text": "b"}), "f.jsonl")
    assert read(path).attributes == {"region": ["", "x"]}


def test_an_attribute_is_what_many_share(tmp_path: Path) -> None:
    rows = "".join(f"eau {n},v{n}\n" for n in range(60))
    path = written(tmp_path, "text,region\n" + rows)
    found = read(path)
    assert found.attributes == {}
    assert "The attribute region has more than 50 values (line 52)" in found.notes[0]
    error = refusal(path, attributes=["region"])
    assert (error.line, error.column) == (52, "region")
    path = written(tmp_path, "text,region\na,MA-01\nb,ma-01\n")
    assert refusal(path, attributes=["region"]).line == 3
    assert "two ways" in read(path).notes[0]


def test_a_million_identical_values_are_held_once(tmp_path: Path) -> None:
    found = read(written(tmp_path, "text,region\n" + "eau,Drâa-Tafilalet\n" * 1000))
    assert len({id(value) for value in found.attributes["region"]}) == 1


def test_what_was_read_is_told_and_can_be_stopped(tmp_path: Path) -> None:
    class Told:
        done = 0

        def step(self, name: str, total: int | None = None) -> None:
            self.total = total

        def advance(self, amount: int) -> None:
            self.done += amount
            if self.done > 100_000:
                raise KeyboardInterrupt

    path = written(tmp_path, PLAIN)
    told = Told()
    read(path, progress=told)
    assert told.done == told.total == path.stat().st_size
    with pytest.raises(KeyboardInterrupt):
        read(written(tmp_path, "text\n" + "eau\n" * 50_000), progress=Told())


CELL = st.text(alphabet=st.sampled_from("\"',;\t|\r\n éا\u202eⵣ😀"), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(st.lists(st.tuples(CELL, st.sampled_from(["", "x", "y z"])), min_size=1, max_size=8))
def test_whatever_people_write_comes_back(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    path = tmp_path / "f.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write("text,region,n\r\n")
        for text, region in rows:
            quoted = text.replace('"', '""')
            file.write(f'"{quoted}",{region},1\r\n')
    found = read(path)
    assert found.texts == [text for text, _ in rows]
    assert found.attributes["region"] == [region for _, region in rows]


def test_the_same_rows_in_another_order_are_the_same_contributions(tmp_path: Path) -> None:
    rows = [f"c{n},eau {n},MA-{n % 12:02},author {n % 7}" for n in range(50)]
    random.Random(1).shuffle(rows)
    head = "id,text,region,author\n"
    one = read(written(tmp_path, head + "\n".join(sorted(rows))))
    two = read(written(tmp_path, head + "\n".join(rows)))
    assert one.authors is not None
    assert two.authors is not None
    at = {key: place for place, key in enumerate(two.ids)}
    for place, key in enumerate(one.ids):
        assert one.texts[place] == two.texts[at[key]]
        assert one.attributes["region"][place] == two.attributes["region"][at[key]]
        assert one.authors[place] == two.authors[at[key]]
