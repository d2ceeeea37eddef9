package faults

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

func TestParseCall(t *testing.T) {
	const deployments = "/apis/apps/v1/namespaces/a/deployments"
	for _, row := range []struct {
		method, target, body string
		want                 Call
	}{
		{"GET", "/api", "", Call{Verb: "discover", Name: "/api"}},
		{"GET", "/apis/apps/v1", "", Call{Verb: "discover", Name: "/apis/apps/v1"}},
		{"GET", "/openapi/v3/apis/apps/v1", "", Call{Verb: "discover", Name: "/openapi/v3/apis/apps/v1"}},
		{"GET", "/api/v1/pods?watch=1", "", Call{Verb: "watch", Resource: "pods"}},
		{"GET", "/api/v1/pods?watch=false", "", Call{Verb: "list", Resource: "pods"}},
		{"GET", "/api/v1/namespaces", "", Call{Verb: "list", Resource: "namespaces"}},
		{"GET", "/api/v1/namespaces/a", "", Call{Verb: "get", Resource: "namespaces", Name: "a"}},
		{"PUT", "/api/v1/namespaces/a/finalize", "", Call{Verb: "update", Resource: "namespaces/finalize", Name: "a"}},
		{"GET", deployments, "", Call{Verb: "list", Group: "apps", Resource: "deployments", Namespace: "a"}},
		{"PATCH", deployments + "/b/status", `{"metadata":{"name":"c"}}`,
			Call{Verb: "patch", Group: "apps", Resource: "deployments/status", Namespace: "a", Name: "b"}},
		{"POST", deployments + "?dryRun=All", `{"metadata":{"name":"b"}}`,
			Call{Verb: "create", Group: "apps", Resource: "deployments", Namespace: "a", Name: "b", DryRun: true}},
		{"POST", "/api/v1/namespaces/a/events", `{"metadata":{"generateName":"b-"}}`,
			Call{Verb: "create", Resource: "events", Namespace: "a", Name: "b-"}},
		{"POST", "/api/v1/namespaces/a/events", "not JSON", Call{Verb: "create", Resource: "events", Namespace: "a"}},
		{"DELETE", "/api/v1/namespaces/a/pods/b", `{"kind":"DeleteOptions","dryRun":["All"]}`,
			Call{Verb: "delete", Resource: "pods", Namespace: "a", Name: "b", DryRun: true}},
		{"DELETE", "/api/v1/namespaces/a/pods", "", Call{Verb: "deletecollection", Resource: "pods", Namespace: "a"}},
	} {
		u, err := url.Parse(row.target)
		if err != nil {
			t.Fatal(err)
		}
		if got := parseCall(row.method, u.Path, u.Query(), []byte(row.body)); got != row.want {
			t.Errorf("%s %s: got %+v, want %+v", row.method, row.target, got, row.want)
		}
	}
}

func TestRulesThatMakeNoSense(t *testing.T) {
	for rules, want := range map[string]string{
		`{}`:                               "cannot unmarshal",
		`[{"do": "nonsense"}]`:             "rule 1: do is one of",
		`[{"do": "cut"}, {}]`:              "rule 2: do is one of",
		`[{"do": "cut", "verb": "get"}]`:   "unknown field",
		`[{"do": "cut", "name": "("}]`:     "missing closing",
		`[{"do": "cut", "n": -1}]`:         "not negative",
		`[{"do": "answer"}]`:               "code is one of",
		`[{"do": "answer", "code": 200}]`:  "code is one of [403 404 409",
		`[{"do": "expire"}]`:               `for the verbs ["watch"]`,
		`[{"do": "stall", "seconds": -1}]`: "not negative",
	} {
		if _, err := readRules(strings.NewReader(rules)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", rules, err, want)
		}
	}
}

// acted numbers the requests that rules act on, and says which rule did: "2:1" is the second request and the first rule.
func acted(t *testing.T, rules string, calls ...Call) string {
	read, err := readRules(strings.NewReader(rules))
	if err != nil {
		t.Fatal(err)
	}
	s := script{rules: read, matched: make([]int, len(read))}
	var found []string
	for _, c := range calls {
		if e, r := s.decide(c); r != nil {
			found = append(found, fmt.Sprintf("%d:%d", e.Number, e.Rule))
		}
	}
	return strings.Join(found, " ")
}

func TestDecide(t *testing.T) {
	get := Call{Verb: "get", Resource: "pods", Namespace: "a", Name: "one"}
	patch := Call{Verb: "patch", Resource: "pods/status", Namespace: "a", Name: "two"}
	other := Call{Verb: "get", Resource: "pods", Namespace: "b", Name: "two"}
	for _, row := range []struct{ rules, want string }{
		{`[]`, ""},
		{`[{"do": "cut"}]`, "1:1"},
		{`[{"do": "cut", "n": 3}]`, "3:1"},
		{`[{"do": "cut", "n": 2, "count": 2}]`, "2:1 3:1"},
		{`[{"do": "cut", "count": 100}]`, "1:1 2:1 3:1 4:1 5:1 6:1"},
		{`[{"do": "cut", "verbs": ["patch", "create"], "n": 2}]`, "5:1"},
		{`[{"do": "cut", "resource": "pods", "n": 2}]`, "3:1"},
		{`[{"do": "cut", "namespace": "b"}]`, "3:1"},
		{`[{"do": "cut", "name": "^tw"}]`, "2:1"},
		{`[{"do": "cut", "n": 2}, {"do": "lose", "n": 2, "count": 2}]`, "2:1 3:2"}, // the second counts on all the same
	} {
		if got := acted(t, row.rules, get, patch, other, get, patch, other); got != row.want {
			t.Errorf("%s: got %q, want %q", row.rules, got, row.want)
		}
	}
}

func TestStatus(t *testing.T) {
	create := Call{Verb: "create", Group: "apps", Resource: "deployments", Name: "a"}
	patch := Call{Verb: "patch", Group: "apps", Resource: "deployments/status", Name: "a"}
	for _, row := range []struct {
		call       Call
		code       int
		retryAfter int
		want       string // some of it
	}{
		{create, 409, 0, `{"reason":"AlreadyExists","code":409,"status":"Failure","kind":"Status","apiVersion":"v1"}`},
		{patch, 409, 0, `{"reason":"Conflict","details":{"name":"a","group":"apps","kind":"deployments"}}`},
		{create, 422, 0, `{"reason":"Invalid","details":{"name":"a","group":"apps","kind":"deployments","causes":[
			{"reason":"FieldValueInvalid","message":"the fault proxy does not like it","field":"spec.fault"}]}}`},
		{patch, 429, 7, `{"details":{"name":"a","group":"apps","kind":"deployments","retryAfterSeconds":7}}`},
	} {
		var got, want map[string]any
		if err := json.Unmarshal(newStatus(row.call, row.code, row.retryAfter).text(), &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(row.want), &want); err != nil {
			t.Fatal(err)
		}
		for key, value := range want {
			if !reflect.DeepEqual(got[key], value) {
				t.Errorf("%d: %s is %v, want %v", row.code, key, got[key], value)
			}
		}
	}
}
