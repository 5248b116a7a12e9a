package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/draw"
)

// Cameras write pixels as their sensor lies, and a note how the picture is to be turned (EXIF 2.32, tag Orientation, in
// the first directory of a TIFF structure in a JPEG's segment APP1). Viewers turn it; models are shown pixels.

// The values of the tag that matter here: 1 is upright, from 5 on width and height change places.
const (
	upright   = 1
	firstSide = 5
	lastValue = 8
)

// orientation is the value of the tag in the beginning of a JPEG file; upright if there is none that makes sense.
func orientation(jpeg []byte) int {
	const app1, startOfScan = 0xE1, 0xDA
	for rest := jpeg[min(2, len(jpeg)):]; len(rest) >= 4 && rest[0] == 0xFF; {
		if rest[1] == 0xFF { // fill byte
			rest = rest[1:]
			continue
		}
		marker, size := rest[1], int(binary.BigEndian.Uint16(rest[2:]))
		if marker == startOfScan || size < 2 || len(rest) < 2+size {
			break
		}
		if tiff, ok := bytes.CutPrefix(rest[4:2+size], []byte("Exif\x00\x00")); ok && marker == app1 {
			return orientationIn(tiff)
		}
		rest = rest[2+size:]
	}
	return upright
}

func orientationIn(tiff []byte) int {
	const tag, entrySize, short, long = 0x0112, 12, 3, 4
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case len(tiff) < 8:
		return upright
	case tiff[0] == 'M':
		order = binary.BigEndian
	}
	at := uint64(order.Uint32(tiff[4:]))
	if order.Uint16(tiff[2:]) != 42 || at+2 > uint64(len(tiff)) {
		return upright
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < entrySize {
			break
		}
		if order.Uint16(entries) == tag {
			value := 0
			switch order.Uint16(entries[2:]) {
			case short:
				value = int(order.Uint16(entries[8:]))
			case long:
				value = int(order.Uint32(entries[8:]))
			}
			if value < upright || value > lastValue {
				return upright
			}
			return value
		}
		entries = entries[entrySize:]
	}
	return upright
}

// turned is the image as it is to be seen.
func turned(img image.Image, orientation int) image.Image {
	if orientation == upright {
		return img
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	from := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(from, from.Bounds(), img, img.Bounds().Min, draw.Src)
	size := image.Rect(0, 0, w, h)
	if orientation >= firstSide {
		size = image.Rect(0, 0, h, w)
	}
	to := image.NewNRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			fx, fy := x, y
			switch orientation {
			case 2:
				fx = w - 1 - x
			case 3:
				fx, fy = w-1-x, h-1-y
			case 4:
				fy = h - 1 - y
			case 5:
				fx, fy = y, x
			case 6:
				fx, fy = y, h-1-x
			case 7:
				fx, fy = w-1-y, h-1-x
			case 8:
				fx, fy = w-1-y, x
			}
			copy(to.Pix[to.PixOffset(x, y):][:4], from.Pix[from.PixOffset(fx, fy):][:4])
		}
	}
	return to
}
