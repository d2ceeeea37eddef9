// Makes, changes and ends machines, and sees by its own watches when each has become what it should be: see README.md.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"syscall"
	"time"
)

func fail(err error) {
	fmt.Fprintln(os.Stderr, "load:", err)
	os.Exit(1)
}

// processorSeconds is what this process has used so far.
func processorSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		fail(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

func load(args []string) {
	var p phase
	config := ""
	flags := flag.NewFlagSet("load", flag.ExitOnError)
	flags.StringVar(&config, "kubeconfig", "", "of an administrator, in JSON")
	flags.StringVar(&p.op, "op", "", "create, update, stop, start or delete")
	flags.IntVar(&p.first, "first", 0, "number of the first machine")
	flags.IntVar(&p.count, "count", 1, "how many")
	flags.IntVar(&p.step, "step", 1, "every so manieth machine")
	flags.IntVar(&p.concurrency, "concurrency", 16, "requests at the same time")
	flags.BoolVar(&p.serial, "serial", false, "one machine at a time, each until it has converged")
	flags.BoolVar(&p.stopped, "stopped", false, "create machines that are stopped")
	flags.StringVar(&p.image, "image", "example.invalid/ide:1", "image to create with or to change to")
	flags.DurationVar(&p.timeout, "timeout", 10*time.Minute, "for all")
	flags.Parse(args)
	a, err := newAPI(config, p.concurrency+len(resources))
	if err != nil {
		fail(err)
	}
	result, err := p.run(a)
	if err != nil {
		fail(err)
	}
	result.CPU = processorSeconds()
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		fail(err)
	}
}

func main() {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "load":
			load(os.Args[2:])
			return
		case "floor":
			floor(os.Args[2:])
			return
		}
	}
	fmt.Fprintln(os.Stderr, "usage: load load|floor [FLAGS]")
	os.Exit(2)
}
