package faults

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// Control is the handler for the test.
func (p *Proxy) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /clients/{client}/rules", p.putRules)
	mux.HandleFunc("GET /clients/{client}/log", p.getLog)
	return mux
}

// putRules replaces the client's rules; they begin to count anew.
func (p *Proxy) putRules(w http.ResponseWriter, r *http.Request) {
	rules, err := readRules(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	s := p.script(r.PathValue("client"))
	s.rules, s.matched = rules, make([]int, len(rules))
	w.WriteHeader(http.StatusNoContent)
}

// getLog lists the client's requests after that numbered ?after.
func (p *Proxy) getLog(w http.ResponseWriter, r *http.Request) {
	after, _ := strconv.Atoi(r.URL.Query().Get("after"))
	p.lock.Lock()
	defer p.lock.Unlock()
	log := p.script(r.PathValue("client")).log
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(log[min(max(after, 0), len(log)):])
}
