package faults

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// reasons are those of metav1.Status for the codes that a rule may answer.
var reasons = map[int]string{
	403: "Forbidden",
	404: "NotFound",
	409: "Conflict", // of a create: AlreadyExists
	410: "Expired",
	422: "Invalid",
	429: "TooManyRequests",
	500: "InternalError",
	503: "ServiceUnavailable",
	504: "Timeout",
}

type cause struct {
	Reason  string `json:"reason"`
	Message string `json:"message"`
	Field   string `json:"field"`
}

type details struct {
	Name              string  `json:"name,omitempty"`
	Group             string  `json:"group,omitempty"`
	Kind              string  `json:"kind,omitempty"` // the API server names the resource here
	Causes            []cause `json:"causes,omitempty"`
	RetryAfterSeconds int     `json:"retryAfterSeconds,omitempty"`
}

// Status is a metav1.Status.
type Status struct {
	Kind       string   `json:"kind"`
	APIVersion string   `json:"apiVersion"`
	Metadata   struct{} `json:"metadata"`
	Status     string   `json:"status"`
	Message    string   `json:"message"`
	Reason     string   `json:"reason"`
	Details    details  `json:"details"`
	Code       int      `json:"code"`
}

// newStatus is what the API server would say to c with this code. retryAfter is in seconds; 0: it does not say.
func newStatus(c Call, code, retryAfter int) Status {
	resource, _, _ := strings.Cut(c.Resource, "/")
	s := Status{
		Kind: "Status", APIVersion: "v1", Status: "Failure", Reason: reasons[code], Code: code,
		Message: fmt.Sprintf("%s %q: %s, says the fault proxy", resource, c.Name, http.StatusText(code)),
		Details: details{Name: c.Name, Group: c.Group, Kind: resource, RetryAfterSeconds: retryAfter},
	}
	switch {
	case code == http.StatusConflict && c.Verb == "create":
		s.Reason = "AlreadyExists"
	case code == http.StatusUnprocessableEntity: // without a cause it would be that of a failed test of a JSON patch
		s.Details.Causes = []cause{{"FieldValueInvalid", "the fault proxy does not like it", "spec.fault"}}
	}
	return s
}

func (s Status) text() []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings and numbers
	}
	return append(text, '\n')
}
