package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	restartDelay = 300 * time.Millisecond
	stopGrace    = 15 * time.Second
	maxFailures  = 5 // ends in a row, each soon after the start, that a start of the cluster tolerates
	soon         = 5 * time.Second
)

// child is one supervised component. Its output goes to DIR/logs/NAME.log, its process id to DIR/NAME.pid.
type child struct {
	name string
	args []string
	dir  string
	fail context.CancelCauseFunc // told when the component does not stay up

	cancel context.CancelFunc
	done   chan struct{}
	mu     sync.Mutex
	proc   *os.Process // nil when it does not run
}

func (c *child) start() {
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel, c.done = cancel, make(chan struct{})
	go c.run(ctx)
}

// run starts the component again whenever it ends, until ctx does. A test may so kill it.
func (c *child) run(ctx context.Context) {
	defer close(c.done)
	// The kernel sends Pdeathsig when the thread that started the process ends, not when devcluster does.
	runtime.LockOSThread()
	failures := 0
	for ctx.Err() == nil {
		begin := time.Now()
		err := c.runOnce()
		if ctx.Err() != nil {
			return
		}
		if failures++; time.Since(begin) > soon {
			failures = 0
		}
		log := filepath.Join(c.dir, "logs", c.name+".log")
		if failures == maxFailures {
			c.fail(fmt.Errorf("%s does not stay up (%v), see %s", c.name, err, log))
		}
		fmt.Fprintf(os.Stderr, "devcluster: %s ended (%v), starting it again; see %s\n", c.name, err, log)
		pause(ctx, restartDelay)
		for ctx.Err() == nil && held(c.dir, c.name) {
			pause(ctx, pollInterval)
		}
	}
}

// runOnce runs the component until it ends.
func (c *child) runOnce() error {
	log, err := os.OpenFile(filepath.Join(c.dir, "logs", c.name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command("/proc/self/exe", append([]string{c.name}, c.args...)...) // even if the file was removed
	cmd.Args[0] = "devcluster"
	cmd.Dir = c.dir
	cmd.Stdout, cmd.Stderr = log, log
	// Nothing of the caller's may change a component: neither a proxy nor a configuration in the home directory.
	cmd.Env = []string{"HOME=" + c.dir, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir()}
	// Its own process group: a Ctrl-C at the terminal reaches only devcluster, which then stops the components
	// in order. Should devcluster be killed, the kernel kills them.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}

	c.mu.Lock()
	if err := cmd.Start(); err != nil {
		c.mu.Unlock()
		return err
	}
	c.proc = cmd.Process
	c.mu.Unlock()
	pidFile := filepath.Join(c.dir, c.name+".pid")
	writeFile(pidFile, []byte(strconv.Itoa(cmd.Process.Pid)+"\n"))
	err = cmd.Wait()
	os.Remove(pidFile)
	c.mu.Lock()
	c.proc = nil
	c.mu.Unlock()
	return err
}

// stop ends the component: SIGTERM, and SIGKILL when that does not do.
func (c *child) stop() {
	c.cancel()
	c.signal(syscall.SIGTERM)
	select {
	case <-c.done:
	case <-time.After(stopGrace):
		c.signal(syscall.SIGKILL)
		<-c.done
	}
}

func (c *child) signal(s syscall.Signal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.proc != nil {
		c.proc.Signal(s)
	}
}

// stopAll stops all of them at once.
func stopAll(children []*child) {
	var wg sync.WaitGroup
	for _, c := range children {
		wg.Go(c.stop)
	}
	wg.Wait()
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// readPid returns the process id in a file, or 0.
func readPid(path string) int {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return pid
}
