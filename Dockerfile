# The hub as one image: API, pages and the in-process worker. Built in two stages, so that neither uv, Node nor
# a compiler is in what runs. The pages' assets are made by the package build itself (hatch_build.py).

FROM python:3.12-slim AS build
ENV UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/app
RUN pip install --no-cache-dir "uv>=0.8"
WORKDIR /src
# What others wrote changes seldom: its layer is kept until the lock file changes.
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-dev --no-install-project
COPY README.md LICENSE hatch_build.py ./
COPY planning planning
COPY schemas schemas
COPY mappings mappings
COPY partners partners
COPY hub hub
RUN uv sync --locked --no-dev --no-editable

FROM python:3.12-slim
# The data is the hub's alone. Partners' folders have a root of their own, which accounts may pass and not look into.
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/hub hub \
    && install -d -o hub -g hub -m 0700 /var/lib/hub && install -d -o hub -g hub -m 0711 /var/lib/hub-folders
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1 HUB_DATA=/var/lib/hub HUB_FOLDERS=/var/lib/hub-folders
USER hub
WORKDIR /var/lib/hub
VOLUME /var/lib/hub /var/lib/hub-folders
EXPOSE 8000
# Ready means: the database answers and its schema is the one this code wants.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["hub"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
