package main

import (
	"fmt"
	"sync"
	"time"
)

// phase is one thing that is done to many machines.
type phase struct {
	op          string
	first       int
	count       int
	step        int
	concurrency int
	serial      bool
	stopped     bool
	image       string
	timeout     time.Duration

	lock     sync.Mutex
	machines map[string]*machine
	left     int           // that have not converged
	lists    int           // after the first ones
	done     chan struct{} // closed when none is left
	broken   chan error
}

// machine is what was seen of one.
type machine struct {
	seen map[string]*object // by resource; what is missing does not exist

	wanted     bool // it is one of this phase
	answered   bool // the request of this phase
	generation int64
	asked      time.Time
	applied    time.Time // all its objects were as they should be
	converged  time.Time // and they run, and its status said so
	ready      chan struct{}
}

// result has milliseconds from a request to what followed, one for each machine in the order of their numbers.
type result struct {
	Requests   float64   `json:"requests_s"` // until the last request of ours was answered
	Wall       float64   `json:"wall_s"`     // until the last one converged
	CPU        float64   `json:"cpu_s"`      // of this process
	Applied    []float64 `json:"applied_ms"`
	Converged  []float64 `json:"converged_ms"`
	Lists      int       `json:"lists"` // because a watch had ended: nothing was seen meanwhile
	Unfinished []string  `json:"unfinished"`
}

func nameOf(i int) string { return fmt.Sprintf("m%05d", i) }

func (p *phase) machine(name string) *machine {
	m := p.machines[name]
	if m == nil {
		m = &machine{seen: map[string]*object{}, ready: make(chan struct{})}
		p.machines[name] = m
	}
	return m
}

// ready is closed when that machine has converged.
func (p *phase) ready(name string) chan struct{} {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.machine(name).ready
}

// see takes in one object and looks whether its machine has come further.
func (p *phase) see(r resource, at time.Time, gone bool, o *object) {
	p.lock.Lock()
	defer p.lock.Unlock()
	m := p.machine(o.Metadata.Name)
	if gone {
		delete(m.seen, r.name)
	} else {
		m.seen[r.name] = o
	}
	p.judge(m, at)
}

// judge notes when a machine has come further; the lock is held.
func (p *phase) judge(m *machine, at time.Time) {
	if !m.wanted || !m.answered || !m.converged.IsZero() {
		return
	}
	if m.applied.IsZero() && p.isApplied(m) {
		m.applied = at
	}
	if m.applied.IsZero() || !p.hasConverged(m) {
		return
	}
	m.converged = at
	close(m.ready)
	if p.left--; p.left == 0 {
		close(p.done)
	}
}

// isApplied says whether the objects that were asked for exist, in the form that was asked for.
func (p *phase) isApplied(m *machine) bool {
	if p.op == "delete" {
		return len(m.seen) == 0
	}
	for _, r := range resources {
		if m.seen[r.name] == nil {
			return false
		}
	}
	cr, d := m.seen["machines"], m.seen["deployments"]
	if cr.Metadata.Generation < m.generation || d.Spec.Replicas == nil {
		return false
	}
	containers := d.Spec.Template.Spec.Containers
	return len(containers) == 1 && containers[0].Image == cr.Spec.Image && *d.Spec.Replicas == replicas(cr)
}

func replicas(cr *object) int {
	if cr.Spec.Stopped {
		return 0
	}
	return 1
}

// hasConverged says whether they also run, and the status of the custom resource says that its operator is done: by its
// phase about this generation or, where a status is about no generation, by its condition Deployed.
func (p *phase) hasConverged(m *machine) bool {
	if p.op == "delete" {
		return true
	}
	cr, d := m.seen["machines"], m.seen["deployments"]
	if !p.isApplied(m) {
		return false
	}
	want, s := replicas(cr), d.Status
	if s.ObservedGeneration == nil || *s.ObservedGeneration < d.Metadata.Generation || s.Replicas != want ||
		s.ReadyReplicas != want || s.UpdatedReplicas != want {
		return false
	}
	if cr.Status.ObservedGeneration != nil {
		said := map[int]string{0: "Stopped", 1: "Running"}[want]
		return *cr.Status.ObservedGeneration == cr.Metadata.Generation && cr.Status.Phase == said
	}
	for _, c := range cr.Status.Conditions {
		if c.Type == "Deployed" && c.Status == "True" {
			return true
		}
	}
	return false
}

// request sends the request of this phase for one machine.
func (p *phase) request(a *api, name string) error {
	path := pathOf("machines")
	p.lock.Lock()
	m := p.machine(name)
	m.asked = time.Now()
	p.lock.Unlock()
	var after object
	var err error
	patch := func(spec map[string]any) error {
		return a.do("PATCH", path+"/"+name, mergePatch, map[string]any{"spec": spec}, &after)
	}
	switch p.op {
	case "create":
		err = a.do("POST", path, plainJSON, map[string]any{
			"apiVersion": "bench.example.com/v1", "kind": "Machine", "metadata": map[string]any{"name": name},
			"spec": map[string]any{
				"image": p.image, "port": 8080, "storage": "1Gi", "settings": "color=blue", "stopped": p.stopped,
			},
		}, &after)
	case "update":
		err = patch(map[string]any{"image": p.image})
	case "stop":
		err = patch(map[string]any{"stopped": true})
	case "start":
		err = patch(map[string]any{"stopped": false})
	case "delete":
		err = a.do("DELETE", path+"/"+name, "", nil, nil)
	default:
		err = fmt.Errorf("no such thing to do: %q", p.op)
	}
	if err != nil {
		return err
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	m.answered, m.generation = true, after.Metadata.Generation
	p.judge(m, time.Now())
	return nil
}

// follow starts the watches. One that the API server ends, as it does to clients that are slow, goes on with a list.
func (p *phase) follow(a *api) error {
	for _, r := range resources {
		version, err := p.list(a, r)
		if err != nil {
			return err
		}
		go func(r resource) {
			var err error
			for err == nil {
				_ = a.watch(r, version, func(at time.Time, gone bool, o *object) { p.see(r, at, gone, o) })
				p.lock.Lock()
				p.lists++
				p.lock.Unlock()
				version, err = p.list(a, r)
			}
			p.broken <- err
		}(r)
	}
	return nil
}

// list takes in all objects of a resource; those that it lacks are gone.
func (p *phase) list(a *api, r resource) (string, error) {
	found := map[string]bool{}
	version, err := a.list(r, func(o *object) {
		found[o.Metadata.Name] = true
		p.see(r, time.Now(), false, o)
	})
	if err != nil {
		return "", err
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	for name, m := range p.machines {
		if m.seen[r.name] != nil && !found[name] {
			delete(m.seen, r.name)
			p.judge(m, time.Now())
		}
	}
	return version, nil
}

// send has the requests of all machines sent, and returns when they are answered.
func (p *phase) send(a *api, names []string) error {
	queue := make(chan string)
	errs := make(chan error, p.concurrency)
	for i := 0; i < p.concurrency; i++ {
		go func() {
			var first error
			for name := range queue {
				err := p.request(a, name)
				if first == nil {
					first = err
				}
				if p.serial && err == nil {
					select {
					case <-p.ready(name):
					case <-time.After(p.timeout):
						first = fmt.Errorf("%s did not converge", name)
					}
				}
			}
			errs <- first
		}()
	}
	for _, name := range names {
		queue <- name
	}
	close(queue)
	var first error
	for i := 0; i < p.concurrency; i++ {
		if err := <-errs; first == nil {
			first = err
		}
	}
	return first
}

func (p *phase) run(a *api) (*result, error) {
	if p.serial {
		p.concurrency = 1
	}
	p.machines, p.left = map[string]*machine{}, p.count
	p.done, p.broken = make(chan struct{}), make(chan error, len(resources))
	var names []string
	for i := 0; i < p.count; i++ {
		names = append(names, nameOf(p.first+i*p.step))
	}
	if err := p.follow(a); err != nil {
		return nil, err
	}
	p.lock.Lock()
	for _, name := range names {
		p.machine(name).wanted = true
	}
	p.lock.Unlock()
	begin := time.Now()
	if err := p.send(a, names); err != nil {
		return nil, err
	}
	out := &result{Requests: time.Since(begin).Seconds()}
	select {
	case <-p.done:
	case err := <-p.broken:
		return nil, err
	case <-time.After(p.timeout):
	}
	out.Wall = time.Since(begin).Seconds()
	p.lock.Lock()
	defer p.lock.Unlock()
	out.Lists = p.lists
	for _, name := range names {
		m := p.machines[name]
		if m.converged.IsZero() {
			out.Unfinished = append(out.Unfinished, name)
			continue
		}
		out.Applied = append(out.Applied, float64(m.applied.Sub(m.asked).Microseconds())/1000)
		out.Converged = append(out.Converged, float64(m.converged.Sub(m.asked).Microseconds())/1000)
	}
	return out, nil
}
