"""The file path: read any scraped file, score it in chunks, write it back with Netra's columns appended.

``run.score_files`` is the whole of it; every error it raises is one of the tree at the top of ``errors``.
"""
