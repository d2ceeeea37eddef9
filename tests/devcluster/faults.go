package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"devcluster/faults"
)

const faultsAbout = `
Runs a proxy before the API server that breaks requests as a test says, on free ports of 127.0.0.1. Prints a line
"ready url=https://... control=http://..." and runs until SIGTERM. A client uses URL/NAME as its server, with a name of
its choice and a bearer token ("devcluster kubeconfig --service-account NS/NAME --server URL/NAME"); client certificates
cannot pass. For each name, at the control address:

  PUT /clients/NAME/rules      a JSON list of rules; it replaces the earlier one
  GET /clients/NAME/log        the requests of that client as JSON; ?after=N: those after the N-th

What a rule is stands in the README.`

// runFaults is the subcommand faults.
func runFaults(argv []string) error {
	fs := newFlags("faults", "--dir D", faultsAbout)
	dir := fs.String("dir", "", "the `directory` given to up")
	parse(fs, argv)
	if *dir == "" {
		badUsage(fs, "--dir is needed")
	}
	server, err := readServer(*dir)
	if err != nil {
		return err
	}
	pki := filepath.Join(*dir, "pki")
	transport, err := transportTo(pki)
	if err != nil {
		return err
	}
	cert, err := tls.LoadX509KeyPair(filepath.Join(pki, "apiserver.crt"), filepath.Join(pki, "apiserver.key"))
	if err != nil {
		return err
	}
	front, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()

	proxy := faults.New(server, transport)
	ended := make(chan error, 2)
	go func() {
		ended <- http.Serve(tls.NewListener(front, &tls.Config{Certificates: []tls.Certificate{cert}}), proxy)
	}()
	go func() { ended <- http.Serve(control, proxy.Control()) }()
	fmt.Printf("ready url=https://%s control=http://%s\n", front.Addr(), control.Addr())
	select {
	case err = <-ended:
		return err
	case <-ctx.Done():
		return nil
	}
}

// transportTo speaks HTTP/1.1 to the API server, as it came from the client. It shows no certificate of its own.
func transportTo(pki string) (*http.Transport, error) {
	ca, err := os.ReadFile(filepath.Join(pki, "ca.crt"))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	return &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: pool},
		DisableCompression:  true,
		MaxIdleConnsPerHost: 100,
	}, nil
}
