package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const outageAbout = `
Kills a component, keeps it from coming back for the given time, and returns when it serves again: on the same
port, with the data it had.`

// outage is the subcommand.
func outage(argv []string) error {
	fs := newFlags("outage", "--dir D [--seconds N] [--component NAME]", outageAbout)
	dir := fs.String("dir", "", "the `directory` given to up")
	seconds := fs.Float64("seconds", 5, "`how long` it is away")
	name := fs.String("component", "kube-apiserver", "`name` of the component, as in DIR/NAME.pid")
	parse(fs, argv)
	if *dir == "" {
		badUsage(fs, "--dir is needed")
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()

	pidFile := filepath.Join(*dir, *name+".pid")
	old := readPid(pidFile)
	if old == 0 || *name == "devcluster" {
		return fmt.Errorf("no component %q runs in %s", *name, *dir)
	}
	length := time.Duration(*seconds * float64(time.Second))
	if err := hold(*dir, *name, length); err != nil {
		return err
	}
	defer release(*dir, *name)
	begin := time.Now()
	if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
		return err
	}
	pause(ctx, length)
	release(*dir, *name)

	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := poll(ctx, func() error { return restarted(pidFile, old) }); err != nil {
		return err
	}
	server, err := readServer(*dir)
	if err != nil {
		return err
	}
	a, err := newAdmin(server, filepath.Join(*dir, "pki"))
	if err != nil {
		return err
	}
	if err := a.waitFor(ctx, "/readyz"); err != nil {
		return err
	}
	fmt.Printf("%s was away for %.1f s\n", *name, time.Since(begin).Seconds())
	return nil
}

func restarted(pidFile string, old int) error {
	if pid := readPid(pidFile); pid == 0 || pid == old {
		return errors.New("not started again")
	}
	return nil
}

// A hold is a file that keeps the supervisor from starting a component. It names the time when it ends by itself,
// lest a killed "devcluster outage" leave the cluster broken.

func holdFile(dir, name string) string { return filepath.Join(dir, name+".hold") }

func hold(dir, name string, length time.Duration) error {
	end := time.Now().Add(length).UnixMilli()
	return writeFile(holdFile(dir, name), []byte(strconv.FormatInt(end, 10)+"\n"))
}

func release(dir, name string) { os.Remove(holdFile(dir, name)) }

func held(dir, name string) bool {
	text, err := os.ReadFile(holdFile(dir, name))
	if err != nil {
		return false
	}
	end, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return err == nil && time.Now().UnixMilli() < end
}
