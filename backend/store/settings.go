package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"sandglass/backend/fault"
)

// Agent is a saved agent; what the JSON means is the caller's business.
type Agent struct {
	Name string
	Data json.RawMessage
}

// Agents lists the saved agents by name.
func (s *Store) Agents(ctx context.Context) ([]Agent, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT name, data FROM agents ORDER BY name`)
	if err != nil {
		return nil, s.wrap("list agents", err)
	}
	defer rows.Close()
	agents := []Agent{}
	for rows.Next() {
		var a Agent
		var data string
		if err := rows.Scan(&a.Name, &data); err != nil {
			return nil, s.wrap("list agents", err)
		}
		a.Data = json.RawMessage(data)
		agents = append(agents, a)
	}
	return agents, s.wrap("list agents", rows.Err())
}

// Agent gives one agent. Faults: NotFound.
func (s *Store) Agent(ctx context.Context, name string) (Agent, error) {
	var data string
	err := s.read.QueryRowContext(ctx, `SELECT data FROM agents WHERE name = ?`, name).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return Agent{}, notFound("There is no agent %q", name)
	}
	return Agent{name, json.RawMessage(data)}, s.wrap("read agent", err)
}

// SaveAgent adds an agent or replaces the one of the same name. Faults: Invalid (no name, broken JSON).
func (s *Store) SaveAgent(ctx context.Context, a Agent) error {
	if strings.TrimSpace(a.Name) == "" {
		return fault.Newf(fault.Invalid, "An agent needs a name")
	}
	if !json.Valid(a.Data) {
		return fault.Newf(fault.Invalid, "The agent %q is not valid JSON", a.Name)
	}
	return s.exec(ctx, "save agent", `INSERT INTO agents (name, saved, data) VALUES (?1, ?2, ?3)
		ON CONFLICT (name) DO UPDATE SET saved = ?2, data = ?3`, a.Name, time.Now().UnixMilli(), string(a.Data))
}

// RenameAgent gives an agent another name. Faults: NotFound, Conflict (the name is taken).
func (s *Store) RenameAgent(ctx context.Context, name, to string) error {
	return s.begin(ctx, "rename agent", func(ctx context.Context, tx *sql.Tx) error {
		var taken int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM agents WHERE name = ?`, to).Scan(&taken); err != nil {
			return err
		}
		if taken > 0 {
			return fault.New(fault.Conflict, fmt.Sprintf("There is already an agent %q", to), "", "Choose another name.")
		}
		res, err := tx.ExecContext(ctx, `UPDATE agents SET name = ? WHERE name = ?`, to, name)
		if err != nil {
			return err
		}
		if n, _ := res.RowsAffected(); n == 0 {
			return notFound("There is no agent %q", name)
		}
		return nil
	})
}

// DeleteAgent deletes an agent; runs that used it stay. Faults: NotFound.
func (s *Store) DeleteAgent(ctx context.Context, name string) error {
	return s.begin(ctx, "delete agent", func(ctx context.Context, tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM agents WHERE name = ?`, name)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err == nil && n == 0 {
			return notFound("There is no agent %q", name)
		}
		return nil
	})
}

// Setting reads the setting into the value that into points at; found is false, and the value untouched, if it was
// never set.
func (s *Store) Setting(ctx context.Context, key string, into any) (found bool, err error) {
	var data []byte
	err = s.read.QueryRowContext(ctx, `SELECT value FROM settings WHERE key = ?`, key).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, s.wrap("read setting", err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return false, fmt.Errorf("decode setting %s: %w", key, err)
	}
	return true, nil
}

// SetSetting writes a setting as JSON. Secrets do not belong here: see backend/keyring.
func (s *Store) SetSetting(ctx context.Context, key string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode setting %s: %w", key, err)
	}
	return s.exec(ctx, "save setting", `INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2`,
		key, string(data))
}

// exec runs one statement in a transaction of its own.
func (s *Store) exec(ctx context.Context, what, stmt string, args ...any) error {
	return s.begin(ctx, what, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, stmt, args...)
		return err
	})
}

// SettingsUnder gives the settings whose keys begin with prefix, by key.
func (s *Store) SettingsUnder(ctx context.Context, prefix string) (map[string]json.RawMessage, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT key, value FROM settings WHERE substr(key, 1, length(?1)) = ?1`, prefix)
	if err != nil {
		return nil, s.wrap("list settings", err)
	}
	defer rows.Close()
	out := map[string]json.RawMessage{}
	for rows.Next() {
		var key, value string
		if err := rows.Scan(&key, &value); err != nil {
			return nil, s.wrap("list settings", err)
		}
		out[key] = json.RawMessage(value)
	}
	return out, s.wrap("list settings", rows.Err())
}

// DeleteSetting forgets a setting; one that was never set is no error.
func (s *Store) DeleteSetting(ctx context.Context, key string) error {
	return s.exec(ctx, "delete setting", `DELETE FROM settings WHERE key = ?1`, key)
}
