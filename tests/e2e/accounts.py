"""A second account with the operator's rights, so that the audit log tells who of two operators wrote."""

from cluster import ACCOUNT, KINDS, check
from state import Audit

RBAC = "rbac.authorization.k8s.io"
NAMESPACE = ACCOUNT[0]
OTHER = "devmachine-operator-b"
KINDS["Lease"] = ("/apis/coordination.k8s.io/v1", "leases", True)
KINDS["RoleBinding"] = (f"/apis/{RBAC}/v1", "rolebindings", True)


def bind(api, ns, kind, role):
    api.create({
        "apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": {"name": OTHER},
        "roleRef": {"apiGroup": RBAC, "kind": kind.removesuffix("Binding"), "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": OTHER, "namespace": NAMESPACE}],
    }, ns)


def make(cluster):
    """[(kubeconfig, Audit)] of the operator's own account and the second one."""
    cluster.api.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": OTHER}}, NAMESPACE)
    bind(cluster.api, None, "ClusterRoleBinding", ACCOUNT[1])
    bind(cluster.api, NAMESPACE, "RoleBinding", f"{ACCOUNT[1]}-leases")
    other = cluster.directory / "other.kubeconfig"
    check(
        *(cluster.binary, "kubeconfig", "--dir", cluster.directory, "--ttl", "6h"),
        *("--service-account", f"{NAMESPACE}/{OTHER}", "-o", other),
    )
    return [
        (cluster.operator, Audit(cluster.directory)),
        (other, Audit(cluster.directory, f"system:serviceaccount:{NAMESPACE}:{OTHER}")),
    ]
