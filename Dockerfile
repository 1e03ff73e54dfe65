# Build: compile nothing for ourselves, only install the hash-locked wheels into a folder of their own.
FROM python:3.11-slim-bookworm AS build
WORKDIR /srv/netra
COPY requirements/runtime.txt requirements/runtime.txt
RUN python -m venv /opt/netra \
 && /opt/netra/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/runtime.txt

# Run: the interpreter, the installed libraries, our code, data and models; no compiler, no tests, no training labels.
FROM python:3.11-slim-bookworm
# A user without a shell owns nothing but the state folder: code, data and models are not writable by the service.
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin netra \
 && install -d -o netra -g netra /var/lib/netra
COPY --from=build /opt/netra /opt/netra
WORKDIR /srv/netra
COPY app app
COPY data/lexicon data/lexicon
COPY data/watchlists data/watchlists
COPY models models
ENV PATH=/opt/netra/bin:$PATH \
    PYTHONPATH=/srv/netra \
    PYTHONDONTWRITEBYTECODE=1 \
    NETRA_STATE_DIR=/var/lib/netra \
    NETRA_MODELS_DIR=/srv/netra/models
USER netra
EXPOSE 8000
# The check asks the same question as an orchestrator: can this process answer with a model it trusts?
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "-c", \
  "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=2)"]
CMD ["python", "-m", "app.cli", "serve", "--host", "0.0.0.0", "--port", "8000"]
