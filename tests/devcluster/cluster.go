package main

import (
	"fmt"
	"path/filepath"
	"strconv"
)

const (
	serviceCIDR = "10.96.0.0/16"
	podCIDR     = "10.128.0.0/9" // one pool for all simulated nodes: a /24 each would end at 254 pods
)

// auditPolicy: who asked for what, once a request is answered. Tests count the writes of the operator in it.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
`

// cluster is what the components have to know of each other.
type cluster struct {
	dir  string // absolute
	port int    // of the API server
	etcd int    // port
	peer int    // port of etcd for other members
	opts *options
}

func (c *cluster) server() string         { return fmt.Sprintf("https://127.0.0.1:%d", c.port) }
func (c *cluster) etcdURL() string        { return fmt.Sprintf("http://127.0.0.1:%d", c.etcd) }
func (c *cluster) path(f string) string   { return filepath.Join(c.dir, f) }
func (c *cluster) pki(f string) string    { return filepath.Join(c.dir, "pki", f) }
func (c *cluster) config(n string) string { return c.pki(n + ".kubeconfig") }

func (c *cluster) etcdArgs() []string {
	return []string{
		"--data-dir=" + c.path("etcd"),
		"--listen-client-url=" + c.etcdURL(),
		fmt.Sprintf("--listen-peer-url=http://127.0.0.1:%d", c.peer),
	}
}

func (c *cluster) apiserverArgs() []string {
	return append([]string{
		"--etcd-servers=" + c.etcdURL(),
		"--bind-address=127.0.0.1",
		"--secure-port=" + strconv.Itoa(c.port),
		"--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none", // endpoints cannot be loopback addresses
		"--service-cluster-ip-range=" + serviceCIDR,
		"--kubelet-preferred-address-types=InternalIP", // that of a simulated node refuses; its name would be looked up
		"--allow-privileged=true",
		"--profiling=false",
		"--v=" + strconv.Itoa(c.opts.verbosity),

		"--client-ca-file=" + c.pki("ca.crt"),
		"--tls-cert-file=" + c.pki("apiserver.crt"), "--tls-private-key-file=" + c.pki("apiserver.key"),
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=" + c.pki("sa.pub"), "--service-account-signing-key-file=" + c.pki("sa.key"),
		"--requestheader-client-ca-file=" + c.pki("front-proxy-ca.crt"),
		"--requestheader-allowed-names=front-proxy-client",
		"--requestheader-username-headers=X-Remote-User",
		"--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--proxy-client-cert-file=" + c.pki("front-proxy-client.crt"),
		"--proxy-client-key-file=" + c.pki("front-proxy-client.key"),

		"--anonymous-auth=false",
		"--authorization-mode=Node,RBAC",
		// The second one as on OpenShift: who sets blockOwnerDeletion must be allowed to update the owner's finalizers.
		"--enable-admission-plugins=NodeRestriction,OwnerReferencesPermissionEnforcement",

		"--audit-policy-file=" + c.path("audit-policy.yaml"),
		"--audit-log-path=" + c.path("audit.log"),
		"--audit-log-format=json",
		"--audit-log-mode=blocking",    // a request is in the log when it is answered
		"--audit-log-maxsize=10000000", // MB: never rotate, or a reader would miss lines
	}, c.opts.apiserverArgs...)
}

func (c *cluster) controllerManagerArgs() []string {
	return append([]string{
		"--kubeconfig=" + c.config("kube-controller-manager"),
		"--secure-port=0",
		"--leader-elect=false",
		"--profiling=false",
		"--v=" + strconv.Itoa(c.opts.verbosity),
		"--kube-api-qps=1000", "--kube-api-burst=2000", // with the default (20, 30) it starts 4 s later and is slow
		"--use-service-account-credentials=true",
		"--service-account-private-key-file=" + c.pki("sa.key"),
		"--root-ca-file=" + c.pki("ca.crt"),
		"--cluster-signing-cert-file=" + c.pki("ca.crt"), "--cluster-signing-key-file=" + c.pki("ca.key"),
		"--flex-volume-plugin-dir=" + c.path("flexvolume"), // it makes this; the default is a system directory
	}, c.opts.controllerManagerArgs...)
}

func (c *cluster) schedulerArgs() []string {
	return append([]string{
		"--kubeconfig=" + c.config("kube-scheduler"),
		"--secure-port=0",
		"--leader-elect=false",
		"--profiling=false",
		"--v=" + strconv.Itoa(c.opts.verbosity),
		"--kube-api-qps=1000", "--kube-api-burst=2000",
	}, c.opts.schedulerArgs...)
}

func (c *cluster) kwokArgs() []string {
	return []string{
		"--kubeconfig=" + c.config("kwok"),
		"--config=" + c.path("kwok.yaml"),
		"--manage-all-nodes=false",
		"--manage-nodes-with-annotation-selector=" + simulatedNode + "=fake",
		"--cidr=" + podCIDR,
		// No leases: a KWOK that starts anew would leave the nodes alone until the lease of the old one ended.
		"--node-lease-duration-seconds=0",
	}
}

func (c *cluster) provisionerArgs() []string {
	return []string{"--kubeconfig=" + c.config("pv-provisioner")}
}
