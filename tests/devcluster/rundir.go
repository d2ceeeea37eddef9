package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// takeDir makes dir the directory of this process alone. The returned file holds the lock: closing it frees dir.
func takeDir(dir string, fresh bool) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		return nil, fmt.Errorf("%s is in use by a running devcluster", dir)
	}
	old := []string{"kubeconfig", "ready"} // those of a run that was killed
	if fresh {
		old = append(old, "etcd", "pki", "logs", "server", "audit.log")
	}
	holds, _ := filepath.Glob(holdFile(dir, "*"))
	for _, h := range holds {
		old = append(old, filepath.Base(h))
	}
	for _, name := range old {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			lock.Close()
			return nil, err
		}
	}
	for _, name := range []string{"logs", "etcd"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			lock.Close()
			return nil, err
		}
	}
	pid := []byte(strconv.Itoa(os.Getpid()) + "\n")
	return lock, writeFile(filepath.Join(dir, "devcluster.pid"), pid)
}

// choosePorts sets the ports that c has none for. The API server gets that of the earlier run again when it can:
// kubeconfigs stay good.
func choosePorts(c *cluster) (err error) {
	c.port = c.opts.port
	if c.port == 0 {
		c.port = earlierPort(c.dir)
	}
	for _, port := range []*int{&c.port, &c.etcd, &c.peer} {
		if *port != 0 {
			continue
		}
		if *port, err = freePort(); err != nil {
			return err
		}
	}
	return nil
}

// earlierPort returns the port that the API server of an earlier run in dir had, if that is free.
func earlierPort(dir string) int {
	server, err := readServer(dir)
	if err != nil {
		return 0
	}
	u, err := url.Parse(server)
	if err != nil {
		return 0
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil || !isFree(port) {
		return 0
	}
	return port
}

// freePort picks a port below those that the kernel gives to connections: a component that is away for a while
// must find its port free when it returns. Random, because several clusters may start at the same time.
func freePort() (int, error) {
	const low, high = 20000, 32000
	for range 100 {
		if port := low + rand.IntN(high-low); isFree(port) {
			return port, nil
		}
	}
	return 0, errors.New("no free port found")
}

func isFree(port int) bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	l.Close()
	return true
}

// upDetached runs up with the same arguments in a session of its own and waits for its ready line.
func upDetached(dir string, argv []string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(dir, "devcluster.log")
	log, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	before, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	cmd := exec.Command("/proc/self/exe", append(append([]string{"up"}, argv...), "--detach=false", "--ready-fd=3")...)
	cmd.Args[0] = "devcluster"
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = log, log, []*os.File{w}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = cmd.Start()
	w.Close()
	if err != nil {
		return err
	}
	line, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if len(line) == 0 { // it ended without a word
		cmd.Wait()
		text, _ := io.ReadAll(io.NewSectionReader(log, before, 1<<20))
		return fmt.Errorf("not started: %s", strings.TrimSpace(string(text)))
	}
	fmt.Print(string(line))
	return nil
}

// reportReady is the other end of upDetached.
func reportReady(fd int, line string) {
	if fd == 0 {
		return
	}
	f := os.NewFile(uintptr(fd), "ready")
	f.WriteString(line)
	f.Close()
}

const downAbout = `
Stops the cluster in the directory and returns when all of it is gone; at once when none runs. Its data stays.`

// down is the subcommand.
func down(argv []string) error {
	fs := newFlags("down", "--dir D", downAbout)
	dir := fs.String("dir", "", "the `directory` given to up")
	parse(fs, argv)
	if *dir == "" {
		badUsage(fs, "--dir is needed")
	}
	lock, err := os.OpenFile(filepath.Join(*dir, "lock"), os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s is not the directory of a cluster", *dir)
	}
	if err != nil {
		return err
	}
	defer lock.Close()
	if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		return nil // nothing runs
	}
	pid := readPid(filepath.Join(*dir, "devcluster.pid"))
	if pid == 0 {
		return fmt.Errorf("a devcluster runs in %s, but has written no process id", *dir)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return syscall.Flock(int(lock.Fd()), syscall.LOCK_EX) // returns when that process is gone
}
