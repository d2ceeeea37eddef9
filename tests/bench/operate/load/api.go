package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// api sends requests to the API server that a kubeconfig in JSON names, over HTTP/1.1 and kept connections.
type api struct {
	server string
	token  string
	client *http.Client
}

type kubeconfig struct {
	Clusters []struct {
		Cluster struct {
			Server string
			CA     []byte `json:"certificate-authority-data"`
		}
	}
	Users []struct {
		User struct {
			Token string
			Cert  []byte `json:"client-certificate-data"`
			Key   []byte `json:"client-key-data"`
		}
	}
}

func newAPI(path string, connections int) (*api, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var k kubeconfig
	if err := json.Unmarshal(text, &k); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(k.Clusters) != 1 || len(k.Users) != 1 {
		return nil, fmt.Errorf("%s: one cluster and one user are wanted", path)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(k.Clusters[0].Cluster.CA)
	config := &tls.Config{RootCAs: roots}
	if user := k.Users[0].User; len(user.Cert) != 0 {
		pair, err := tls.X509KeyPair(user.Cert, user.Key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	transport := &http.Transport{
		TLSClientConfig: config, MaxIdleConnsPerHost: connections, IdleConnTimeout: time.Hour,
		// Not HTTP/2: one connection would be one queue for all.
		TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
	return &api{k.Clusters[0].Cluster.Server, k.Users[0].User.Token, &http.Client{Transport: transport}}, nil
}

// send returns the answer when its code is below 300.
func (a *api) send(method, path, contentType, accept string, body any) (*http.Response, error) {
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		reader = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, a.server+path, reader)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", accept)
	if body != nil {
		request.Header.Set("Content-Type", contentType)
	}
	if a.token != "" {
		request.Header.Set("Authorization", "Bearer "+a.token)
	}
	answer, err := a.client.Do(request)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode >= 300 {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 500))
		answer.Body.Close()
		return nil, fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, text)
	}
	return answer, nil
}

const (
	plainJSON  = "application/json"
	mergePatch = "application/merge-patch+json"
)

// do sends a request and reads its answer into out, which may be nil.
func (a *api) do(method, path, contentType string, body, out any) error {
	answer, err := a.send(method, path, contentType, plainJSON, body)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if out != nil {
		if err := json.NewDecoder(answer.Body).Decode(out); err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
	}
	_, err = io.Copy(io.Discard, answer.Body) // else the connection is not used again
	return err
}
