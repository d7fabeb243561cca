"""Rules that rendered manifests must keep and that no schema can see.

    deploy/rules.py NAME FOLDER      FOLDER holds one file for each resource

Names that one resource gives another must exist, what the README says to create must be what
the pods ask for, and all versions must be that of Cargo.toml.
"""

import pathlib
import re
import sys
import tomllib

import yaml

ROOT = pathlib.Path(__file__).parent.parent
DRAIN_SECONDS = 25


def main(name, folder):
    files = sorted(pathlib.Path(folder).glob("*.yaml"))
    resources = [yaml.safe_load(file.read_text()) for file in files]
    rules = [
        pods_are_confined,
        servers_are_probed_and_drain,
        selectors_find_a_pod,
        ports_exist,
        secrets_are_in_the_readme,
        versions_agree,
        alerts_ask_for_what_there_is,
    ]
    faults = [fault for rule in rules for fault in rule(resources)]
    for fault in faults:
        print(f"{name}: {fault}")
    if not faults:
        print(f"{name}: keeps all {len(rules)} rules")
    return 1 if faults else 0


def of_kind(resources, *kinds):
    return [resource for resource in resources if resource["kind"] in kinds]


def title(resource):
    return f"{resource['kind']} {resource['metadata']['name']}"


def workloads(resources):
    """Deployments and Jobs with their pod template."""
    found = of_kind(resources, "Deployment", "Job")
    return [(workload, workload["spec"]["template"]) for workload in found]


def pods_are_confined(resources):
    for workload, template in workloads(resources):
        pod = template["spec"]
        asked = pod.get("securityContext", {})
        if not asked.get("runAsNonRoot") or asked.get("runAsUser") == 0:
            yield f"{title(workload)} may run as root"
        if asked.get("seccompProfile", {}).get("type") != "RuntimeDefault":
            yield f"{title(workload)} lacks the seccomp profile RuntimeDefault"
        if pod.get("automountServiceAccountToken") is not False:
            yield f"{title(workload)} is given a token of the Kubernetes API"
        for container in pod["containers"]:
            own = container.get("securityContext", {})
            if not own.get("readOnlyRootFilesystem"):
                yield f"{title(workload)} can write to its root"
            if own.get("allowPrivilegeEscalation") is not False:
                yield f"{title(workload)} may gain privileges"
            if own.get("capabilities", {}).get("drop") != ["ALL"]:
                yield f"{title(workload)} keeps capabilities"
            if "memory" not in container.get("resources", {}).get("limits", {}):
                yield f"{title(workload)} has no limit of memory"


def servers_are_probed_and_drain(resources):
    paths = {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz/read"}
    for server in of_kind(resources, "Deployment"):
        pod = server["spec"]["template"]["spec"]
        if pod.get("terminationGracePeriodSeconds", 30) <= DRAIN_SECONDS:
            yield f"{title(server)} is killed before its drain of {DRAIN_SECONDS} s has ended"
        if server["spec"]["strategy"].get("rollingUpdate", {}).get("maxUnavailable") != 0:
            yield f"{title(server)} has fewer replicas while it is rolled"
        for probe, path in paths.items():
            asked = pod["containers"][0].get(probe, {}).get("httpGet", {})
            if (asked.get("path"), asked.get("port")) != (path, "health"):
                yield f"{title(server)}: {probe} is not {path} on the port health"


def selectors_find_a_pod(resources):
    labels = [template["metadata"]["labels"] for _, template in workloads(resources)]
    selectors = [(service, service["spec"]["selector"]) for service in of_kind(resources, "Service")]
    for kind, field in [("PodDisruptionBudget", "selector"), ("NetworkPolicy", "podSelector")]:
        for resource in of_kind(resources, kind):
            selectors.append((resource, resource["spec"][field].get("matchLabels", {})))
    for resource, selector in selectors:
        if any(key.startswith("cnpg.io/") for key in selector):
            continue  # pods that another operator makes
        if not any(selector.items() <= pod.items() for pod in labels):
            yield f"{title(resource)} selects no pod: {selector}"


def ports_exist(resources):
    known = {}
    for workload, template in workloads(resources):
        ports = template["spec"]["containers"][0].get("ports", [])
        name = template["metadata"]["labels"]["app.kubernetes.io/name"]
        known[name] = {port["name"] for port in ports}
    for service in of_kind(resources, "Service"):
        for port in service["spec"]["ports"]:
            behind = known.get(service["spec"]["selector"].get("app.kubernetes.io/name"), set())
            if port["targetPort"] not in behind:
                yield f"{title(service)} leads to the port {port['targetPort']}, which no pod has"
    for ingress in of_kind(resources, "Ingress"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                yield from backend_exists(resources, ingress, path["backend"]["service"])


def backend_exists(resources, ingress, wanted):
    services = of_kind(resources, "Service")
    ports = {s["metadata"]["name"]: [p["name"] for p in s["spec"]["ports"]] for s in services}
    if wanted["port"]["name"] not in ports.get(wanted["name"], []):
        yield f"{title(ingress)} leads to {wanted['name']}, which has no port {wanted['port']['name']}"


def secrets_are_in_the_readme(resources):
    """What pods ask for is either rendered here or created as the README says."""
    readme = (ROOT / "deploy/README.md").read_text()
    rendered = {r["metadata"]["name"] for r in of_kind(resources, "ConfigMap", "Secret")}
    for workload, template in workloads(resources):
        for name in sorted(set(references(template["spec"])) - rendered):
            if f"`{name}`" not in readme:
                yield f"{title(workload)} asks for {name}, which deploy/README.md does not create"


def references(pod):
    for volume in pod.get("volumes", []):
        if "secret" in volume:
            yield volume["secret"]["secretName"]
        if "configMap" in volume:
            yield volume["configMap"]["name"]
    for container in pod["containers"]:
        for source in container.get("envFrom", []):
            yield next(iter(source.values()))["name"]
        for variable in container.get("env", []):
            for kind, source in variable.get("valueFrom", {}).items():
                if kind in ("secretKeyRef", "configMapKeyRef"):
                    yield source["name"]


def versions_agree(resources):
    version = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    for workload, template in workloads(resources):
        tag = template["spec"]["containers"][0]["image"].rpartition(":")[2]
        if tag != version:
            yield f"{title(workload)} runs the image {tag}, but Cargo.toml says {version}"
    ending = "-" + re.sub(r"[^a-z0-9]+", "-", version.lower())
    for job in of_kind(resources, "Job"):
        if not job["metadata"]["name"].endswith(ending):
            yield f"{title(job)} should end in {ending}: a new release needs new Jobs"


def alerts_ask_for_what_there_is(_):
    """An alert has a runbook in the README, and its metrics stand in the code."""
    readme = (ROOT / "deploy/README.md").read_text()
    headings = re.findall(r"^###? (.+)$", readme, re.MULTILINE)
    anchors = {f"deploy/README.md#{re.sub('[^a-z0-9]+', '-', text.lower())}" for text in headings}
    code = "".join(path.read_text() for path in ROOT.glob("*/*/src/**/*.rs"))
    rules = yaml.safe_load((ROOT / "deploy/alerts.yaml").read_text())["groups"]
    for alert in [rule for group in rules for rule in group["rules"]]:
        if alert["annotations"].get("runbook") not in anchors:
            yield f"alert {alert['alert']}: its runbook is not in deploy/README.md"
        for metric in re.findall(r"\bmpp_\w+", alert["expr"]):
            name = metric.removesuffix("_total").replace("_", "[._]")
            if not re.search(f'"{name}"', code):
                yield f"alert {alert['alert']} asks for {metric}, which no server exports"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
