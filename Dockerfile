# syntax=docker/dockerfile:1
# One image per service: docker build --build-arg SERVICE=auth -t stackpro-auth .
# SERVICE is ai, auth, billing, gateway, messaging, provisioner, or sandbox (the emulators). The reference of the base image
# is kept in deploy/images.yaml. Packages come from where the builder's pip is configured to look; hand that file in with
# --secret id=pip,src=…/pip.conf where it is not pip's default.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ARG SERVICE
WORKDIR /build
COPY locks/ locks/
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    test -n "${SERVICE}" || { echo "Say which service: --build-arg SERVICE=auth" >&2; exit 1; }; \
    python -m venv --without-pip /opt/stackpro && \
    python -m pip --python /opt/stackpro/bin/python install \
        --quiet --no-cache-dir --no-deps --require-hashes -r "locks/${SERVICE}.lock"
COPY libs/ /opt/code/libs/
COPY services/ /opt/code/services/
COPY sandbox/ /opt/code/sandbox/
COPY cli/ /opt/code/cli/
RUN /opt/stackpro/bin/python -m compileall -q /opt/code /opt/stackpro/lib

FROM ${PYTHON_IMAGE}
ARG SERVICE
LABEL org.opencontainers.image.title="stackpro-${SERVICE}"
# Where volumes of the local forms of the ports are put; besides them and a tmpfs at /tmp nothing is written.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin stackpro && \
    install --directory --owner=stackpro --group=stackpro --mode=0750 \
        /var/lib/stackpro /var/lib/objects /var/lib/cloud /var/lib/machines
COPY --from=build /opt/stackpro /opt/stackpro
COPY --from=build /opt/code /opt/code
ENV PATH=/opt/stackpro/bin:${PATH} \
    PYTHONPATH=/opt/code \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /opt/code
USER 10001:10001
EXPOSE 8000
# For `serve`; whoever runs `work` or `migrate` turns it off, because neither listens.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
# Followed by `serve auth --host 0.0.0.0`, `work auth` or `migrate auth`.
ENTRYPOINT ["python", "-m", "cli"]
