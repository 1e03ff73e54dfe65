# Build: what needs the network and write access, so that nothing of either is left in the image that runs.
FROM python:3.11-slim-bookworm AS build
# Hash-locked wheels only: a package that would have to be compiled fails here. The environment gets no pip of its own.
WORKDIR /build
COPY requirements/runtime.txt requirements/runtime.txt
RUN python -m venv --without-pip /opt/netra \
 && pip --python /opt/netra/bin/python install --no-cache-dir --disable-pip-version-check \
      --only-binary :all: --require-hashes -r requirements/runtime.txt
# Our own tree: what answers needs, and neither the corpus nor training nor tests.
WORKDIR /srv/netra
COPY app app
COPY data/console data/console
COPY data/lexicon data/lexicon
COPY data/rules data/rules
COPY data/watchlists data/watchlists
COPY models models
COPY deploy/netra /opt/netra/bin/netra
# Compiled here, as the service cannot write. Modes are set here, as those of a checkout depend on who checked out.
RUN python -m compileall -q --invalidation-mode unchecked-hash app \
 && chmod -R u=rwX,go=rX /srv/netra \
 && chmod 0755 /opt/netra/bin/netra

# Run: the interpreter, the installed libraries and our tree, all of them root's; no compiler, no installer.
FROM python:3.11-slim-bookworm
# A user without a shell owns nothing but the state folder. The number is fixed: volumes and policies refer to it.
RUN groupadd --system --gid 10001 netra \
 && useradd --system --uid 10001 --gid 10001 --home-dir /nonexistent --no-create-home \
      --shell /usr/sbin/nologin netra \
 && install -d -o netra -g netra -m 0700 /var/lib/netra \
 && pip uninstall --yes --quiet --root-user-action ignore pip setuptools wheel
COPY --from=build /opt/netra /opt/netra
COPY --from=build /srv/netra /srv/netra
WORKDIR /srv/netra
ENV PATH=/opt/netra/bin:$PATH \
    PYTHONPATH=/srv/netra \
    PYTHONDONTWRITEBYTECODE=1 \
    NETRA_STATE_DIR=/var/lib/netra \
    NETRA_MODELS_DIR=/srv/netra/models \
    NETRA_BEHIND_TLS_PROXY=yes
# NETRA_BEHIND_TLS_PROXY above: a container has to listen beyond loopback, so whoever publishes its port puts a proxy
# with TLS in front and names it in NETRA_TRUSTED_HOSTS. Every request needs a key: `netra key create`.
USER 10001:10001
EXPOSE 8000
# The check asks the same question as an orchestrator: can this process answer with a model it trusts?
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["python", "-c", \
  "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=2)"]
ENTRYPOINT ["netra"]
# Two processes, not one per processor: a container sees the processors of its host, not its share of them.
CMD ["serve", "--host", "0.0.0.0", "--port", "8000", "--workers", "2"]
