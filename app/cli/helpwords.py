"""What ``--help`` says of commands and options in English, by what it says in Indonesian beside the code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: A test compares this with the commands: nothing is missing, and nothing is left of what was said once.
ENGLISH: Final[Mapping[str, str]] = {
    # Commands and groups
    "Indikasi dukungan kampanye pada unggahan media sosial. Hanya indikasi; petugas yang memutuskan.": (
        "Indications of campaign support in posts on social media. Indications only; an officer decides."
    ),
    "Nilai berkas unggahan hasil pengumpulan; semua kolom masukan dipertahankan.": (
        "Score a file of collected posts; every column of the input is kept."
    ),
    "Nilai satu teks dan tunjukkan kata yang menentukan.": "Score one text and show which words counted.",
    "Ukur model pada berkas berlabel.": "Measure the model on a labelled file.",
    "Latih bundel model baru dari data/corpus, berkas tambahan dan label peninjau; tidak mengaktifkannya.": (
        "Train a new model bundle from data/corpus, further files and reviewers' labels; it is not activated."
    ),
    "Jalankan rangkaian uji perilaku; kode keluar 1 bila ada batas yang tidak dipenuhi.": (
        "Run the behaviour suite; exit code 1 when a bound is not kept."
    ),
    "Jalankan layanan POST /classify.": "Run the service of POST /classify.",
    "Bandingkan model penantang dengan yang aktif; kode keluar 1 bila ada gerbang yang gagal.": (
        "Compare a challenger with the active model; exit code 1 when a gate fails."
    ),
    "Nilai berkas dengan model aktif dan penantang, lalu tulis baris yang berubah pita.": (
        "Score files with the active model and a challenger, and write the rows whose band changes."
    ),
    "Bandingkan skor dan kata pada berkas dengan acuan model; kode keluar 1 bila di luar batas.": (
        "Compare scores and words of files with the model's reference; exit code 1 beyond the bounds."
    ),
    "Pilih butir yang paling berguna dinilai: model ragu, dan isinya tidak saling mirip. Keluaran CSV atau JSONL.": (
        "Pick the items that teach the most: the model is in doubt, and no two are alike. Writes CSV or JSONL."
    ),
    "Kesepakatan pemeriksa (kappa Cohen) dan label yang patut diperiksa lagi.": (
        "How far reviewers agree (Cohen's kappa), and labels to look at again."
    ),
    "Tulis berkas kasus: JSON, atau halaman siap cetak bila nama berkasnya .html.": (
        "Write a case file: JSON, or a page to print when the file's name ends in .html."
    ),
    "Hitung ulang skor sebuah berkas kasus sampai bit terakhir; kode keluar 1 bila tidak sama.": (
        "Work out the score of a case file again to the last bit; exit code 1 when it is another."
    ),
    "Hapus isi butir yang sudah melewati masa simpan; angka tanpa isi tetap ada.": (
        "Erase items that are past the time of keeping; figures without content stay."
    ),
    "Hapus isi semua tindakan satu orang dan tindakan atas unggahannya.": (
        "Erase every act of a person, and every act on something of theirs."
    ),
    "Catatan jejak yang hanya dapat bertambah.": "The audit log, which can only grow.",
    "Periksa apakah catatan jejak utuh dan tabel masih sama dengan yang tercatat; kode keluar 1 bila tidak.": (
        "Check that the audit log is whole and the tables are as it says; exit code 1 when not."
    ),
    "Tulis jangkar: baris terakhir dan sidiknya. Simpan di luar komputer ini.": (
        "Write an anchor: the last row and its digest. Keep it outside of this computer."
    ),
    "Label dari para pemeriksa.": "Labels that reviewers gave.",
    "Tulis label sebagai JSONL yang dibaca `netra train`; pemeriksa tampil sebagai samaran.": (
        "Write labels as the JSONL that `netra train` reads; reviewers appear as pseudonyms."
    ),
    "Lihat dan pilih model.": "Look at models and choose one.",
    "Daftar bundel model; yang aktif bertanda *.": "List model bundles; the active one is marked *.",
    "Periksa bundel secara penuh dan tampilkan manifesnya.": "Check a bundle in full and show its manifest.",
    "Jadikan bundel yang aktif; ditolak tanpa laporan `netra challenge` bahwa ia tidak lebih buruk.": (
        "Make a bundle the active one; refused without a report of `netra challenge` that it is not worse."
    ),
    "Kembali ke model yang aktif sebelumnya, juga bila yang sekarang rusak.": (
        "Go back to the model that was active before, also when the present one is damaged."
    ),
    "Tampilkan kapan model mana diaktifkan dan alasannya; riwayat yang diubah orang ditolak.": (
        "Show which model was activated when and why; a history that somebody changed is refused."
    ),
    "Periksa dan lihat daftar pantau.": "Check watchlists and look at them.",
    "Periksa berkas, lalu laporkan sebutan yang dipakai bersama dan yang bermakna ganda.": (
        "Check files, then report aliases that are shared and ambiguous ones."
    ),
    "Daftar pemilihan: id, tingkat, wilayah, hari pemungutan suara, jumlah calon.": (
        "List elections: id, level, region, day of voting, number of contestants."
    ),
    "Tampilkan satu pemilihan, atau semua partai, dengan semua sebutannya.": (
        "Show one election, or all parties, with everything they are called."
    ),
    "Kunci API: buat, lihat, cabut.": "API keys: create, list, revoke.",
    "Buat kunci; hanya kuncinya yang ditulis ke keluaran baku, dan hanya sekali ini.": (
        "Create a key; only the key is written to standard output, and only this once."
    ),
    "Daftar kunci: id, keadaan, hak, berlaku sampai, nama. Kuncinya sendiri tidak tersimpan.": (
        "List keys: id, state, scopes, valid until, name. The keys themselves are not kept."
    ),
    "Cabut kunci untuk selamanya; berlaku di semua proses dalam beberapa detik.": (
        "Revoke a key for good; in force in every process within seconds."
    ),
    "Basis data Netra.": "Netra's database.",
    "Sesuaikan tabel basis data dengan versi program ini; SQLite menyesuaikan diri sendiri.": (
        "Bring the database's tables to this version of the program; SQLite does so by itself."
    ),
    "Tampilkan versi tabel basis data.": "Show the version of the database's tables.",
    # Options of several commands
    "Bantuan dan pesan dalam bahasa Inggris.": "Help and messages in English.",
    "Pesan dalam bahasa Inggris.": "Messages in English.",
    "Pesan galat dalam bahasa Inggris.": "Error messages in English.",
    "Berkas daftar pantau sendiri; hanya isinya yang dicocokkan. Boleh diulang.": (
        "A watchlist file of your own; nothing else is matched. May be repeated."
    ),
    "Berkas hasil; kosong: keluaran baku.": "File to write; without it: standard output.",
    "Berkas label peninjau (netra labels export).": "File of reviewers' labels (netra labels export).",
    "Id pemilihan atau wilayah pada daftar pantau.": "Id of an election, or a region, on the watchlists.",
    "Nama bundel penantang.": "Name of the challenger's bundle.",
    "Nama bundel.": "Name of the bundle.",
    "Nama bundel; kosong: yang aktif.": "Name of the bundle; without it: the active one.",
    "Nama kolom teks bila tidak ditemukan sendiri.": "Name of the text column where it is not found by itself.",
    "Semua angka sebagai JSON.": "All figures as JSON.",
    "Sertakan teks unggahan.": "With the texts of the posts.",
    "Sertakan teks.": "With the texts.",
    "Tampilkan versi.": "Show the version.",
    # score and classify
    "Berkas CSV, TSV, JSON, JSONL, Parquet, XLSX, .gz atau .zst.": (
        "Files: CSV, TSV, JSON, JSONL, Parquet, XLSX, .gz or .zst."
    ),
    "Berkas hasil; akhirannya menentukan format.": "File to write; its ending names the format.",
    "Buang pekerjaan yang terhenti, mulai lagi.": "Throw an unfinished run away and begin again.",
    "Cari calon dan partai yang disebut (kolom netra_entities).": (
        "Look for contestants and parties that are named (column netra_entities)."
    ),
    "Jumlah proses penilai; kosong: jumlah inti.": "Number of scoring processes; without it: one for each core.",
    "Lanjutkan pekerjaan yang terhenti.": "Go on with an unfinished run.",
    "Masukkan yang perlu diperiksa orang ke antrean.": "Put what people should look at into the queue.",
    "Paksa atau matikan tampilan kemajuan.": "Force the display of progress, or turn it off.",
    "Penjadwal Dask; masukan Parquet, hasil folder.": "Dask scheduler; inputs are Parquet, the output is a folder.",
    "Platform bila baris tidak menyebutnya, misalnya x.": "Platform where a row does not say it, such as x.",
    "Tindakan bila baris tidak menyebutnya: post, comment, share, like, follow.": (
        "Action where a row does not say it: post, comment, share, like, follow."
    ),
    "Tulis ringkasan JSON ke berkas ini.": "Write a summary as JSON to this file.",
    "Akun pemilik sasaran.": "Account of whoever wrote the target.",
    "Jawaban sebagai JSON.": "The answer as JSON.",
    "Jenis akun: pribadi, instansi, tidak_diketahui.": (
        "Kind of account: pribadi (a person's), instansi (an office's), tidak_diketahui (not known)."
    ),
    "Kata dalam gambar (OCR, teks alternatif).": "Words in the picture (OCR, alt text).",
    "Status kepegawaian: PNS, PPPK, tidak_diketahui.": (
        "Status of the civil servant: PNS, PPPK, tidak_diketahui (not known)."
    ),
    "Teks unggahan atau komentar; kosong untuk suka tanpa kata; - membacanya dari masukan baku.": (
        "Text of the post or comment; none for a like without words; - reads it from standard input."
    ),
    "Teks yang disukai, dibagikan, atau dikomentari.": "Text that was liked, shared or commented on.",
    "Tindakan: post, comment, share, like, follow.": "Action: post, comment, share, like, follow.",
    "Waktu tindakan, ISO 8601; menentukan tahap.": "Time of the act, ISO 8601; it settles the phase.",
    "Wilayah; berlaku bila pemilihan tidak diketahui.": "Region; it counts where the election is not known.",
    # Models
    "Alasan tertulis untuk melewati gerbang (paling sedikit 20 huruf); dicatat.": (
        "Written reason to pass over the gates (20 characters or more); it is kept."
    ),
    "Alasan; dicatat.": "The reason; it is kept.",
    "Berkas berlabel tambahan (CSV/JSONL); boleh diulang.": "Further labelled file (CSV/JSONL); may be repeated.",
    "Berkas berlabel yang dibekukan; boleh diulang.": "Labelled file that was put aside; may be repeated.",
    "Berkas unggahan tersimpan, apa pun formatnya.": "Stored files of posts, in any format.",
    "Berkas unggahan, format apa pun yang dibaca `netra score`.": "Files of posts, any format of `netra score`.",
    "CSV atau JSONL berlabel: text, label, sure, election, …": "Labelled CSV or JSONL: text, label, sure, election, …",
    "CSV baris yang berubah pita.": "CSV of the rows whose band changes.",
    "Kira-kira paling banyak butir yang dinilai.": "Most acts that are scored, about.",
    "Label peninjau (netra labels export).": "Labels of reviewers (netra labels export).",
    "Laporan lengkap sebagai JSON.": "The whole report as JSON.",
    "Nama versi bundel baru, mis. 2026.12.0.": "Name of the new bundle's version, such as 2026.12.0.",
    "Satu baris JSON per perubahan.": "One line of JSON for each change.",
    "Simpan acuan dari berkas ini (tanpa berkas: dari data/corpus).": (
        "Keep a reference made from these files (without any: from data/corpus)."
    ),
    # Review
    "Banyaknya butir.": "Number of items.",
    "Berkas kasus JSON dari `netra evidence`.": "Case file as JSON, from `netra evidence`.",
    "Dengan teks, atau id dan label saja.": "With texts, or ids and labels alone.",
    "Hanya hitung, jangan hapus.": "Count only, erase nothing.",
    "Id akun persis seperti dikirim; - untuk membacanya dari masukan baku.": (
        "Id of the account exactly as it was sent; - reads it from standard input."
    ),
    "Id butir.": "Id of the item.",
    "Jangkar URUTAN:SIDIK yang pernah dicatat.": "Anchor NUMBER:DIGEST that was written down before.",
    "Tandai butirnya agar dapat disaring di antrean.": "Mark the items so that the queue can be filtered by them.",
    "Umur dalam hari; kosong: NETRA_RETENTION_DAYS.": "Age in days; without it: NETRA_RETENTION_DAYS.",
    # Watchlists
    "Berkas YAML; kosong: daftar yang dipakai.": "YAML files; without any: the lists in use.",
    "Hanya tingkat ini: presiden, gubernur, bupati, wali kota, legislatif.": (
        "This level only: presiden, gubernur, bupati, wali kota, legislatif."
    ),
    "Hanya wilayah ini, mis. 'Kota Palu'.": "This region only, such as 'Kota Palu'.",
    "Id pemilihan, id lama, atau 'partai'.": "Id of an election, a former id, or 'partai' for the parties.",
    "Sebagai JSON, lengkap.": "As JSON, with everything.",
    # Keys and the service
    "Alamat yang didengarkan.": "Address to listen on.",
    "Butir dinilai per hari. 0: tanpa batas. Kosong: menurut pengaturan.": (
        "Acts scored a day. 0: no limit. Without it: as the settings say."
    ),
    "Hak, dipisah koma: classify, review, admin, metrics.": (
        "Scopes, separated by commas: classify, review, admin, metrics."
    ),
    "Id kunci, seperti pada `netra key list`.": "Id of the key, as in `netra key list`.",
    "Jumlah proses; kosong: satu per inti prosesor.": "Number of processes; without it: one for each core.",
    "Masa berlaku dalam hari.": "Days for which it is valid.",
    "Nomor porta.": "Number of the port.",
    "Permintaan per menit. 0: tanpa batas. Kosong: menurut pengaturan.": (
        "Requests a minute. 0: no limit. Without it: as the settings say."
    ),
    "Tulis kunci satu hari ke keluaran baku; hanya di komputer ini.": (
        "Write a key for one day to standard output; on this computer only."
    ),
    "Untuk siapa kunci ini.": "Whom this key is for.",
}
