//go:build !linux

package linmem

// Other platforms copy. Windows could map a section object with FILE_MAP_COPY in the same way as Linux does.

type imageFile struct{}

var noFile imageFile

func (*imageFile) fill([]byte, []Run, int) (bool, error) { return false, nil }
func (*imageFile) close()                                {}

func newMapped(*Image, int) Store { return nil }
