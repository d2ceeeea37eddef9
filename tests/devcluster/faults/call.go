package faults

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Call is a request in the words of Kubernetes. A request for no resource, as discovery sends them, has the verb
// "discover" and its path as the name.
type Call struct {
	Verb      string `json:"verb"`
	Group     string `json:"group"`
	Resource  string `json:"resource"` // "devmachines", or "devmachines/status"
	Namespace string `json:"namespace"`
	Name      string `json:"name"` // of an object that is created: the one in the body
	DryRun    bool   `json:"dryRun"`
}

// parseCall reads a request whose path (unescaped) is that at the API server.
func parseCall(method, path string, query url.Values, body []byte) Call {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	c := Call{}
	switch {
	case len(parts) >= 3 && parts[0] == "api":
		parts = parts[2:]
	case len(parts) >= 4 && parts[0] == "apis":
		c.Group = parts[1]
		parts = parts[3:]
	default:
		return Call{Verb: "discover", Name: path}
	}
	// Below a namespace, but for the namespace itself and its own two subresources.
	if len(parts) >= 3 && parts[0] == "namespaces" && parts[2] != "status" && parts[2] != "finalize" {
		c.Namespace = parts[1]
		parts = parts[2:]
	}
	c.Resource = parts[0]
	if len(parts) >= 2 {
		c.Name = parts[1]
	}
	if len(parts) >= 3 {
		c.Resource += "/" + parts[2]
	}
	c.Verb = verb(method, c.Name != "", isTrue(query, "watch"))
	c.readBody(body)
	c.DryRun = c.DryRun || query.Has("dryRun")
	return c
}

func verb(method string, named, watch bool) string {
	switch {
	case method == http.MethodPost:
		return "create"
	case method == http.MethodPut:
		return "update"
	case method == http.MethodPatch:
		return "patch"
	case method == http.MethodDelete && named:
		return "delete"
	case method == http.MethodDelete:
		return "deletecollection"
	case watch:
		return "watch"
	case named:
		return "get"
	}
	return "list"
}

// isTrue reads a parameter as the API server does: there, and not "0" or "false".
func isTrue(query url.Values, key string) bool {
	return query.Has(key) && !slices.Contains([]string{"0", "false"}, strings.ToLower(query.Get(key)))
}

// readBody takes what the path does not tell: the name of what is created, and whether a deletion is tried only.
func (c *Call) readBody(body []byte) {
	var object struct {
		Metadata struct {
			Name         string `json:"name"`
			GenerateName string `json:"generateName"`
		} `json:"metadata"`
		DryRun []string `json:"dryRun"`
	}
	if c.Verb != "create" && c.Verb != "delete" || json.Unmarshal(body, &object) != nil {
		return // a body that is not JSON names nothing
	}
	if c.Name == "" {
		c.Name = object.Metadata.Name
	}
	if c.Name == "" {
		c.Name = object.Metadata.GenerateName
	}
	c.DryRun = c.Verb == "delete" && len(object.DryRun) > 0
}
