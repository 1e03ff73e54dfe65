"""What an officer reads beside the rows: reasons, and what a person must establish first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.policy.types import AccountKind, Phase, SanctionClass, Sure, Words
from app.scoring.types import NOTICE

#: What goes with every answer.
INDICATION = Words(NOTICE, "An indication, not a ruling: an authorised officer examines and decides.")
PHASE_NAMES: Mapping[Phase, Words] = {
    "sebelum_penetapan": Words("sebelum penetapan calon", "before candidates are fixed"),
    "sesudah_penetapan": Words("sesudah penetapan calon", "after candidates are fixed"),
    "kampanye": Words("masa kampanye", "campaign"),
    "masa_tenang": Words("masa tenang", "quiet period and day of voting"),
    "sesudah_pemungutan": Words("sesudah pemungutan suara", "after the vote"),
    "tidak_diketahui": Words("tidak diketahui", "unknown"),
}

SANCTIONS: Mapping[SanctionClass, Words] = {
    "moral": Words("moral (kode etik)", "moral (ethics)"),
    "sedang": Words("disiplin sedang", "moderate discipline"),
    "berat": Words("disiplin berat", "severe discipline"),
    "sedang_atau_berat": Words("disiplin sedang atau berat (sumber berbeda)", "moderate or severe (sources differ)"),
    "ptdh": Words("pemberhentian tidak dengan hormat", "dishonourable dismissal"),
    "pemutusan": Words(
        "pemutusan hubungan kerja dengan hormat tidak atas permintaan sendiri",
        "honourable termination not at own request",
    ),
    "pemutusan_tidak_hormat": Words("pemutusan hubungan kerja tidak dengan hormat", "dishonourable termination"),
    "pidana": Words("pidana", "criminal"),
}

#: Why there are no rows.
REASON_CLEAR = Words(
    "Netra tidak melihat tanda dukungan, jadi tidak ada baris aturan yang ditunjukkan.",
    "Netra sees no sign of support, so no rows are shown.",
)
REASON_UNDECIDED = Words(
    "Netra tidak dapat menilai tindakan ini, jadi tidak ada baris aturan yang ditunjukkan.",
    "Netra cannot judge this act, so no rows are shown.",
)
REASON_NONE_FITS = Words(
    "Tidak ada baris dalam berkas aturan yang berlaku pada tanggal itu untuk tindakan ini; periksa aturan lain.",
    "No row in the rule files was in force on that day for this act; look for other rules.",
)

#: What the reading of the phase, or of the list, says besides.
REMARKS: Mapping[str, Words] = {
    "waktu_kosong": Words(
        "Tahap tidak diketahui: waktu tindakan tidak diberikan. Pastikan tanggalnya.",
        "Phase unknown: no time of the act was given. Establish the date.",
    ),
    "waktu_tidak_terbaca": Words(
        "Tahap tidak diketahui: waktu tindakan tidak terbaca sebagai ISO 8601. Pastikan tanggalnya.",
        "Phase unknown: the time of the act cannot be read as ISO 8601. Establish the date.",
    ),
    "tanpa_pemilihan": Words(
        "Tahap tidak diketahui: pemilihannya tidak diberikan atau tidak ada di daftar pantau.",
        "Phase unknown: the election was not given or is not on the watchlists.",
    ),
    "kalender_kosong": Words(
        "Tahap tidak diketahui: tanggal tahapan pemilihan ini belum ada yang bersumber.",
        "Phase unknown: no date of this election's calendar has a source yet.",
    ),
    "kalender_tidak_lengkap": Words(
        "Tahap tidak pasti: kalender pemilihan ini tidak lengkap pada tanggal itu.",
        "Phase uncertain: the calendar of this election is incomplete around that day.",
    ),
    "kalender_tidak_runtut": Words(
        "Tahap tidak diketahui: tanggal-tanggal dalam kalender pemilihan ini bertentangan.",
        "Phase unknown: the dates in this election's calendar contradict each other.",
    ),
    "hari_penetapan": Words(
        "Tahap tidak pasti: tindakan terjadi pada hari penetapan dan jam penetapannya tidak tercatat.",
        "Phase uncertain: the act falls on the day of the fixing, whose hour is not recorded.",
    ),
    "menjelang_putaran_kedua": Words(
        "Tahap tidak pasti: di antara dua putaran, dan tahapan putaran kedua tidak ada dalam kalender.",
        "Phase uncertain: between two rounds, and the steps of the second are not in the calendar.",
    ),
    "sebelum_pendaftaran": Words(
        "Sebelum masa pendaftaran: pastikan orang itu memang sudah disebut sebagai bakal calon.",
        "Before registration: establish that the person was spoken of as a would-be candidate by then.",
    ),
    "pendaftaran_tidak_tercatat": Words(
        "Masa pendaftaran tidak ada dalam kalender: pastikan orang itu memang disebut sebagai bakal calon saat itu.",
        "The calendar has no registration: establish that the person was spoken of as a would-be candidate by then.",
    ),
    "hari_pemungutan": Words(
        "Hari pemungutan suara dihitung sebagai masa tenang sampai hari itu berakhir.",
        "The day of voting counts as quiet period until it ends.",
    ),
    "batas_zona_waktu": Words(
        "Dekat batas tahap: di WITA atau WIT tanggal setempat sudah berganti. Pastikan waktu setempat.",
        "Close to the border of a phase: in WITA or WIT the local date is already the next. Establish the local time.",
    ),
    "daftar_bakal_calon": Words(
        "Daftar ini memuat orang yang disebut sebelum penetapan: pastikan ia memang ditetapkan sebagai calon.",
        "This list holds persons named before the fixing: establish that the person was fixed as a candidate.",
    ),
}

_SEVERAL_FIT = Words(
    "Beberapa pemilihan cocok: {ids}. Pastikan pemilihannya.",
    "Several elections fit: {ids}. Establish which one.",
)
_NEAREST = Words(
    "Beberapa pemilihan di wilayah ini; tahap dihitung dari yang waktunya terdekat: {ids}. Pastikan pemilihannya.",
    "Several elections in this region; the phase is that of the nearest in time: {ids}. Establish which one.",
)
_SEVERAL_AGREE = Words(
    "Beberapa pemilihan cocok, dengan tahap yang sama: {ids}. Pastikan pemilihannya.",
    "Several elections fit, all in the same phase: {ids}. Establish which one.",
)
_SEVERAL_DIFFER = Words(
    "Tahap tidak pasti: beberapa pemilihan cocok; tahap menurut masing-masing: {ids}. Pastikan pemilihannya.",
    "Phase uncertain: several elections fit; the phase in each of them: {ids}. Establish which one.",
)


def several_elections(elections: Sequence[tuple[str, Phase]], day_known: bool) -> Words:
    """Which elections fit, by id, and the phase of each where a day is known and they do not agree.

    A single one is what is left of several.
    """
    if len(elections) == 1:
        return _filled(_NEAREST, [elections[0][0]], [elections[0][0]])
    phases = {phase for _, phase in elections}
    if day_known and (len(phases) > 1 or "tidak_diketahui" in phases):
        each = [(name, PHASE_NAMES[phase]) for name, phase in elections]
        indonesian, english = (f"{name} ({words.id})" for name, words in each), (f"{n} ({w.en})" for n, w in each)
        return _filled(_SEVERAL_DIFFER, indonesian, english)
    ids = [name for name, _ in elections]
    return _filled(_SEVERAL_AGREE if day_known else _SEVERAL_FIT, ids, ids)


def _filled(words: Words, indonesian: Iterable[str], english: Iterable[str]) -> Words:
    return Words(words.id.format(ids=", ".join(indonesian)), words.en.format(ids=", ".join(english)))


SANCTION_IS_NO_DECISION = Words(
    "Golongan sanksi adalah bunyi aturan, bukan putusan; praktik sering berbeda dari tabel.",
    "A class of sanction is what the rule says, not a decision; practice often differs from the table.",
)
SECONDARY_COPIES = Words(
    "Bunyi aturan diambil dari salinan sekunder; cocokkan dengan naskah resmi sebelum dikutip.",
    "The wording comes from secondary copies; compare with the official text before citing.",
)
REVIEW_BAND = Words(
    "Netra sendiri ragu apakah isinya dukungan; nilai isinya dahulu.",
    "Netra itself doubts that the content is support; judge the content first.",
)
ACCOUNT: Mapping[AccountKind, Words] = {
    "pribadi": Words(
        "Pastikan akun itu memang milik dan dipakai orang tersebut.",
        "Establish that the account belongs to the person and was used by them.",
    ),
    "instansi": Words(
        "Akun instansi: pastikan siapa yang mengoperasikannya sebelum mengaitkan dengan seorang pegawai.",
        "Institutional account: establish who operates it before tying it to an employee.",
    ),
    "tidak_diketahui": Words(
        "Jenis akun tidak diketahui: baris untuk akun pribadi dan instansi ditunjukkan bersama; pastikan dahulu.",
        "Kind of account unknown: rows for personal and institutional accounts are shown together; establish it first.",
    ),
}
STATUS_UNKNOWN = Words(
    "Status kepegawaian tidak diketahui: baris untuk PNS dan PPPK ditunjukkan bersama; pastikan dahulu.",
    "Employment status unknown: rows for PNS and PPPK are shown together; establish it first.",
)
CONTEST_UNKNOWN = Words(
    "Jenis pemilihan tidak diketahui: baris untuk Pemilu dan Pilkada ditunjukkan bersama; pastikan dahulu.",
    "Kind of election unknown: rows for general and regional elections are shown together; establish it first.",
)
CONTESTANT_UNKNOWN = Words(
    "Bakal calon (kode etik) atau calon (disiplin) bergantung pada tanggal penetapan; pastikan dahulu.",
    "Would-be candidate (ethics) or candidate (discipline) depends on the day of the fixing; establish it first.",
)
KIND_UNKNOWN = Words(
    "Jenis isi tidak diketahui: baris untuk semua jenis dukungan ditunjukkan bersama; pastikan dahulu.",
    "Kind of content unknown: rows for every kind of support are shown together; establish it first.",
)
KIND_IS_NO_SUPPORT = Words(
    "Jenis isi yang paling cocok bukan dukungan; nilai isinya dahulu.",
    "The kind that fits the content best is not support; judge the content first.",
)

#: What is added to single rows.
CLASS_FOR_PNS = Words(
    "Golongan sanksi ini untuk PNS; bagi PPPK tangga sanksinya lain (PP 49/2018).",
    "This class of sanction is for PNS; PPPK have another ladder (PP 49/2018).",
)
CLASS_DOUBTS: Mapping[Sure, Words] = {
    "S": Words("Golongan sanksi dari satu sumber.", "The class of sanction comes from a single source."),
    "D": Words("Golongan sanksi: sumber tidak sama.", "The class of sanction: sources differ."),
    "U": Words("Golongan sanksi belum dipastikan.", "The class of sanction is not confirmed."),
}
AFTER_VOTE_NOT_SAID = Words(
    "Kutipan yang tersedia tidak menyebut apakah baris ini berlaku sesudah pemungutan suara.",
    "The excerpts at hand do not say whether this row holds after the vote.",
)
START_NOT_KNOWN = Words(
    "Tanggal mulai berlakunya tidak ada dalam sumber, hanya tahunnya; pastikan aturan ini sudah berlaku.",
    "Our sources give the year it came into force, not the day; establish that it was in force.",
)
END_NOT_KNOWN = Words(
    "Tanggal berakhirnya tidak ada dalam sumber, hanya tahunnya; pastikan aturan ini masih berlaku.",
    "Our sources give the year it ended, not the day; establish that it was still in force.",
)
