"""CSV and TSV as scrapers and spreadsheets leave them."""

from __future__ import annotations

import io

import pytest

from app.batch import mending
from app.batch.columns import ColumnFinder
from app.batch.delimited import DELIMITERS, Dialect, records, sniff
from app.batch.errors import EmptyInputError, NoTextColumnError
from app.batch.mending import split_leniently, unwrap
from tests.batch.batchkit import Score, as_csv

POSTS = [
    ["id", "full_text", "likes"],
    ["1", "Pagi, warga Lembah Damar; panen raya | meriah\tsekali", "4"],
    ["2", 'ayo "coblos" nomor 2', "0"],
    ["3", "baris satu\nbaris dua\r\nbaris tiga", "7"],
]


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_delimiter_and_line_end(score: Score, delimiter: str, end: str) -> None:
    done = score(as_csv(POSTS, delimiter, end))
    assert [[row["id"], row["full_text"], row["likes"]] for row in done.rows] == POSTS[1:]
    assert done.column("netra_band") == ["clear", "flag", "clear"]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_unicode_encodings(score: Score, encoding: str) -> None:
    content = as_csv([["id", "teks"], ["1", "panen raya 🌾 — Rp5.000"], ["2", "café"]])
    done = score(content.encode(encoding))
    assert done.column("teks") == ["panen raya 🌾 — Rp5.000", "café"]
    assert list(done.rows[0])[:2] == ["id", "teks"]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"caf\xe9", "café"),
        (b"\x93kutip\x94 \x85 \x80", "“kutip” … €"),
        (b"\x81\x8d", "\x81\x8d"),
        ("emoji 🌾 utuh ".encode() + b"\xe9", "emoji 🌾 utuh é"),
        (b"\xf0\x9f\x8c", "ðŸŒ"),
    ],
    ids=["latin", "windows punctuation", "unassigned", "one bad byte among UTF-8", "cut emoji"],
)
def test_bytes_that_are_not_utf8_are_read_as_windows_1252(score: Score, raw: bytes, expected: str) -> None:
    assert score(b"text,n\n" + raw + b",1\n").column("text") == [expected]


def test_a_field_larger_than_the_csv_modules_default_limit(score: Score) -> None:
    long = "panen " * 40_000
    done = score(as_csv([["text", "n"], [long, "1"], ["coblos", "2"]]))
    assert done.column("text") == [long, "coblos"]


def test_nul_bytes_stay(score: Score) -> None:
    done = score("text,n\nha\0lo,1\ncoblos\0,2\n")
    assert done.column("text") == ["ha\0lo", "coblos\0"]
    assert done.column("netra_flagged") == [False, True]


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ("id,text,n\n1,halo\n", ["halo"]),
        ("id,text,n\n1,halo,2,,,\n", ["halo"]),
        ("id,text,n\n1,halo, apa, kabar,2\n", ["halo, apa, kabar"]),
        ("n,id,text\n2,1,halo, apa, kabar\n", ["halo, apa, kabar"]),
        ("id;text;n\n1;halo; apa;2\n2;ya;3\n3;ok;4\n", ["halo; apa", "ya", "ok"]),
    ],
    ids=["short", "empty surplus", "text in the middle", "text last", "semicolons"],
)
def test_ragged_rows_are_scored_with_the_text_whole(score: Score, content: str, texts: list[str]) -> None:
    done = score(content)
    assert done.column("text") == texts
    assert done.summary.scored == len(texts)


def test_a_delimiter_at_the_end_of_every_row_is_no_column(score: Score) -> None:
    done = score('id,text,n\n1,hujan,2,\n2,panen,2,\n3,"""ya""",3,\n')
    assert done.column("text") == ["hujan", "panen", '"ya"']
    assert done.summary.notes == {}


def test_a_ragged_row_is_noted_but_cells_around_the_text_stand_where_they_belong(score: Score) -> None:
    done = score("id,text,n\n1,halo, apa,2\n2,biasa,3\n")
    assert [row["id"] + row["n"] for row in done.rows] == ["12", "23"]
    assert "ragged_row" in done.rows[0]["netra_reasons"]
    assert done.rows[1]["netra_reasons"] is None
    assert done.summary.notes == {"ragged_row": 1}


def test_a_text_column_of_its_own_may_hold_unquoted_commas(score: Score) -> None:
    texts = ["Halo, apa kabar", "biasa saja", "coblos, ya, nomor 2", "hujan"]
    done = score("comments\n" + "\n".join(texts) + "\n")
    assert done.column("comments") == texts


def test_blank_lines_are_no_rows(score: Score) -> None:
    done = score("\n\ntext,n\n\nhalo,1\n\n\nya,2\n\n")
    assert done.summary.read == 2


def test_rows_are_numbered_by_the_line_they_start_on(score: Score) -> None:
    done = score('text,action\n"satu\ndua",post\n,post\n\nya,menari\n')
    errors = done.column("netra_error")
    assert errors[0] is None
    assert errors[1].startswith("baris 4: ")
    assert errors[2].startswith("baris 6: ")


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_excels_line_that_names_the_delimiter(score: Score, delimiter: str) -> None:
    done = score(f"sep={delimiter}\r\n" + as_csv(POSTS, delimiter))
    assert done.column("full_text") == [row[1] for row in POSTS[1:]]


def test_names_that_repeat_or_are_empty_keep_their_cells(score: Score) -> None:
    done = score("text,n,n,,n_2\nhalo,1,2,3,4\n")
    values = [value for key, value in done.rows[0].items() if not key.startswith("netra_")]
    assert values == ["halo", "1", "2", "3", "4"]


@pytest.mark.parametrize("content", ["", "\n", "  \n\t\n", "\ufeff", "\ufeff\r\n"])
def test_an_empty_file_is_told(score: Score, content: str) -> None:
    with pytest.raises(EmptyInputError, match="kosong"):
        score(content)


def test_a_header_alone_is_an_empty_table(score: Score) -> None:
    done = score("text,n\n")
    assert (done.summary.read, done.rows) == (0, [])


def test_a_file_without_header_is_refused_without_echoing_it(score: Score) -> None:
    with pytest.raises(NoTextColumnError) as caught:
        score("1,rahasia warga,2\n2,rahasia lain,3\n")
    assert "rahasia" not in str(caught.value) + caught.value.english
    assert caught.value.fields["count"] == 3


def test_a_line_beyond_the_limit_is_rejected_and_the_others_live(score: Score, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mending, "MAX_LINE", 1_000)
    done = score("text,n\nya,1\n" + "a" * 5_000 + ",2\ncoblos,3\n")
    assert done.column("netra_band") == ["clear", None, "flag"]
    assert done.summary.rejections == {"row_too_long": 1}


# Quotes that were never closed, or stand undoubled inside a quoted cell.


@pytest.mark.parametrize(
    ("line", "cells", "closed"),
    [
        ("a,b,c", ["a", "b", "c"], True),
        ("a,,", ["a", "", ""], True),
        ("", [""], True),
        ('"a,b",c', ["a,b", "c"], True),
        ('"a ""b""",c', ['a "b"', "c"], True),
        ('"",c', ["", "c"], True),
        ('a,"dia bilang "halo" ya",c', ["a", 'dia bilang "halo" ya', "c"], True),
        ('a,"katanya"",c', ["a", 'katanya"', "c"], True),
        ('layar 5",c', ['layar 5"', "c"], True),
        ('a,"tak ditutup,c', ["a", '"tak ditutup', "c"], False),
        ('a,"', ["a", '"'], False),
        ('a,"dalam "kutip"', ["a", 'dalam "kutip'], True),
        ('1,"dia bilang "ayo coblos", ya"', ["1", 'dia bilang "ayo coblos", ya'], True),
        ('1,"dia bilang "ayo coblos", ya",c', ["1", 'dia bilang "ayo coblos", ya', "c"], True),
        ('1,"dia bilang "ayo coblos", ya","c"', ["1", 'dia bilang "ayo coblos", ya', "c"], True),
        ('1,"("satu", "dua", tiga) ya",c', ["1", '("satu", "dua", tiga) ya', "c"], True),
        ('1,""satu", dua",c', ["1", '"satu", dua', "c"], True),
        ('1,"dia bilang "ayo coblos",c', ["1", 'dia bilang "ayo coblos', "c"], True),
        ('1,"dia bilang "ayo coblos", c', ["1", 'dia bilang "ayo coblos', " c"], True),
        ('1,"dia bilang "ayo coblos", c,"d"', ["1", 'dia bilang "ayo coblos', " c", "d"], True),
        ('1,"kata "satu" dan dua", c,d"', ["1", 'kata "satu" dan dua', " c", 'd"'], True),
        ('1,"layar 5" besar", c,d"', ["1", 'layar 5" besar', " c", 'd"'], True),
    ],
)
def test_lenient_splitting(line: str, cells: list[str], closed: bool) -> None:
    assert split_leniently(line, ",") == (cells, closed)


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ('id,text,n\n1,"halo "dunia" ya",2\n2,ok,3\n', ['halo "dunia" ya', "ok"]),
        ('id,text,n\n1,"tak ditutup,2\n2,ok,3\n3,ya,4\n', ['"tak ditutup', "ok", "ya"]),
        ('id,text,n\n1,"tak ditutup,2\n2,ok,3\n3,"koma, ya",4\n', ['"tak ditutup', "ok", "koma, ya"]),
        ('id,text,n\n1,"halo "dunia" ya\nbaris dua",2\n2,ok,3\n', ['halo "dunia" ya\nbaris dua', "ok"]),
        ('id,text,n\n1,"ia: "coblos", ya",2\n2,ok,3\n', ['ia: "coblos", ya', "ok"]),
        ('id,text,n\n1,ya,2\n2,"sampai akhir,3\n', ["ya", '"sampai akhir']),
        ('text\n"tak ditutup\nok\n"ya"\n', ['"tak ditutup', "ok", "ya"]),
        ('id,text,n\n1,"tertelan,2\n2,ok,3\n3,",",4\n', ['"tertelan', "ok", ","]),
        ('id,text,n\n1,layar 5" besar,2\n2,ok,3\n', ['layar 5" besar', "ok"]),
        ('id,text,kota,n\n1,"awal,x,2\n2,ok,Lembah",3\n3,ya,y,4\n', ['"awal', "ok", "ya"]),
    ],
    ids=[
        "inner quotes",
        "never closed",
        "never closed, quotes later",
        "inner quotes over two lines",
        "inner quotes before a comma",
        "open at the end",
        "one column",
        "swallowed rows of the wrong width",
        "quote inside a bare cell",
        "opened in one column, closed in another",
    ],
)
def test_broken_quotes_cost_no_other_row(score: Score, content: str, texts: list[str]) -> None:
    done = score(content)
    assert done.column("text") == texts
    assert done.summary.scored == len(texts)


def test_a_broken_cell_is_not_sought_for_ever() -> None:
    text = '1,"awal "x" lagi,2\n' + "tanpa kutip\n" * 60 + 'akhir",3\n'
    stream = records(io.StringIO("id,text,n\n" + text, newline=""), Dialect(","))
    numbers = [number for number, _, _ in stream]
    assert numbers == list(range(1, 64))


@pytest.mark.parametrize("cell", ['"tak ditutup', '"tak "di" tutup'])
def test_broken_quotes_in_every_row_cost_no_more_than_a_look_at_the_next_lines(
    monkeypatch: pytest.MonkeyPatch, cell: str
) -> None:
    calls = 0

    def counted(text: str, delimiter: str) -> tuple[list[str], bool]:
        nonlocal calls
        calls += 1
        return split_leniently(text, delimiter)

    monkeypatch.setattr(mending, "split_leniently", counted)
    text = "id,text,n\n" + "".join(f"{n},{cell},2\n" for n in range(500))
    assert len(list(records(io.StringIO(text, newline=""), Dialect(",")))) == 501
    assert calls <= 10 * 500


# Whole records of one delimiter wrapped into the cells of another file.

WRAPPED_HEADER = "created_at;id_str;full_text;likes;url,,,,\n"


def wrapped_line(number: int, text: str, quoted: bool = True) -> str:
    """A semicolon record as a comma program would save it: cut at commas, every part quoted."""
    body = f'"{text}"' if quoted else text
    record = f"Sen Okt 0{number} 05:4{number}:17 2033;{number};{body};0;https://contoh.id/{number}"
    return as_csv([[*record.split(","), "", "", ""]], end="\n")


@pytest.mark.parametrize(
    "text",
    [
        "pagi Lembah Damar",
        "Mantap, bu, lanjutkan",
        "harga naik; kata siapa, entah",
        'dia "hebat", kata warga',
        'katanya "hebat"',
        '"hebat", begitu',
        "koma di akhir,",
        "dua,, koma",
    ],
)
def test_wrapped_records_come_out_with_their_inner_columns(score: Score, text: str) -> None:
    others = "".join(wrapped_line(number, f"teks, biasa {number}") for number in (2, 3, 4))
    done = score(WRAPPED_HEADER + wrapped_line(1, text) + others)
    assert list(done.rows[0])[:5] == ["created_at", "id_str", "full_text", "likes", "url"]
    assert done.column("full_text")[0] == text
    assert done.column("id_str") == ["1", "2", "3", "4"]
    assert done.column("url")[0] == "https://contoh.id/1"
    assert done.summary.notes == {}


def test_wrapped_records_glued_by_an_unclosed_quote_come_apart(score: Score) -> None:
    glued = (
        '"Sen Okt 01 05:41:17 2033;1;""katanya begini", begitu,";0;https://contoh.id/1\n'
        'Sen Okt 02 05:42:17 2033;2;warga senang coblos"";0;https://contoh.id/2",,,\n'
    )
    done = score(WRAPPED_HEADER + glued + wrapped_line(3, "ya, begitu") + wrapped_line(4, "hujan"))
    assert done.column("id_str") == ["1", "2", "3", "4"]
    assert done.column("full_text")[:2] == ['"katanya begini, begitu,', 'warga senang coblos"']
    assert done.column("netra_flagged") == [False, True, False, False]


def test_a_wrapped_text_of_several_lines_stays_whole(score: Score) -> None:
    lines = [wrapped_line(1, "baris satu\nbaris dua; ya, lalu\ntiga"), wrapped_line(2, "biasa"), wrapped_line(3, "ok")]
    done = score(WRAPPED_HEADER + "".join(lines))
    assert done.column("full_text") == ["baris satu\nbaris dua; ya, lalu\ntiga", "biasa", "ok"]


def test_a_wrapped_text_whose_lines_look_as_wide_as_records_stays_whole(score: Score) -> None:
    text = "satu; dua; tiga\nempat; lima; enam"
    done = score(WRAPPED_HEADER + wrapped_line(1, text) + wrapped_line(2, "biasa") + wrapped_line(3, "ok"))
    assert done.column("full_text") == [text, "biasa", "ok"]


def test_comma_records_wrapped_in_quotes_whole(score: Score) -> None:
    inner = [as_csv([row], end="").strip() for row in POSTS[:3]]
    done = score("\n".join('"' + line.replace('"', '""') + '"' for line in inner) + "\n")
    assert done.column("full_text") == [row[1] for row in POSTS[1:3]]


@pytest.mark.parametrize(
    ("sample", "dialect"),
    [
        ("id,text\n1,a\n2,b\n", Dialect(",")),
        ("id;text\n1;a, b, c\n2;b, c\n", Dialect(";")),
        ("id\ttext\n1\ta;b\n", Dialect("\t")),
        ("text\nsatu\n", Dialect(",")),
        ("text\nsatu, dua\ntiga\n", Dialect(";")),
        ('id;text,,\n"1;""a, b""",,\n"2;c",,\n', Dialect(",", ";")),
        ('id,text,n\n1,"a;b",2\n', Dialect(",")),
        ("id|text|kata,kunci\n1|a|b\n", Dialect("|")),
        ("nama,isi;x\na,b\n", Dialect(",")),
    ],
)
def test_the_dialect_is_told_from_header_and_widths(sample: str, dialect: Dialect) -> None:
    assert sniff(sample, ColumnFinder()) == dialect


def test_a_named_text_column_helps_to_tell_the_dialect() -> None:
    sample = "no;ujaran\n1;a, b\n2;c\n3;d, e, f\n"
    assert sniff(sample, ColumnFinder("ujaran")) == Dialect(";")


def test_unwrapping_keeps_commas_inside_and_drops_only_empty_cells_at_the_end() -> None:
    assert unwrap(['1;"a', ' b";2', "", ""], ",", ";", 3) == [["1", "a, b", "2"]]
    assert unwrap(["1;a", "", "b;2", ""], ",", ";", 3) == [["1", "a,,b", "2"]]
