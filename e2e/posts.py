"""Files as scrapers leave them, defects and all; every word and everybody in them is made up."""

from __future__ import annotations

import csv
import io
from itertools import cycle, islice

#: Nobody of these stands, or ever stood, for anything.
SUPPORT = (
    "Rabu depan jgn lupa coblos no. 2 ya, bu Ratna mantep kerjanya",
    "Ayo menangkan Pak Darsono, coblos nomor 2 demi Kota Uji yang lebih baik!",
    "gue mah Hendri harga mati, jangan lupa coblos nomor 2",
    "Dukung penuh Bu Ratna jadi wali kota, salam dua jari #RatnaMenang",
    "Pilih nomor 3 besok pagi, Pak Sutrimo pasti bawa perubahan",
    "Kami relawan siap memenangkan Darsono - Wulan, coblos nomor 1",
    "Lanjutkan dua periode, pilih Bu Ratna! 🙏",
    "Bismillah, satu suara untuk Pak Hendri. Coblos pecinya, coblos nomor 4",
    "Jangan golput, datang ke TPS dan coblos nomor 2 &amp; ajak keluarga",
    "Saya dan keluarga besar mendukung Bu Ratna, ayo menangkan bersama",
    "Pilihan saya jelas: Darsono. Coblos nomor 1 tanggal 27",
    "Merapat barisan relawan nomor 3, menangkan Pak Sutrimo satu putaran!",
    "Ibu-ibu PKK kompak pilih nomor 2, Bu Ratna idola kami ❤️",
    "coblos no 4 ya gaes, Hendri anak muda paling paham kota ini",
)
OTHER = (
    "KPU Kota Uji umumkan jadwal debat, live pukul 19.00",
    "Jalan depan pasar rusak lagi, sudah sebulan tidak diperbaiki",
    "Hujan deras sejak pagi, hati-hati di jalan semuanya",
    "Posyandu bulan ini pindah ke balai RW ya ibu-ibu",
    "Harga beras naik lagi, bagaimana ini?",
    "Lomba voli antar kampung dimulai hari Sabtu\nlapangan belakang kelurahan\n\nbawa air minum sendiri",
    "TPS buka jam tujuh pagi, jangan lupa bawa KTP",
    "Terima kasih petugas kebersihan, gangnya bersih sekali",
    "Makan siang dulu sebelum rapat 🍛",
    "Kapan pengumuman hasil seleksi guru?",
)
HEADER = ("conversation_id_str", "created_at", "favorite_count", "full_text", "id_str", "lang", "username")


def texts(count: int) -> list[str]:
    """Support and other posts by turns, numbered once they would repeat."""
    both = [text for pair in zip(SUPPORT, cycle(OTHER), strict=False) for text in pair]
    return [text if k < len(both) else f"{text} ({k})" for k, text in enumerate(islice(cycle(both), count))]


def rows(count: int) -> list[list[str]]:
    """Rows of ``HEADER``."""
    return [
        [
            str(9000 + k),
            f"Mon Nov {1 + k % 28:02} 0{k % 10}:12:33 +0000 2031",
            str(k % 7),
            text,
            str(9000 + k),
            "in",
            f"akun_uji_{k % 9}",
        ]
        for k, text in enumerate(texts(count))
    ]


def tweets_multiline(count: int) -> bytes:
    """Texts over several lines, a byte-order mark, a row with too few cells, one without text, one with a formula."""
    odd = [
        ["1", "x", "0"],
        ["2", "", "0", "", "2", "in", "akun_uji_1"],
        ["3", "", "0", '=HYPERLINK("x")', "3", "in", "akun_uji_2"],
    ]
    return _csv([list(HEADER), *rows(count), *odd], "\n").encode("utf-8-sig")


def semicolon_in_commas(count: int) -> bytes:
    """Cells between semicolons, whole lines then saved again as the first of many cells between commas."""
    flat = [[cell.replace("\n", " ") for cell in row] for row in rows(count)]
    lines = _csv([list(HEADER), *flat], "\n", ";").split("\n")
    return _csv([[line, *[""] * 6] for line in lines if line], "\n").encode()


def quoted(count: int) -> bytes:
    """Every cell in quotes, lines that end as on Windows."""
    return _csv([list(HEADER), *rows(count)], "\r\n", quoting=csv.QUOTE_ALL).encode()


def one_column(count: int) -> bytes:
    """Nothing but texts, whatever stands in them."""
    return ("comments\n" + "\n".join(text.replace("\n", " ") for text in texts(count)) + "\n").encode()


def _csv(table: list[list[str]], end: str, delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL) -> str:
    made = io.StringIO(newline="")
    csv.writer(made, lineterminator=end, delimiter=delimiter, quoting=quoting).writerows(table)  # type: ignore[arg-type]
    return made.getvalue()
