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
MONITORING = ROOT / "deploy/kubernetes/components/monitoring"
# Databases and their users, which are named alike.
NO_METRICS = {"mpp_registry", "mpp_scheduling", "mpp_reporting", "mpp_SERVICE"}


def main(name, folder):
    files = sorted(pathlib.Path(folder).glob("*.yaml"))
    resources = [yaml.safe_load(file.read_text()) for file in files]
    rules = [
        pods_are_confined,
        servers_are_probed_and_drain,
        selectors_find_a_pod,
        pods_may_ask_for_names,
        ports_exist,
        secrets_are_in_the_readme,
        versions_agree,
        alerts_have_a_runbook_and_a_story,
        runbooks_serve_machines_too,
        metrics_are_those_that_there_are,
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
    """Deployments, Jobs and CronJobs with their pod template."""
    found = of_kind(resources, "Deployment", "Job")
    jobs = of_kind(resources, "CronJob")
    return [(workload, workload["spec"]["template"]) for workload in found] + [
        (job, job["spec"]["jobTemplate"]["spec"]["template"]) for job in jobs
    ]


def is_agent(workload):
    return workload["metadata"]["labels"].get("app.kubernetes.io/component") == "agent"


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
        if is_agent(server):
            yield from agent_is_alone_and_probed(server, pod)
            continue
        if pod.get("terminationGracePeriodSeconds", 30) <= DRAIN_SECONDS:
            yield f"{title(server)} is killed before its drain of {DRAIN_SECONDS} s has ended"
        if server["spec"]["strategy"].get("rollingUpdate", {}).get("maxUnavailable") != 0:
            yield f"{title(server)} has fewer replicas while it is rolled"
        for probe, path in paths.items():
            asked = pod["containers"][0].get(probe, {}).get("httpGet", {})
            if (asked.get("path"), asked.get("port")) != (path, "health"):
                yield f"{title(server)}: {probe} is not {path} on the port health"


def agent_is_alone_and_probed(agent, pod):
    """Its state is one file and its source has one session; nobody calls it, so it says all that is missing."""
    if agent["spec"]["replicas"] > 1 or agent["spec"]["strategy"] != {"type": "Recreate"}:
        yield f"{title(agent)} may run twice at once"
    paths = {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}
    for probe, path in paths.items():
        asked = pod["containers"][0].get(probe, {}).get("httpGet", {})
        if (asked.get("path"), asked.get("port")) != (path, "health"):
            yield f"{title(agent)}: {probe} is not {path} on the port health"


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


def pods_may_ask_for_names(resources):
    """Where a policy refuses all that no policy allows, one has to let each pod reach DNS."""
    policies = of_kind(resources, "NetworkPolicy")
    if not policies:
        return
    allowing = [
        policy["spec"]["podSelector"].get("matchLabels", {})
        for policy in policies
        for rule in policy["spec"].get("egress", [])
        if any(port.get("port") == 53 for port in rule.get("ports", []))
    ]
    for workload, template in workloads(resources):
        labels = template["metadata"]["labels"].items()
        if not any(selector.items() <= labels for selector in allowing):
            yield f"{title(workload)} may not ask for names: no policy allows it port 53"


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


def alerts_have_a_runbook_and_a_story(_):
    """Each alert has its page, each page its alert, and tests.yaml sees each fire and keep quiet."""
    rules = yaml.safe_load((MONITORING / "rules.yaml").read_text())["spec"]["groups"]
    alerts = [rule for group in rules for rule in group["rules"] if "alert" in rule]
    stories = yaml.safe_load((MONITORING / "tests.yaml").read_text())["tests"]
    seen = [(story["alertname"], bool(story["exp_alerts"])) for test in stories for story in test["alert_rule_test"]]
    pages = {f"deploy/runbooks/{path.name}" for path in (ROOT / "deploy/runbooks").glob("*.md")}
    for alert in alerts:
        name, page = alert["alert"], alert["annotations"].get("runbook")
        if page not in pages:
            yield f"alert {name}: there is no runbook {page}"
            continue
        text = (ROOT / page).read_text()
        for part in (f"# {name}\n", "**What it means.**", "## First look", "## Mend"):
            if part not in text:
                yield f"{page} lacks '{part.strip()}'"
        for fires in (True, False):
            if (name, fires) not in seen:
                yield f"alert {name}: no story in which it {'fires' if fires else 'keeps quiet'}"
    for page in sorted(pages - {alert["annotations"].get("runbook") for alert in alerts}):
        yield f"{page} is no alert's runbook"


def runbooks_serve_machines_too(_):
    """Each step that asks for Kubernetes says what it is on machines, which have none."""
    for path in sorted((ROOT / "deploy/runbooks").glob("*.md")):
        for line in path.read_text().splitlines():
            on_kubernetes, _, on_machines = line.partition(" On machines: ")
            if re.search(r"kubectl|Deployment|overlay|cert-manager", on_kubernetes) and not on_machines:
                yield f"{path.relative_to(ROOT)} has no 'On machines:' for: {line:.80}"
            if "kubectl" in on_machines:
                yield f"{path.relative_to(ROOT)} asks for kubectl on machines: {line:.80}"


def metrics_are_those_that_there_are(_):
    """What rules, dashboards and runbooks ask for stands in the reference, with its labels' names."""
    table = re.findall(r"^\| `.*$", (ROOT / "deploy/METRICS.md").read_text(), re.MULTILINE)
    known = {name for row in table for name in re.findall(r"`(\w+)`", row)}
    recorded = set()
    places = [MONITORING / "rules.yaml", *sorted(MONITORING.glob("dashboards/*.json"))]
    places += [*sorted((ROOT / "deploy/runbooks").glob("*.md")), ROOT / "deploy/README.md"]
    for place in places:
        text = place.read_text()
        recorded |= set(re.findall(r"record: (\S+)", text))
        for name in sorted(set(re.findall(r"\b(?:mpp:\w+:\w+|(?:mpp|rpc|db)_\w+)", text))):
            base = re.sub(r"_(bucket|sum|count)$", "", name)
            if name not in NO_METRICS and not {name, base} & (known | recorded):
                yield f"{place.relative_to(ROOT)} asks for {name}, which no server tells"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
