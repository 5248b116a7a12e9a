package wheels

import (
	"archive/zip"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"
)

// checkRecord holds every file against RECORD: a wheel that was changed after it was made is refused. That also reads
// every file to its end, so lying sizes and broken checksums of the zip are found here.
func (w *wheel) checkRecord(*zip.Reader) error {
	text, err := w.text(w.info+"/RECORD", maxRecord)
	if err != nil {
		return err
	}
	rows := csv.NewReader(strings.NewReader(text))
	rows.FieldsPerRecord = 3
	listed := map[string]bool{}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return refuse("its RECORD cannot be read: "+err.Error(), "")
		}
		name := row[0]
		f := w.files[name]
		switch {
		case f == nil:
			return refuse(fmt.Sprintf("its RECORD lists %q, which is not in it", name), "Get it again.")
		case listed[name]:
			return refuse("its RECORD lists "+name+" twice", "")
		}
		listed[name] = true
		if unsigned(w.info, name) {
			continue
		}
		if err := compare(f, row[1], row[2]); err != nil {
			return err
		}
	}
	for name := range w.files {
		if !listed[name] && !unsigned(w.info, name) {
			return refuse("it holds "+name+", which its RECORD does not list", "It was changed after it was made. Get it again from where it comes from.")
		}
	}
	return nil
}

// unsigned are the files that cannot hold their own checksum.
func unsigned(info, name string) bool {
	return name == info+"/RECORD" || name == info+"/RECORD.jws" || name == info+"/RECORD.p7s"
}

func compare(f *zip.File, sum, size string) error {
	changed := refuse(f.Name+" in it is not what its RECORD says", "It was changed or damaged. Get it again from where it comes from.")
	kind, want, _ := strings.Cut(sum, "=")
	var h hash.Hash
	switch kind {
	case "sha256":
		h = sha256.New()
	case "sha384":
		h = sha512.New384()
	case "sha512":
		h = sha512.New()
	default:
		return refuse(fmt.Sprintf("its RECORD gives no usable checksum of %s (%q)", f.Name, kind), "")
	}
	r, err := f.Open()
	if err != nil {
		return refuse(f.Name+" in it cannot be read: "+err.Error(), "")
	}
	defer r.Close()
	n, err := io.Copy(h, io.LimitReader(r, maxUnpacked+1))
	if err != nil {
		return refuse(f.Name+" in it is damaged: "+err.Error(), "Get it again.")
	}
	got := base64.RawURLEncoding.EncodeToString(h.Sum(nil))
	if got != strings.TrimRight(want, "=") || size != "" && size != strconv.FormatInt(n, 10) {
		return changed
	}
	return nil
}
