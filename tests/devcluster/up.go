package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"k8s.io/component-base/version"
)

const upAbout = `
Starts etcd, kube-apiserver, kube-controller-manager, kube-scheduler, KWOK with simulated nodes and a provisioner of
PersistentVolumes, on free ports of 127.0.0.1. Prints a line "ready ..." when pods can be scheduled, and runs until
SIGTERM, SIGINT or "devcluster down". A component that ends is started again. The data of an earlier run in the
same directory is used again.

In the directory: kubeconfig (administrator), ready (exists while the cluster is ready), server (URL), pki/,
audit.log (a line of JSON for each request), logs/ and NAME.pid of each component.`

// options are the flags of up.
type options struct {
	dir                                                 string
	nodes, port, verbosity                              int
	crds                                                listFlag
	fresh, detach                                       bool
	noScheduler, noControllerManager, noProvisioner     bool
	timeout                                             time.Duration
	readyFD                                             int
	apiserverArgs, controllerManagerArgs, schedulerArgs listFlag
}

func parseUp(argv []string) *options {
	o := &options{}
	fs := newFlags("up", "--dir D [flags]", upAbout)
	fs.StringVar(&o.dir, "dir", "", "`directory` for everything that the cluster writes; made when missing")
	fs.IntVar(&o.nodes, "nodes", 1, "`number` of simulated nodes; 0: pods stay Pending")
	fs.Var(&o.crds, "crds", "YAML `file` of CRDs to apply first (repeatable). The garbage collector knows their kinds at\n"+
		"        once; of those that come later it learns only at its next look, up to 30 s later")
	fs.BoolVar(&o.fresh, "fresh", false, "remove what an earlier run left in the directory")
	fs.BoolVar(&o.detach, "detach", false, "return when ready and leave the cluster running; messages go to DIR/devcluster.log")
	fs.IntVar(&o.port, "port", 0, "`port` of the API server (default: that of the earlier run, else a free one)")
	fs.DurationVar(&o.timeout, "timeout", 2*time.Minute, "give up when not ready after this `time`")
	fs.IntVar(&o.verbosity, "v", 0, "log `verbosity` of the Kubernetes components")
	fs.BoolVar(&o.noScheduler, "no-scheduler", false, "leave the scheduler out")
	fs.BoolVar(&o.noControllerManager, "no-controller-manager", false, "leave the controller manager out")
	fs.BoolVar(&o.noProvisioner, "no-pv-provisioner", false, "leave the provisioner and the storage class out")
	fs.Var(&o.apiserverArgs, "apiserver-arg", "one more `flag` for kube-apiserver (repeatable)")
	fs.Var(&o.controllerManagerArgs, "controller-manager-arg", "one more `flag` for kube-controller-manager (repeatable)")
	fs.Var(&o.schedulerArgs, "scheduler-arg", "one more `flag` for kube-scheduler (repeatable)")
	fs.IntVar(&o.readyFD, "ready-fd", 0, "")
	parse(fs, argv)
	switch {
	case o.dir == "":
		badUsage(fs, "--dir is needed")
	case o.nodes < 0 || o.nodes > 10000:
		badUsage(fs, "--nodes wants 0 to 10000")
	}
	return o
}

// up is the subcommand.
func up(argv []string) error {
	begin := time.Now()
	o := parseUp(argv)
	if o.readyFD != 0 {
		syscall.CloseOnExec(o.readyFD) // or the components would hold it open
	}
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return err
	}
	if o.detach {
		return upDetached(dir, argv)
	}
	lock, err := takeDir(dir, o.fresh)
	if err != nil {
		return err
	}
	// The lock is for "down" the sign that all is over: only the end of the process gives it up, not the collector.
	defer runtime.KeepAlive(lock)
	defer os.Remove(filepath.Join(dir, "devcluster.pid"))

	c, err := prepare(dir, o)
	if err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	var children supervised
	defer children.stop()
	defer os.Remove(c.path("ready"))
	marks, err := startAll(ctx, c, &children)
	if ctx.Err() != nil {
		return nil // told to stop while it started
	}
	if err != nil {
		return fmt.Errorf("the cluster is not ready: %w (logs are in %s)", err, c.path("logs"))
	}
	line := fmt.Sprintf("ready server=%s kubeconfig=%s after %.1f s (%s)\n", c.server(), c.path("kubeconfig"),
		time.Since(begin).Seconds(), marks)
	if err := writeFile(c.path("ready"), []byte(line)); err != nil {
		return err
	}
	fmt.Print(line)
	reportReady(o.readyFD, line)
	<-ctx.Done()
	return nil
}

// prepare writes all that must be there before the first component starts.
func prepare(dir string, o *options) (*cluster, error) {
	c := &cluster{dir: dir, opts: o}
	if err := choosePorts(c); err != nil {
		return nil, err
	}
	if err := makePKI(c.path("pki"), firstServiceIP()); err != nil {
		return nil, err
	}
	stages, err := kwokConfig()
	if err != nil {
		return nil, err
	}
	for name, text := range map[string][]byte{
		"server":            []byte(c.server() + "\n"),
		"audit-policy.yaml": []byte(auditPolicy),
		"kwok.yaml":         stages,
	} {
		if err := writeFile(c.path(name), text); err != nil {
			return nil, err
		}
	}
	for _, client := range clients {
		if err := writeClientKubeconfig(c.config(client.file), c.server(), c.path("pki"), client.file); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// supervised are the components in the order of their start: the API server outlives its clients, etcd outlives it.
type supervised struct{ etcd, apiserver, clients []*child }

func (s *supervised) stop() {
	stopAll(s.clients)
	stopAll(s.apiserver)
	stopAll(s.etcd)
}

// startAll starts the components and returns when the cluster takes pods. It tells how long the steps took.
func startAll(ctx context.Context, c *cluster, s *supervised) (string, error) {
	begin := time.Now()
	var marks []string
	mark := func(what string) {
		marks = append(marks, fmt.Sprintf("%s %.1f s", what, time.Since(begin).Seconds()))
	}
	a, err := newAdmin(c.server(), c.path("pki"))
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, c.opts.timeout)
	defer cancel()
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	start := func(list *[]*child, name string, args []string) {
		child := &child{name: name, args: args, dir: c.dir, fail: fail}
		*list = append(*list, child)
		child.start()
	}

	start(&s.etcd, "etcd", c.etcdArgs())
	start(&s.apiserver, "kube-apiserver", c.apiserverArgs())
	if err := a.waitFor(ctx, "/readyz"); err != nil {
		return "", err
	}
	mark("API server")
	if err := applyCRDs(ctx, a, c.opts.crds); err != nil {
		return "", err
	}
	if !c.opts.noControllerManager {
		start(&s.clients, "kube-controller-manager", c.controllerManagerArgs())
	}
	if !c.opts.noScheduler {
		start(&s.clients, "kube-scheduler", c.schedulerArgs())
	}
	if c.opts.nodes > 0 {
		start(&s.clients, "kwok", c.kwokArgs())
	}
	if !c.opts.noProvisioner {
		start(&s.clients, "pv-provisioner", c.provisionerArgs())
	}
	if err := furnish(ctx, a, c.opts); err != nil {
		return "", err
	}
	mark("cluster")
	return strings.Join(marks, ", "), writeClientKubeconfig(c.path("kubeconfig"), c.server(), c.path("pki"), "admin")
}

// furnish makes the nodes and the storage class, and waits until a pod could be scheduled.
func furnish(ctx context.Context, a *admin, o *options) error {
	if !o.noProvisioner {
		path := "/apis/storage.k8s.io/v1/storageclasses/" + storageClassName
		if err := a.apply(ctx, path, []byte(storageClass)); err != nil {
			return err
		}
	}
	if err := createNodes(ctx, a, o.nodes); err != nil {
		return err
	}
	if o.noControllerManager { // which makes service accounts and removes the taints of new nodes
		return a.waitFor(ctx, "/api/v1/namespaces/default")
	}
	if err := a.waitFor(ctx, "/api/v1/namespaces/default/serviceaccounts/default"); err != nil {
		return err // no pod is admitted without that account
	}
	return poll(ctx, func() error { return nodesReady(ctx, a, o.nodes) })
}

// firstServiceIP is the address of the service "kubernetes".
func firstServiceIP() net.IP {
	ip, _, _ := net.ParseCIDR(serviceCIDR)
	ip[len(ip)-1]++
	return ip
}

// kubernetesVersion is set by the linker, see build.sh.
func kubernetesVersion() string { return version.Get().GitVersion }
