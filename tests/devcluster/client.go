package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

const pollInterval = 50 * time.Millisecond

// admin speaks to the API server as cluster administrator. The few requests made here do not need more than HTTP.
type admin struct {
	server string
	http   *http.Client
}

// newAdmin uses the certificates in pki. It does not connect yet.
func newAdmin(server, pki string) (*admin, error) {
	ca, err := os.ReadFile(filepath.Join(pki, "ca.crt"))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	cert, err := tls.LoadX509KeyPair(filepath.Join(pki, "admin.crt"), filepath.Join(pki, "admin.key"))
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{cert}}}
	return &admin{server, &http.Client{Timeout: 10 * time.Second, Transport: transport}}, nil
}

// statusError is an answer that is not 2xx.
type statusError struct {
	code int
	text string
}

func (e *statusError) Error() string { return fmt.Sprintf("status %d: %s", e.code, e.text) }

// do sends body (may be nil) and decodes the answer into out (may be nil).
func (a *admin) do(ctx context.Context, method, path, contentType string, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, a.server+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := a.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %w", method, path, &statusError{resp.StatusCode, string(text)})
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

func (a *admin) get(ctx context.Context, path string, out any) error {
	return a.do(ctx, "GET", path, "", nil, out)
}

// create posts object as JSON. An object that exists already is left as it is.
func (a *admin) create(ctx context.Context, path string, object any) error {
	body, err := json.Marshal(object)
	if err != nil {
		return err
	}
	err = a.do(ctx, "POST", path, "application/json", body, nil)
	var status *statusError
	if errors.As(err, &status) && status.code == http.StatusConflict {
		return nil
	}
	return err
}

// apply applies the manifest server-side.
func (a *admin) apply(ctx context.Context, path string, manifest []byte) error {
	return a.do(ctx, "PATCH", path+"?fieldManager=devcluster&force=true", "application/apply-patch+yaml", manifest, nil)
}

// waitFor polls path until it answers 200.
func (a *admin) waitFor(ctx context.Context, path string) error {
	return poll(ctx, func() error { return a.get(ctx, path, nil) })
}

// poll calls try until it returns nil. Its last error is the reason when ctx ends before.
func poll(ctx context.Context, try func() error) error {
	var last error
	for {
		err := try()
		if err == nil {
			return nil
		}
		if ctx.Err() == nil {
			last = err // not "context canceled"
		}
		select {
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), last)
		case <-time.After(pollInterval):
		}
	}
}
