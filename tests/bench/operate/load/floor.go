package main

import (
	"flag"
	"fmt"
	"os"
	"sync"
	"time"
)

// floor makes only the requests that nobody can do without: five creates and a status for a new machine; for another
// image four deletes, four creates and a status, which is what a redeploy comes to; for a stop or start one patch and a
// status. It compares nothing, keeps nothing but what it saw last, and repeats nothing: a floor, no operator.
func floor(args []string) {
	config, workers := "", 0
	flags := flag.NewFlagSet("floor", flag.ExitOnError)
	flags.StringVar(&config, "kubeconfig", "", "in JSON")
	flags.IntVar(&workers, "workers", 1, "machines at the same time")
	flags.Parse(args)
	a, err := newAPI(config, workers+1)
	if err != nil {
		fail(err)
	}
	f := &worker{api: a, last: map[string]object{}, wake: sync.NewCond(&sync.Mutex{})}
	for i := 0; i < workers; i++ {
		go f.work()
	}
	version, err := a.list(resources[0], func(o *object) { f.last[o.Metadata.Name] = *o })
	if err != nil {
		fail(err)
	}
	fail(a.watch(resources[0], version, f.see))
}

type worker struct {
	api   *api
	last  map[string]object // of the watch alone
	wake  *sync.Cond
	queue []func() error
}

func (f *worker) work() {
	for {
		f.wake.L.Lock()
		for len(f.queue) == 0 {
			f.wake.Wait()
		}
		job := f.queue[0]
		f.queue = f.queue[1:]
		f.wake.L.Unlock()
		if err := job(); err != nil {
			fmt.Fprintln(os.Stderr, "floor:", err)
		}
	}
}

// see decides by one event what is to be done.
func (f *worker) see(_ time.Time, gone bool, o *object) {
	name := o.Metadata.Name
	last, known := f.last[name]
	cr := *o
	var job func() error
	switch {
	case gone:
		job = func() error { return f.remove(&cr, true) }
	case !known:
		job = func() error { return f.create(&cr, true) }
	case last.Spec.Image != o.Spec.Image:
		job = func() error { return f.redeploy(&cr) }
	case last.Spec.Stopped != o.Spec.Stopped:
		job = func() error { return f.scale(&cr) }
	}
	if gone {
		delete(f.last, name)
	} else {
		f.last[name] = cr
	}
	if job != nil {
		f.wake.L.Lock()
		f.queue = append(f.queue, job)
		f.wake.L.Unlock()
		f.wake.Signal()
	}
}

func (f *worker) report(cr *object) error {
	said := map[int]string{0: "Stopped", 1: "Running"}[replicas(cr)]
	status := map[string]any{"phase": said, "observedGeneration": cr.Metadata.Generation}
	return f.api.do("PATCH", pathOf("machines")+"/"+cr.Metadata.Name+"/status", mergePatch,
		map[string]any{"status": status}, nil)
}

func (f *worker) create(cr *object, all bool) error {
	for _, o := range objects(cr) {
		if !all && o.resource == "persistentvolumeclaims" {
			continue
		}
		if err := f.api.do("POST", pathOf(o.resource), plainJSON, o.body, nil); err != nil {
			return err
		}
	}
	return f.report(cr)
}

func (f *worker) remove(cr *object, all bool) error {
	list := objects(cr)
	for i := len(list) - 1; i >= 0; i-- {
		resource := list[i].resource
		if !all && resource == "persistentvolumeclaims" {
			continue
		}
		// Without the policy a Deployment of apps/v1 takes its pods with it, too.
		if err := f.api.do("DELETE", pathOf(resource)+"/"+cr.Metadata.Name, "", nil, nil); err != nil {
			return err
		}
	}
	return nil
}

func (f *worker) redeploy(cr *object) error {
	if err := f.remove(cr, false); err != nil {
		return err
	}
	return f.create(cr, false)
}

func (f *worker) scale(cr *object) error {
	patch := map[string]any{"spec": map[string]any{"replicas": replicas(cr)}}
	if err := f.api.do("PATCH", pathOf("deployments")+"/"+cr.Metadata.Name, mergePatch, patch, nil); err != nil {
		return err
	}
	return f.report(cr)
}
