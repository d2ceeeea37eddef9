"""What torture does to custom resources: install, redeploy, stop, start, repair, roll back, uninstall, change of mind."""

import copy

from bundles import claim, config_map, deployment, obj, service, stateful_set
from cluster import load

# A redeploy to this many cores gets through every dry-run, and its Deployment is refused when it is created after all.
REFUSED_CPU = "7"
POLICY = "torture-refuses"


def make_policy(api):
    """Refuses what no dry-run foretells, as a quota does that only shows once all is there."""
    api.create(obj("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", POLICY, spec={
        "matchConstraints": {"resourceRules": [{
            "apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["deployments"],
        }]},
        "validations": [{
            "expression": "(has(request.dryRun) && request.dryRun) || !object.spec.template.spec.containers.exists(c,"
                          " has(c.resources) && has(c.resources.limits) && 'cpu' in c.resources.limits"
                          f" && string(c.resources.limits['cpu']) == '{REFUSED_CPU}')",
            "message": "too many cores",
        }],
    }))
    api.create(obj("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", POLICY, spec={
        "policyName": POLICY, "validationActions": ["Deny"],
    }))


class DevMachines:
    """How to make a DevMachine, and to change it."""

    kind = "DevMachine"

    @staticmethod
    def create(m, **spec):
        cr = load("config/samples/devmachine.yaml")
        cr["metadata"]["name"] = m.name
        # Little memory: a node of the cluster has room for a whole batch.
        cr["spec"].update({"ingressDomain": f"{m.name}.example.com", "memory": "1Gi", **spec})
        if "template" in spec:
            preset = copy.deepcopy(load("charts/devmachine/presets/vscode-cpu.yaml"))
            cr["spec"]["template"] = f"{m.ns}-{m.name}"
            m.api.create({
                "apiVersion": "ide.example.com/v1alpha1",
                "kind": "DevMachineTemplate",
                "metadata": {"name": f"{m.ns}-{m.name}"},
                "spec": {"displayName": "template", "values": preset},
            })
        m.api.create(cr, m.ns)

    @staticmethod
    def change_template(m):
        values = {"env": [{"name": "CHANGED", "value": "yes"}]}
        m.api.patch("DevMachineTemplate", None, f"{m.ns}-{m.name}", {"spec": {"values": values}})

    redeploy = staticmethod(lambda m: m.edit(cpu=3))
    redeploy_stopped = staticmethod(lambda m: m.edit(cpu=3, stopped=True))
    back = staticmethod(lambda m: m.edit(cpu=2))
    refuse = staticmethod(lambda m: m.edit(cpu=int(REFUSED_CPU)))


class Bundles:
    """The same of a Bundle, which holds data in every way."""

    kind = "Bundle"

    @staticmethod
    def spec_of(m, text="1", cpu="1", stopped=False):
        limits = {"resources": {"limits": {"cpu": cpu}, "requests": {"cpu": "10m"}}}
        keep = {"annotations": {"helm.sh/resource-policy": "keep"}}
        workload = deployment(m.name)
        workload["spec"]["template"]["spec"]["containers"][0].update(limits)
        database = stateful_set(name=m.name)
        database["spec"]["selector"]["matchLabels"]["app"] = f"{m.name}-db"
        database["spec"]["template"]["metadata"]["labels"]["app"] = f"{m.name}-db"
        return {"stopped": stopped, "objects": [
            config_map(m.name, text=text),
            obj("v1", "Secret", f"{m.name}-made", metadata={"annotations": {"ide.example.com/generate": "password"}}),
            {**claim(f"{m.name}-kept"), "metadata": {"name": f"{m.name}-kept", **keep}},
            claim(f"{m.name}-own"),
            service(m.name),
            workload,
            database,
        ]}

    @classmethod
    def create(cls, m, **spec):
        m.api.create({
            "apiVersion": "test.example.com/v1", "kind": "Bundle", "metadata": {"name": m.name},
            "spec": cls.spec_of(m, **spec),
        }, m.ns)

    redeploy = classmethod(lambda cls, m: m.edit(**cls.spec_of(m, text="2")))
    refuse = classmethod(lambda cls, m: m.edit(**cls.spec_of(m, text="2", cpu=REFUSED_CPU)))


class Scenario:
    """
    What is done to a custom resource of a kind that was made with spec (None: it is not there before), its phase before
    and after, and the kind of an object that becomes another one. What has a change of mind, then, is only ever killed:
    it is done before another operator starts, and all is to be as in the scenario `like`.
    """

    def __init__(self, kind, change, spec, before, after, replaced=None, then=None, like=None):
        self.kind, self.change, self.spec, self.before, self.after = kind, change, spec, before, after
        self.replaced, self.then, self.like = replaced, then, like


def stop(m):
    m.edit(stopped=True)


def start(m):
    m.edit(stopped=False)


def uninstall(m):
    m.delete()


def delete_by_hand(kind):
    return lambda m: m.api.delete(kind, m.ns, m.name)


def edit_by_hand(kind, **patch):
    return lambda m: m.api.patch(kind, m.ns, m.name, patch)


D, B = DevMachines, Bundles
SCENARIOS = {
    "install": Scenario(D, D.create, None, None, "Running"),
    "redeploy": Scenario(D, D.redeploy, {}, "Running", "Running", "Deployment"),
    "stop": Scenario(D, stop, {}, "Running", "Stopped"),
    "start": Scenario(D, start, {"stopped": True}, "Stopped", "Running"),
    "redeploy-stopped": Scenario(D, D.redeploy_stopped, {}, "Running", "Stopped", "Deployment"),
    "repair": Scenario(D, delete_by_hand("Deployment"), {}, "Running", "Running", "Deployment"),
    "drift": Scenario(D, edit_by_hand("Deployment", spec={"paused": True}), {}, "Running", "Running"),
    "rollback": Scenario(D, D.refuse, {}, "Running", "Running", "Deployment"),
    "template": Scenario(D, D.change_template, {"template": None}, "Running", "Running", "Deployment"),
    "uninstall": Scenario(D, uninstall, {}, "Running", None),
    "data-install": Scenario(B, B.create, None, None, "Running"),
    "data-redeploy": Scenario(B, B.redeploy, {}, "Running", "Running", "StatefulSet"),
    "data-stop": Scenario(B, stop, {}, "Running", "Stopped"),
    "data-start": Scenario(B, start, {"stopped": True}, "Stopped", "Running"),
    "data-repair": Scenario(B, delete_by_hand("Service"), {}, "Running", "Running", "Service"),
    "data-drift": Scenario(B, edit_by_hand("ConfigMap", data={"text": "9"}), {}, "Running", "Running"),
    "data-drift-replaced": Scenario(B, edit_by_hand("ConfigMap", immutable=True), {}, "Running", "Running", "ConfigMap"),
    "data-rollback": Scenario(B, B.refuse, {}, "Running", "Running", "StatefulSet"),
    "data-uninstall": Scenario(B, uninstall, {}, "Running", None),
}
MINDS = {
    "install-then-delete": Scenario(D, D.create, None, None, None, then=uninstall, like="uninstall"),
    "install-then-change": Scenario(D, D.create, None, None, "Running", then=D.redeploy, like="redeploy"),
    "redeploy-then-back": Scenario(D, D.redeploy, {}, "Running", "Running", then=D.back, like="install"),
    "redeploy-then-stop": Scenario(D, D.redeploy, {}, "Running", "Stopped", then=stop, like="redeploy-stopped"),
    "redeploy-then-delete": Scenario(D, D.redeploy, {}, "Running", None, then=uninstall, like="uninstall"),
    "stop-then-delete": Scenario(D, stop, {}, "Running", None, then=uninstall, like="uninstall"),
    "stop-then-start": Scenario(D, stop, {}, "Running", "Running", then=start, like="install"),
    "rollback-then-back": Scenario(D, D.refuse, {}, "Running", "Running", then=D.back, like="install"),
    "rollback-then-delete": Scenario(D, D.refuse, {}, "Running", None, then=uninstall, like="uninstall"),
    "data-redeploy-then-delete": Scenario(B, B.redeploy, {}, "Running", None, then=uninstall, like="data-uninstall"),
}
