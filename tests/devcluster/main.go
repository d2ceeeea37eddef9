// Command devcluster is a complete Kubernetes control plane with simulated nodes in one binary, for tests.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

const usage = `devcluster: a complete Kubernetes control plane with simulated nodes, for tests

usage:
  devcluster up --dir D [flags]          start a cluster, wait until it is ready, run until SIGTERM
  devcluster down --dir D                stop it and wait until it is gone
  devcluster kubeconfig --dir D ...      write a kubeconfig for a user or a service account
  devcluster outage --dir D --seconds N  take the API server (or another component) away for a while
  devcluster faults --dir D              run a proxy before the API server that breaks requests on demand
  devcluster kubectl ...                 kubectl of the cluster's own release
  devcluster COMPONENT [flags]           etcd, kube-apiserver, kube-controller-manager, kube-scheduler,
                                         kwok or pv-provisioner alone: what "up" runs

"devcluster COMMAND --help" describes a command. Called through a link named "kubectl" it is kubectl.
`

// commands are the subcommands that are ours. Each gets the arguments after its name.
var commands = map[string]func(argv []string) error{
	"up":         up,
	"down":       down,
	"kubeconfig": mintKubeconfig,
	"outage":     outage,
	"faults":     runFaults,
}

func main() {
	if filepath.Base(os.Args[0]) == "kubectl" {
		os.Exit(components["kubectl"]())
	}
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	name := os.Args[1]
	if run, ok := components[name]; ok {
		os.Args = append([]string{name}, os.Args[2:]...) // the components read os.Args themselves
		os.Exit(run())
	}
	if run, ok := commands[name]; ok {
		if err := run(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "devcluster:", err)
			os.Exit(1)
		}
		return
	}
	switch name {
	case "help", "--help", "-help", "-h":
		fmt.Print(usage)
	default:
		fmt.Fprintf(os.Stderr, "devcluster: unknown command %q\n\n%s", name, usage)
		os.Exit(2)
	}
}
