package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"strings"
)

const (
	simulatedNode = "kwok.x-k8s.io/node"        // annotation of the nodes that KWOK plays
	nodeLabel     = "devcluster.test/simulated" // label of the same nodes
)

// stages say how simulated nodes and pods go from state to state.
//
//go:embed stages/*.yaml stages/include/*
var stages embed.FS

// kwokOptions are the number of workers. KWOK takes what such an object leaves out as 0.
const kwokOptions = `apiVersion: config.kwok.x-k8s.io/v1alpha1
kind: KwokConfiguration
options:
  podPlayStageParallelism: 16
  nodePlayStageParallelism: 4
  nodeLeaseParallelism: 4
  podsOnNodeSyncParallelism: 1
`

// include stands in a stage for the text of stages/include/NAME, at the indentation of that line.
var include = regexp.MustCompile(`(?m)^( *)#include (\S+)$`)

// kwokConfig is one YAML stream of all stages.
func kwokConfig() ([]byte, error) {
	files, err := fs.Glob(stages, "stages/*.yaml")
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString(kwokOptions)
	for _, file := range files {
		text, err := stages.ReadFile(file)
		if err != nil {
			return nil, err
		}
		text = include.ReplaceAllFunc(text, func(line []byte) []byte {
			part := include.FindSubmatch(line)
			included, readErr := stages.ReadFile("stages/include/" + string(part[2]))
			if readErr != nil {
				err = fmt.Errorf("%s: %w", file, readErr)
			}
			indent := string(part[1])
			lines := strings.Split(strings.TrimSuffix(string(included), "\n"), "\n")
			return []byte(indent + strings.Join(lines, "\n"+indent))
		})
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "---\n%s", text)
	}
	return []byte(b.String()), nil
}

// node describes the simulated node number i. It has room for whatever a test makes. Its address is a loopback one
// that nothing listens on: what would talk to a kubelet (logs, exec) fails at once instead of hanging.
func node(i int) map[string]any {
	name := fmt.Sprintf("node-%d", i)
	room := map[string]string{
		"cpu": "64", "memory": "256Gi", "ephemeral-storage": "1Ti", "pods": "10000", "nvidia.com/gpu": "8",
	}
	return map[string]any{
		"apiVersion": "v1",
		"kind":       "Node",
		"metadata": map[string]any{
			"name":        name,
			"annotations": map[string]string{simulatedNode: "fake"},
			"labels": map[string]string{
				nodeLabel:                     "true",
				"kubernetes.io/hostname":      name,
				"kubernetes.io/os":            "linux",
				"kubernetes.io/arch":          "amd64",
				"topology.kubernetes.io/zone": fmt.Sprintf("zone-%d", i),
			},
		},
		"status": map[string]any{
			"capacity":    room,
			"allocatable": room,
			"addresses": []map[string]string{
				{"type": "InternalIP", "address": fmt.Sprintf("127.1.%d.%d", i/256, i%256)},
				{"type": "Hostname", "address": name},
			},
			"nodeInfo": map[string]string{
				"architecture": "amd64", "operatingSystem": "linux", "osImage": "simulated",
				"kubeletVersion": kubernetesVersion(), "containerRuntimeVersion": "simulated://1",
				"kernelVersion": "", "kubeProxyVersion": "", "machineID": "", "bootID": "", "systemUUID": name,
			},
		},
	}
}

func createNodes(ctx context.Context, a *admin, count int) error {
	for i := 1; i <= count; i++ {
		if err := a.create(ctx, "/api/v1/nodes", node(i)); err != nil {
			return err
		}
	}
	return nil
}

// nodesReady returns nil when count nodes take pods.
func nodesReady(ctx context.Context, a *admin, count int) error {
	var list struct {
		Items []struct {
			Spec struct {
				Taints []any `json:"taints"` // "not ready", until the controller manager has noticed that it is
			} `json:"spec"`
			Status struct {
				Conditions []struct{ Type, Status string } `json:"conditions"`
			} `json:"status"`
		} `json:"items"`
	}
	if err := a.get(ctx, "/api/v1/nodes?labelSelector="+url.QueryEscape(nodeLabel), &list); err != nil {
		return err
	}
	ready := 0
	for _, n := range list.Items {
		for _, c := range n.Status.Conditions {
			if c.Type == "Ready" && c.Status == "True" && len(n.Spec.Taints) == 0 {
				ready++
			}
		}
	}
	if ready < count {
		return fmt.Errorf("%d of %d simulated nodes are ready", ready, count)
	}
	return nil
}
