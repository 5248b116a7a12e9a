package store

import (
	"context"
	"os"
	"path/filepath"

	"sandglass/backend/fault"
)

// checkedSize is up to which size, in bytes, the database is looked through at every start: that takes about 0.1 s
// (BenchmarkCheck: 14 ms for each MiB, most of it for the search index). A larger one is looked through only after
// damage was met in it.
const checkedSize = 8 << 20

// suspectName marks, in the data folder, a database in which damage was seen while the app ran.
const suspectName = "sandglass.db.suspect"

func suspect(dir string) {
	_ = os.WriteFile(filepath.Join(dir, suspectName), nil, 0o600) // it only advises the next start
}

// check looks for damage: all of a small or suspect database, otherwise what is read anyway.
func (s *Store) check(ctx context.Context, path string) error {
	mark := filepath.Join(s.dir, suspectName)
	_, err := os.Stat(mark)
	suspected := err == nil
	if info, err := os.Stat(path); !suspected && err == nil && info.Size() > checkedSize {
		return nil
	}
	var result string
	if err := s.write.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&result); err != nil {
		return err
	}
	if result != "ok" {
		return fault.New(fault.DatabaseCorrupt, "The database is damaged", result, "")
	}
	if suspected {
		_ = os.Remove(mark)
	}
	return nil
}
