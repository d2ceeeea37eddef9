package faults

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// What a rule can do to a request.
const (
	pass   = "pass"   // nothing; no rule says so, but the log does
	refuse = "refuse" // the connection is closed at once; the API server hears nothing
	stall  = "stall"  // nothing comes for some seconds, then as refuse
	answer = "answer" // an error; the API server hears nothing
	lose   = "lose"   // carried out; then the connection is closed instead of an answer
	cut    = "cut"    // carried out; the connection is closed in the middle of the answer's body
	twice  = "twice"  // carried out, and again; the second answer is given
	expire = "expire" // of a watch: the stream begins, and says 410 Expired as an event
)

var actions = []string{refuse, stall, answer, lose, cut, twice, expire}

// Rule says what is to be done to which requests of a client. It counts the requests that it matches by itself, from 1
// on, and acts on those numbered N to N+Count-1.
type Rule struct {
	Verbs     []string `json:"verbs,omitempty"`     // none: any
	Resource  string   `json:"resource,omitempty"`  // as in Call; "": any
	Namespace string   `json:"namespace,omitempty"` // "": any
	Name      string   `json:"name,omitempty"`      // a regular expression that is found in it; "": any
	N         int      `json:"n,omitempty"`         // 0: 1
	Count     int      `json:"count,omitempty"`     // 0: 1
	Do        string   `json:"do"`
	Code      int      `json:"code,omitempty"`    // of an answer
	Seconds   float64  `json:"seconds,omitempty"` // of a stall; of Retry-After: whole ones, at least 1
	name      *regexp.Regexp
}

// readRules reads a JSON list of rules. What makes no sense is an error: a test must not pass because a rule never acts.
func readRules(r io.Reader) ([]Rule, error) {
	var rules []Rule
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(&rules); err != nil {
		return nil, err
	}
	for i := range rules {
		if err := rules[i].check(); err != nil {
			return nil, fmt.Errorf("rule %d: %w", i+1, err)
		}
	}
	return rules, nil
}

func (r *Rule) check() (err error) {
	if !slices.Contains(actions, r.Do) {
		return fmt.Errorf("do is one of %s, not %q", strings.Join(actions, ", "), r.Do)
	}
	if _, ok := reasons[r.Code]; r.Do == answer && !ok {
		return fmt.Errorf("code is one of %v, not %d", slices.Sorted(maps.Keys(reasons)), r.Code)
	}
	if r.Do == expire && !slices.Equal(r.Verbs, []string{"watch"}) {
		return errors.New(`expire is for the verbs ["watch"]`)
	}
	if r.N < 0 || r.Count < 0 || r.Seconds < 0 {
		return errors.New("n, count and seconds are not negative")
	}
	r.N, r.Count = max(r.N, 1), max(r.Count, 1)
	r.name, err = regexp.Compile(r.Name)
	return err
}

func (r *Rule) matches(c Call) bool {
	return (len(r.Verbs) == 0 || slices.Contains(r.Verbs, c.Verb)) &&
		(r.Resource == "" || r.Resource == c.Resource) &&
		(r.Namespace == "" || r.Namespace == c.Namespace) &&
		r.name.MatchString(c.Name)
}

// script is what one client's requests meet, and what became of them.
type script struct {
	rules   []Rule
	matched []int // how many requests each rule has matched
	log     []*Entry
}

// Entry is a line of the log.
type Entry struct {
	Number int    `json:"number"` // among the client's requests, from 1 on
	Did    string `json:"did"`
	Rule   int    `json:"rule"` // number of the rule that acted, from 1 on; 0: none
	Code   int    `json:"code"` // of the last answer, the API server's or ours; 0: none came
	Call
}

// decide counts a request and says which rule acts on it: the first one whose turn it is. Without one it passes.
func (s *script) decide(c Call) (*Entry, *Rule) {
	e := &Entry{Number: len(s.log) + 1, Did: pass, Call: c}
	s.log = append(s.log, e)
	var acts *Rule
	for i := range s.rules {
		r := &s.rules[i]
		if !r.matches(c) {
			continue
		}
		s.matched[i]++
		if n := s.matched[i]; acts == nil && n >= r.N && n < r.N+r.Count {
			acts, e.Rule, e.Did = r, i+1, r.Do
		}
	}
	return e, acts
}
