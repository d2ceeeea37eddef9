package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"time"
)

// object is what anybody here looks at, of any kind.
type object struct {
	Metadata struct {
		Name            string
		UID             string
		ResourceVersion string
		Generation      int64
	}
	Spec struct {
		Image    string // of a Machine, as are the next ones
		Port     int
		Storage  string
		Settings string
		Stopped  bool
		Replicas *int // of a Deployment, as is the next one
		Template struct {
			Spec struct {
				Containers []struct{ Image string }
			}
		}
	}
	Status struct {
		ObservedGeneration *int64
		Phase              string // of a Machine
		Conditions         []struct{ Type, Status string }
		Replicas           int // of a Deployment, as are the next ones
		UpdatedReplicas    int
		ReadyReplicas      int
	}
}

type resource struct {
	name  string
	path  string // of the list in the namespace
	whole bool   // else the metadata alone are watched
}

const namespace = "bench"

var resources = []resource{
	{"machines", "/apis/bench.example.com/v1/namespaces/" + namespace + "/machines", true},
	{"deployments", "/apis/apps/v1/namespaces/" + namespace + "/deployments", true},
	{"services", "/api/v1/namespaces/" + namespace + "/services", false},
	{"configmaps", "/api/v1/namespaces/" + namespace + "/configmaps", false},
	{"serviceaccounts", "/api/v1/namespaces/" + namespace + "/serviceaccounts", false},
	{"persistentvolumeclaims", "/api/v1/namespaces/" + namespace + "/persistentvolumeclaims", false},
}

func pathOf(name string) string {
	for _, r := range resources {
		if r.name == name {
			return r.path
		}
	}
	panic(name)
}

func (r resource) accept(what string) string {
	if r.whole {
		return plainJSON
	}
	return "application/json;as=PartialObjectMetadata" + what + ";g=meta.k8s.io;v=v1"
}

// list calls each for every object there is, and returns the version to watch from.
func (a *api) list(r resource, each func(*object)) (string, error) {
	next := ""
	for {
		answer, err := a.send("GET", r.path+"?limit=500&continue="+url.QueryEscape(next), "", r.accept("List"), nil)
		if err != nil {
			return "", err
		}
		var page struct {
			Metadata struct{ ResourceVersion, Continue string }
			Items    []object
		}
		err = json.NewDecoder(answer.Body).Decode(&page)
		answer.Body.Close()
		if err != nil {
			return "", fmt.Errorf("list of %s: %w", r.name, err)
		}
		for i := range page.Items {
			each(&page.Items[i])
		}
		if next = page.Metadata.Continue; next == "" {
			return page.Metadata.ResourceVersion, nil
		}
	}
}

// watch calls each for every event from a version on, until the connection ends.
func (a *api) watch(r resource, version string, each func(at time.Time, gone bool, o *object)) error {
	query := "?watch=true&timeoutSeconds=3600&resourceVersion=" + url.QueryEscape(version)
	answer, err := a.send("GET", r.path+query, "", r.accept(""), nil)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	decoder := json.NewDecoder(answer.Body)
	for {
		var event struct {
			Type   string
			Object object
		}
		if err := decoder.Decode(&event); err != nil {
			return fmt.Errorf("watch of %s: %w", r.name, err)
		}
		if event.Type == "ERROR" {
			return fmt.Errorf("watch of %s: an error came", r.name)
		}
		each(time.Now(), event.Type == "DELETED", &event.Object)
	}
}
