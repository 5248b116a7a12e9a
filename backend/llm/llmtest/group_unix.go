//go:build unix

package llmtest

import (
	"os/exec"
	"syscall"
)

// ownGroup puts the process and its children into a group that can be killed as one.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func killGroup(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // gone already is fine
}
