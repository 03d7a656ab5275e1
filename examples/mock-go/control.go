package main

// The task control protocol 1: a test harness makes, moves and ages tasks with it.
// Call control from your own server, behind your own check of credentials, for requests under /_control/v1.

import (
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"
)

var phases = []string{"queued", "running", "committing", "finished", "failed"}
var idForm = regexp.MustCompile(`^[A-Za-z0-9._~-]{1,64}$`)

type newTask struct {
	ID          string `json:"id"`
	Phase       string `json:"phase"`
	ResultTTL   *int   `json:"result_ttl"`
	CancelFails bool   `json:"cancel_fails"`
}

// Store is what you write. Create returns the guid of the task's database, or "".
type Store interface {
	Phase(id string) (phase string, known bool)
	Create(task newTask) (guid string)
	Move(id, phase string)
	Age(id string, seconds float64)
	Remove(id string)
}

// control returns a status and what the body is made of, or nil. path is the part after /_control/v1.
func control(store Store, method, path string, body io.Reader) (int, any) {
	if method == "GET" && path == "" {
		return 200, map[string]any{"protocol": 1, "phases": phases, "age": true, "cancel_failure": true}
	}
	if method == "POST" && path == "/tasks" {
		return create(store, body)
	}
	parts := strings.Split(path, "/") // "", "tasks", id, and "phase" or "age"
	if len(parts) == 3 && parts[1] == "tasks" && method == "DELETE" {
		store.Remove(parts[2])
		return 204, nil
	}
	if len(parts) != 4 || parts[1] != "tasks" || method != "POST" {
		return 404, nil
	}
	switch parts[3] {
	case "phase":
		return move(store, parts[2], body)
	case "age":
		return age(store, parts[2], body)
	}
	return 404, nil
}

func create(store Store, body io.Reader) (int, any) {
	var task newTask
	if !read(body, &task) || !idForm.MatchString(task.ID) || !slices.Contains(phases, task.Phase) ||
		task.ResultTTL != nil && *task.ResultTTL < 0 {
		return 400, nil
	}
	if _, known := store.Phase(task.ID); known {
		return 409, nil
	}
	made := map[string]string{"id": task.ID}
	if guid := store.Create(task); guid != "" {
		made["crdb_guid"] = guid
	}
	return 201, made
}

func move(store Store, id string, body io.Reader) (int, any) {
	var to struct {
		Phase string `json:"phase"`
	}
	if !read(body, &to) || !slices.Contains(phases, to.Phase) {
		return 400, nil
	}
	phase, known := store.Phase(id)
	if !known {
		return 404, nil
	}
	if isEnded(phase) || slices.Index(phases, to.Phase) <= slices.Index(phases, phase) {
		return 409, nil
	}
	store.Move(id, to.Phase)
	return 204, nil
}

func age(store Store, id string, body io.Reader) (int, any) {
	var by struct {
		Seconds *float64 `json:"seconds"`
	}
	if !read(body, &by) || by.Seconds == nil || *by.Seconds < 0 {
		return 400, nil
	}
	if _, known := store.Phase(id); !known {
		return 404, nil
	}
	store.Age(id, *by.Seconds)
	return 204, nil
}

func isEnded(phase string) bool { return phase == "finished" || phase == "failed" }

// read reports whether the body is JSON without unknown fields.
func read(body io.Reader, into any) bool {
	decoder := json.NewDecoder(body)
	decoder.DisallowUnknownFields()
	return decoder.Decode(into) == nil
}
