package workbench_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sandglass/backend/workbench"
)

// TestUploadsAreDeleted: what a browser sent goes with the last run that was given it, and at a start if it is old and no
// run was given it.
func TestUploadsAreDeleted(t *testing.T) {
	home := t.TempDir()
	w := open(t, home)
	upload := func(name string) string {
		info, err := w.KeepUpload(name, strings.NewReader("1"))
		if err != nil || info.Fault != nil {
			t.Fatal(info.Fault, err)
		}
		return info.Path
	}
	gone := func(path string) bool {
		_, err := os.Stat(path)
		return errors.Is(err, fs.ErrNotExist)
	}
	used, late, unused, fresh := upload("used.txt"), upload("late.txt"), upload("unused.txt"), upload("fresh.txt")
	first := runToEnd(t, w, workbench.Spec{Task: "x", Files: []workbench.FileRef{{Path: used}}, With: scripted(code("final_answer(1)"))})
	second := runToEnd(t, w, workbench.Spec{Task: "y", Files: []workbench.FileRef{{Path: late}}, From: &workbench.From{Run: first.ID, Step: workbench.LastStep}, With: scripted(code("final_answer(2)"))})
	old := time.Now().Add(-30 * 24 * time.Hour)
	for _, path := range []string{used, late, unused} {
		if err := os.Chtimes(filepath.Dir(path), old, old); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()

	w = open(t, home)
	for deadline := time.Now().Add(time.Minute); !gone(unused) && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
	}
	if !gone(unused) || gone(used) || gone(late) || gone(fresh) {
		t.Errorf("after a start: unused %t, used %t, late %t, fresh %t are gone", gone(unused), gone(used), gone(late), gone(fresh))
	}
	if err := w.DeleteRun(first.ID); err != nil || gone(used) {
		t.Errorf("the run that goes on needs it: %v", err)
	}
	if err := w.DeleteRun(second.ID); err != nil || !gone(used) || !gone(late) || gone(fresh) {
		t.Errorf("%v; used %t, late %t, fresh %t are gone", err, gone(used), gone(late), gone(fresh))
	}
}
