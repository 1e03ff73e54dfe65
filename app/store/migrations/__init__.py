"""How the tables came to be; Alembic runs ``env.py``."""
