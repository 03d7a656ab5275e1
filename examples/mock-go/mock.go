// A mock of the Active-Active task API, in memory, on $PORT or a free port of the loopback address.
package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const user, password = "mock@example", "no-secret"

type task struct {
	id, guid, phase string
	ttl, aged       float64 // in seconds
	cancelFails     bool
	since           time.Time // when it came into its phase
}

type tasks map[string]*task

// find returns nil for a task that is unknown or expired.
func (all tasks) find(id string) *task {
	one := all[id]
	if one != nil && isEnded(one.phase) && time.Since(one.since).Seconds()+one.aged >= one.ttl {
		return nil
	}
	return one
}

func (all tasks) Phase(id string) (string, bool) {
	if one := all.find(id); one != nil {
		return one.phase, true
	}
	return "", false
}

func (all tasks) Create(wanted newTask) string {
	one := &task{id: wanted.ID, guid: newGUID(), ttl: 500, cancelFails: wanted.CancelFails}
	if wanted.ResultTTL != nil {
		one.ttl = float64(*wanted.ResultTTL)
	}
	all[one.id] = one
	all.Move(one.id, wanted.Phase)
	return one.guid
}

func (all tasks) Move(id, phase string)          { all[id].phase, all[id].since = phase, time.Now() }
func (all tasks) Age(id string, seconds float64) { all[id].aged += seconds }
func (all tasks) Remove(id string)               { delete(all, id) }

func newGUID() string {
	bytes := make([]byte, 16)
	rand.Read(bytes)
	return fmt.Sprintf("%x-%x-%x-%x-%x", bytes[:4], bytes[4:6], bytes[6:8], bytes[8:10], bytes[10:])
}

func shown(one *task) map[string]any {
	status := one.phase
	if status == "running" || status == "committing" {
		status = "started"
	}
	return map[string]any{"id": one.id, "crdb_guid": one.guid, "status": status}
}

// answer returns a status and what the body is made of, or nil.
func answer(all tasks, request *http.Request) (int, any) {
	if given, secret, ok := request.BasicAuth(); !ok || given != user || secret != password {
		return 401, nil
	}
	path, query := request.URL.EscapedPath(), request.URL.Query()
	if rest, ok := strings.CutPrefix(path, "/_control/v1"); ok {
		return control(all, request.Method, rest, request.Body)
	}
	if path == "/v1/crdb_tasks" && request.Method == "GET" {
		list := []any{}
		for id := range all {
			if one := all.find(id); one != nil {
				list = append(list, shown(one))
			}
		}
		return 200, list
	}
	rest, isTask := strings.CutPrefix(path, "/v1/crdb_tasks/")
	escaped, isCancel := strings.CutSuffix(rest, "/actions/cancel")
	id, err := url.PathUnescape(escaped)
	one := all.find(id)
	if !isTask || err != nil || one == nil || strings.Contains(escaped, "/") {
		return 404, nil
	}
	if isCancel && request.Method == "POST" {
		return cancel(all, one, query.Get("force") == "true")
	}
	if isCancel || request.Method != "GET" {
		return 404, nil
	}
	if ttl, err := strconv.ParseUint(request.Header.Get("X-Result-TTL"), 10, 31); err == nil {
		one.ttl = float64(ttl)
	}
	body := shown(one)
	if query.Get("verbose") == "true" {
		body["operation"] = "update"
	}
	return 200, body
}

func cancel(all tasks, one *task, force bool) (int, any) {
	if isEnded(one.phase) || one.phase == "committing" && !force {
		return 406, nil
	}
	if one.cancelFails {
		return 409, nil
	}
	all.Move(one.id, "failed")
	return 200, map[string]any{}
}

func main() {
	all, lock := tasks{}, sync.Mutex{}
	serve := func(response http.ResponseWriter, request *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		status, body := answer(all, request)
		if status == 401 {
			response.Header().Set("WWW-Authenticate", `Basic realm="mock"`)
		}
		if body != nil {
			response.Header().Set("Content-Type", "application/json")
		}
		response.WriteHeader(status)
		if body != nil {
			json.NewEncoder(response).Encode(body)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		panic(err)
	}
	fmt.Println("http://" + listener.Addr().String())
	panic(http.Serve(listener, http.HandlerFunc(serve))) // no ServeMux: it would rewrite paths
}
