"""The file path: read any scraped file, score it in chunks, write it back with Netra's columns appended.

``run.score_files`` is the whole of it on one machine, ``cluster.score_on_cluster`` on many, ``partition.score_frame``
inside somebody else's program; every error they raise is one of the tree at the top of ``errors``.
"""
