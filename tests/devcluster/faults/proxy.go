// Package faults is a proxy before the API server that breaks requests as a test says: see the README of devcluster.
package faults

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Proxy is the handler for the clients. The first element of a request's path names the client; what follows goes to
// the API server with the client's own headers, its bearer token among them.
type Proxy struct {
	server    string // URL of the API server
	transport http.RoundTripper
	lock      sync.Mutex // for all below
	scripts   map[string]*script
}

// New makes a proxy before the server, reached by the transport, which must not ask for compression by itself.
func New(server string, transport http.RoundTripper) *Proxy {
	return &Proxy{server: server, transport: transport, scripts: map[string]*script{}}
}

// script finds a client's, under the lock.
func (p *Proxy) script(client string) *script {
	if p.scripts[client] == nil {
		p.scripts[client] = &script{}
	}
	return p.scripts[client]
}

// exchange is one request on its way.
type exchange struct {
	proxy  *Proxy
	w      http.ResponseWriter
	in     *http.Request
	body   []byte
	target string // URL at the API server
	entry  *Entry
}

func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	client, path, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	body, err := io.ReadAll(r.Body)
	if err != nil {
		hangUp()
	}
	_, plain, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	call := parseCall(r.Method, "/"+plain, r.URL.Query(), body)
	p.lock.Lock()
	entry, rule := p.script(client).decide(call)
	p.lock.Unlock()

	x := &exchange{proxy: p, w: w, in: r, body: body, target: p.server + "/" + path, entry: entry}
	if r.URL.RawQuery != "" {
		x.target += "?" + r.URL.RawQuery
	}
	if rule == nil {
		x.pass(x.ask(r.Context()))
		return
	}
	x.carryOut(rule)
}

// hangUp closes the client's connection. What was written before goes out.
func hangUp() { panic(http.ErrAbortHandler) }

func (x *exchange) carryOut(r *Rule) {
	// The API server carries it out even if the client does not wait.
	ctx := context.WithoutCancel(x.in.Context())
	switch r.Do {
	case stall:
		select {
		case <-time.After(time.Duration(r.Seconds * float64(time.Second))):
		case <-x.in.Context().Done():
		}
		hangUp()
	case answer:
		x.answer(r)
	case lose:
		drain(x.ask(ctx))
		hangUp()
	case cut:
		x.cut(x.ask(x.in.Context()))
	case twice:
		drain(x.ask(ctx))
		x.pass(x.ask(ctx))
	case expire:
		x.expire()
	}
	if r.Do == refuse {
		hangUp()
	}
}

// told notes the code of an answer.
func (x *exchange) told(code int) {
	x.proxy.lock.Lock()
	x.entry.Code = code
	x.proxy.lock.Unlock()
}

// ask sends the request to the API server. Without an answer the client's connection is closed, as the API server's
// would be.
func (x *exchange) ask(ctx context.Context) *http.Response {
	out, err := http.NewRequestWithContext(ctx, x.in.Method, x.target, bytes.NewReader(x.body))
	if err != nil {
		hangUp()
	}
	copyHeaders(out.Header, x.in.Header)
	answer, err := x.proxy.transport.RoundTrip(out)
	if err != nil {
		hangUp()
	}
	x.told(answer.StatusCode)
	return answer
}

// copyHeaders leaves out those that are about a connection.
func copyHeaders(to, from http.Header) {
	for key, values := range from {
		switch key {
		case "Connection", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade":
		default:
			to[key] = values
		}
	}
}

func drain(answer *http.Response) {
	io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
}

// head writes the answer's status and headers.
func (x *exchange) head(answer *http.Response) {
	copyHeaders(x.w.Header(), answer.Header)
	x.w.WriteHeader(answer.StatusCode)
}

// pass gives the answer to the client, as it comes: a watch is an answer that takes long.
func (x *exchange) pass(answer *http.Response) {
	defer answer.Body.Close()
	x.head(answer)
	flush := http.NewResponseController(x.w)
	flush.Flush() // of a watch nothing more may come for a long time
	buffer := make([]byte, 32<<10)
	for {
		n, err := answer.Body.Read(buffer)
		if n > 0 {
			if _, err := x.w.Write(buffer[:n]); err != nil || flush.Flush() != nil {
				hangUp()
			}
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			hangUp()
		}
	}
}

// cut gives half of the answer; of a watch, half of what comes first.
func (x *exchange) cut(answer *http.Response) {
	defer answer.Body.Close()
	var body []byte
	var err error
	if x.entry.Verb == "watch" {
		body = make([]byte, 32<<10)
		var n int
		n, err = answer.Body.Read(body)
		body = body[:n]
	} else {
		body, err = io.ReadAll(answer.Body)
		x.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	if err != nil && err != io.EOF {
		hangUp()
	}
	x.head(answer)
	x.w.Write(body[:len(body)/2])
	http.NewResponseController(x.w).Flush()
	hangUp()
}

func (x *exchange) answer(r *Rule) {
	retryAfter := 0
	if r.Code == http.StatusTooManyRequests {
		retryAfter = max(int(r.Seconds), 1)
		x.w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	x.told(r.Code)
	x.w.Header().Set("Content-Type", "application/json")
	x.w.WriteHeader(r.Code)
	x.w.Write(newStatus(x.entry.Call, r.Code, retryAfter).text())
}

// expire is what a watch gets whose version is too old.
func (x *exchange) expire() {
	x.told(http.StatusOK)
	x.w.Header().Set("Content-Type", "application/json")
	text := newStatus(x.entry.Call, http.StatusGone, 0).text()
	x.w.Write([]byte(`{"type":"ERROR","object":` + string(bytes.TrimSpace(text)) + "}\n"))
}
