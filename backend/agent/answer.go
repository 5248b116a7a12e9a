package agent

import (
	"bytes"
	"encoding/json"

	"sandglass/backend/event"
	"sandglass/backend/tools"
)

// What is kept of a value for show, as in the sandbox's driver.
const (
	maxRepr = 20_000 // characters of the repr
	maxRows = 50     // of a table
)

// valueOf is a JSON value as Python would show it: what a model answers by a tool call looks like what code answers.
func valueOf(data json.RawMessage) *event.Value {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || data[0] == '"' {
		var s string
		if json.Unmarshal(data, &s) != nil {
			s = string(data)
		}
		return textValue(s)
	}
	v := &event.Value{JSON: data, Repr: cutMiddle(tools.PythonLiteral(data), maxRepr)}
	switch data[0] {
	case '{':
		v.Type = "dict"
	case '[':
		v.Type, v.Table = "list", tableOf(data)
	case 't', 'f':
		v.Type = "bool"
	case 'n':
		v.Type = "NoneType"
	default:
		v.Type = "int"
		if bytes.ContainsAny(data, ".eE") {
			v.Type = "float"
		}
	}
	return v
}

// tableOf is the table that a list of dicts with the same keys is, or nil.
func tableOf(data json.RawMessage) *event.Table {
	var rows []map[string]any
	var raw []json.RawMessage
	if json.Unmarshal(data, &rows) != nil || json.Unmarshal(data, &raw) != nil || len(rows) == 0 {
		return nil
	}
	t := &event.Table{Columns: keysOf(raw[0]), Total: len(rows)}
	for _, row := range rows {
		if len(row) != len(t.Columns) || len(row) == 0 {
			return nil
		}
		cells := make([]any, len(t.Columns))
		for i, name := range t.Columns {
			cell, ok := row[name]
			if !ok {
				return nil
			}
			switch cell.(type) {
			case map[string]any, []any:
				return nil
			}
			cells[i] = cell
		}
		if len(t.Rows) < maxRows {
			t.Rows = append(t.Rows, cells)
		}
	}
	return t
}

// keysOf lists the keys of an object in their order, which Go's maps do not keep.
func keysOf(object json.RawMessage) (keys []string) {
	d := json.NewDecoder(bytes.NewReader(object))
	if _, err := d.Token(); err != nil {
		return nil
	}
	for d.More() {
		k, err := d.Token()
		if err != nil {
			return nil
		}
		name, _ := k.(string)
		keys = append(keys, name)
		var skipped json.RawMessage
		if d.Decode(&skipped) != nil {
			return nil
		}
	}
	return keys
}
