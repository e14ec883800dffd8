"""The image and the compose file keep their promises as far as a machine without an engine can see."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.project.checkout import ROOT


def _services() -> dict[str, Any]:
    composed = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    services: dict[str, Any] = composed["services"]
    declared = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert declared == set(composed["volumes"])
    return services


def test_the_web_waits_for_a_healthy_database_and_every_server_states_its_health() -> None:
    services = _services()
    assert services["web"]["depends_on"]["database"] == {"condition": "service_healthy"}
    assert services["web"]["depends_on"]["upgrade"] == {"condition": "service_completed_successfully"}
    servers = [service for service in services.values() if service.get("image") != "contract-hub"]
    assert all("healthcheck" in service for service in servers)
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_there_is_no_default_secret() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    passwords = re.findall(r"\$\{(\w*PASSWORD\w*)(:?[-?]?)", text)
    assert passwords
    assert all(how == ":?" for _, how in passwords), passwords


def test_the_web_runs_on_that_postgresql() -> None:
    services = _services()
    url = services["web"]["environment"]["HUB_DATABASE_URL"]
    assert url.startswith("postgresql://")
    assert url.endswith("@database/hub")
    assert services["database"]["environment"]["POSTGRES_DB"] == "hub"


def test_the_image_does_not_run_as_root_and_copies_only_what_is_there() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    users = [line for line in lines if line.startswith("USER ")]
    assert users == ["USER hub"]
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    missing = [name for names in copied for name in names if not (ROOT / name).exists()]
    assert not missing
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert all(f"!{name}" in allowed for names in copied for name in names)
