"""The Kubernetes example: confined pods, probes that exist, Secrets by reference only."""

from __future__ import annotations

from typing import Any

import pytest
from deploykit import SECRET_FOLDER, SETTINGS, STATE, USER, dockerfile, is_pinned, kubernetes, pods
from typer.testing import CliRunner

from app import __version__, cli
from app.access.routes import OPEN

OBJECTS = kubernetes()
DEPLOYMENT = OBJECTS["Deployment", "netra"]["spec"]
POD: dict[str, Any] = DEPLOYMENT["template"]["spec"]
[NETRA] = POD["containers"]
PODS = {name: template["spec"] for name, template in pods().items()}
PROBES = {"startupProbe": "/health/live", "livenessProbe": "/health/live", "readinessProbe": "/health/ready"}


def test_everything_that_is_promised_is_there() -> None:
    kinds = {kind for kind, _ in OBJECTS}
    assert {"Deployment", "Service", "Ingress", "PodDisruptionBudget", "NetworkPolicy", "Job"} <= kinds


def test_there_is_no_secret_in_the_file() -> None:
    assert not any(kind == "Secret" for kind, _ in OBJECTS)


@pytest.mark.parametrize("name", sorted(PODS))
def test_secrets_are_files_by_reference(name: str) -> None:
    [volume] = [volume for volume in PODS[name]["volumes"] if "secret" in volume]
    assert set(volume["secret"]) == {"secretName", "defaultMode"}
    assert volume["secret"]["defaultMode"] == 0o440  # our group reads it, see fsGroup
    [container] = PODS[name]["containers"]
    [mount] = [mount for mount in container["volumeMounts"] if mount["name"] == volume["name"]]
    assert (mount["mountPath"], mount["readOnly"]) == (SECRET_FOLDER, True)


@pytest.mark.parametrize("name", sorted(PODS))
def test_pods_are_confined(name: str) -> None:
    pod, [container] = PODS[name], PODS[name]["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": USER,
        "runAsGroup": USER,
        "fsGroup": USER,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)


@pytest.mark.parametrize("name", sorted(PODS))
def test_images_are_pinned_to_this_version(name: str) -> None:
    [container] = PODS[name]["containers"]
    assert is_pinned(container["image"])
    assert container["image"].endswith(f"/netra:{__version__}")


@pytest.mark.parametrize("name", sorted(PODS))
def test_resources_are_set(name: str) -> None:
    [container] = PODS[name]["containers"]
    assert {kind: set(of) for kind, of in container["resources"].items()} == {
        "requests": {"cpu", "memory"},
        "limits": {"cpu", "memory"},
    }


@pytest.mark.parametrize("name", sorted(PODS))
def test_only_state_and_scratch_space_can_be_written_and_have_a_size(name: str) -> None:
    [container] = PODS[name]["containers"]
    volumes = {volume["name"]: volume for volume in PODS[name]["volumes"]}
    writable = {mount["mountPath"]: volumes[mount["name"]] for mount in container["volumeMounts"] if len(mount) == 2}
    assert set(writable) == {STATE, "/tmp"}
    assert all("sizeLimit" in volume["emptyDir"] for volume in writable.values())


def test_only_known_settings_are_set() -> None:
    settings = set(OBJECTS["ConfigMap", "netra-settings"]["data"])
    assert "NETRA_TRUSTED_HOSTS" in settings <= SETTINGS
    assert not {"NETRA_AUTH", "NETRA_SECRET_KEY", "NETRA_DATABASE_URL"} & settings
    assert NETRA["envFrom"] == [{"configMapRef": {"name": "netra-settings"}}]
    assert not any("env" in container for pod in PODS.values() for container in pod["containers"])


@pytest.mark.parametrize(("probe", "path"), PROBES.items())
def test_probes_ask_routes_that_are_open(probe: str, path: str) -> None:
    assert NETRA[probe]["httpGet"] == {"path": path, "port": "http"}
    assert f"GET {path}" in OPEN


def test_ports_fit_together() -> None:
    [exposed] = [one.text for one in dockerfile() if one.name == "EXPOSE"]
    assert NETRA["ports"] == [{"name": "http", "containerPort": int(exposed)}]
    [port] = OBJECTS["Service", "netra"]["spec"]["ports"]
    assert port["targetPort"] == "http"
    [rule] = OBJECTS["Ingress", "netra"]["spec"]["rules"]
    assert rule["http"]["paths"][0]["backend"]["service"] == {"name": "netra", "port": {"name": port["name"]}}


def test_the_ingress_ends_tls_under_a_trusted_name() -> None:
    ingress = OBJECTS["Ingress", "netra"]["spec"]
    [tls], [rule] = ingress["tls"], ingress["rules"]
    trusted = OBJECTS["ConfigMap", "netra-settings"]["data"]["NETRA_TRUSTED_HOSTS"].split(",")
    assert tls["hosts"] == [rule["host"]]
    assert rule["host"] in trusted


def test_one_pod_always_answers() -> None:
    assert DEPLOYMENT["replicas"] >= 2
    assert DEPLOYMENT["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert OBJECTS["PodDisruptionBudget", "netra"]["spec"]["minAvailable"] == 1
    assert NETRA["lifecycle"]["preStop"]["exec"]["command"][0] == "sleep"
    assert POD["terminationGracePeriodSeconds"] >= 60


@pytest.mark.parametrize(
    ("kind", "name"), [("Service", "netra"), ("PodDisruptionBudget", "netra"), ("NetworkPolicy", "netra")]
)
def test_what_is_about_the_pods_finds_them(kind: str, name: str) -> None:
    spec = OBJECTS[kind, name]["spec"]
    wanted = spec.get("selector") or spec.get("podSelector")
    labels = DEPLOYMENT["template"]["metadata"]["labels"]
    assert (wanted.get("matchLabels") or wanted).items() <= labels.items()
    assert DEPLOYMENT["selector"]["matchLabels"].items() <= labels.items()


def test_traffic_is_closed_but_for_what_is_named() -> None:
    inwards, out = (OBJECTS["NetworkPolicy", name]["spec"] for name in ("netra", "netra-out"))
    assert (inwards["policyTypes"], out["policyTypes"]) == (["Ingress"], ["Egress"])
    assert all(rule["from"] for rule in inwards["ingress"])
    assert all(rule["to"] for rule in out["egress"])
    assert {port["port"] for rule in out["egress"] for port in rule["ports"]} == {53, 5432}
    for template in pods().values():
        assert out["podSelector"]["matchLabels"].items() <= template["metadata"]["labels"].items()


def test_the_job_is_not_mistaken_for_a_replica() -> None:
    labels = pods()["netra-db-upgrade"]["metadata"]["labels"]
    assert not DEPLOYMENT["selector"]["matchLabels"].items() <= labels.items()


def test_the_job_runs_a_command_there_is() -> None:
    [container] = PODS["netra-db-upgrade"]["containers"]
    assert CliRunner().invoke(cli.app, [*container["args"], "--help"]).exit_code == 0
