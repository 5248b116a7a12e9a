package cpython

import (
	"crypto/sha256"
	"encoding/binary"
	chacha "math/rand/v2"

	"sandglass/backend/sandbox"
)

// Where the time of a session begins if nothing is said, and that of the interpreter in the image. The image is the same
// on every computer: states are kept as differences to it.
const (
	bootWall = 1_735_689_600_000_000_000 // 2025-01-01
	bootMono = 1_000_000_000
	openMono = 10_000_000_000
)

// randomness makes the stream that one call into the guest draws from. Streams are apart, so that what a killed step
// drew, whose end is not predictable, has no influence on the next one.
func randomness(seed []byte, purpose byte, step int) *chacha.ChaCha8 {
	h := sha256.New()
	h.Write(seed)
	h.Write(binary.BigEndian.AppendUint64([]byte{purpose}, uint64(step)))
	return chacha.NewChaCha8([32]byte(h.Sum(nil)))
}

// Purposes of streams.
const (
	forBoot = iota
	forOpening
	forStep
	forItself // what the session asks of the driver
)

// withOrigin fills in what is not said.
func withOrigin(o sandbox.Origin) sandbox.Origin {
	fresh := sandbox.NewOrigin()
	if len(o.Seed) == 0 {
		o.Seed = fresh.Seed
	}
	if o.Clock == 0 {
		o.Clock = fresh.Clock
	}
	return o
}
