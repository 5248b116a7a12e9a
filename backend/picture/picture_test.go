package picture_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"sandglass/backend/fault"
	"sandglass/backend/picture"
)

func drawn(w, h int) *image.Paletted {
	m := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.RGBA{200, 0, 0, 255}})
	for x := range w {
		m.SetColorIndex(x, x*h/w, 1)
	}
	return m
}

func encoded(t testing.TB, encode func(w io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, w, h int) []byte {
	return encoded(t, func(b io.Writer) error { return png.Encode(b, drawn(w, h)) })
}

func jpegOf(t testing.TB, w, h int) []byte {
	return encoded(t, func(b io.Writer) error { return jpeg.Encode(b, drawn(w, h), nil) })
}

func gifOf(t testing.TB, w, h int) []byte {
	return encoded(t, func(b io.Writer) error {
		return gif.EncodeAll(b, &gif.GIF{Image: []*image.Paletted{drawn(w, h), drawn(w, h)}, Delay: []int{1, 1}})
	})
}

// webpOf is one pixel, lossless.
func webpOf(t testing.TB) []byte {
	data, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// enormous is a PNG that says that it has 60,000 × 60,000 pixels.
func enormous(t testing.TB) []byte {
	data := pngOf(t, 4, 4)
	binary.BigEndian.PutUint32(data[16:], 60_000)
	binary.BigEndian.PutUint32(data[20:], 60_000)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

func TestRead(t *testing.T) {
	small, photo := pngOf(t, 40, 30), jpegOf(t, 40, 30)
	for _, c := range []struct {
		name   string
		data   []byte
		want   picture.Picture // without Data
		same   bool            // to the byte
		refuse string
	}{
		{"png", small, picture.Picture{MediaType: "image/png", Width: 40, Height: 30}, true, ""},
		{"jpeg", photo, picture.Picture{MediaType: "image/jpeg", Width: 40, Height: 30}, true, ""},
		{"gif", gifOf(t, 40, 30), picture.Picture{MediaType: "image/png", Width: 40, Height: 30}, false, ""},
		{"webp", webpOf(t), picture.Picture{MediaType: "image/png", Width: 1, Height: 1}, false, ""},
		{"wide png", pngOf(t, 4096, 100), picture.Picture{MediaType: "image/png", Width: 2048, Height: 50, Scaled: true}, false, ""},
		{"tall jpeg", jpegOf(t, 10, 3000), picture.Picture{MediaType: "image/jpeg", Width: 6, Height: 2048, Scaled: true}, false, ""},
		{"text", []byte("<svg></svg>"), picture.Picture{}, false, "no PNG, JPEG, WebP or GIF"},
		{"nothing", nil, picture.Picture{}, false, "no PNG, JPEG, WebP or GIF"},
		{"damaged", pngOf(t, 4096, 100)[:200], picture.Picture{}, false, "damaged"},
		{"too many pixels", enormous(t), picture.Picture{}, false, "60000 × 60000 pixels"},
		{"too long", append(small[:len(small):len(small)], make([]byte, picture.MaxBytes)...), picture.Picture{}, false, "larger than 40 MB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := picture.Read("x.png", bytes.NewReader(c.data))
			if c.refuse != "" {
				if f := fault.Of(err); err == nil || f.Code != fault.Invalid || !strings.Contains(f.Error(), c.refuse) {
					t.Errorf("got %+v, %v", got, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Equal(got.Data, c.data) != c.same {
				t.Errorf("the same to the byte: %t", !c.same)
			}
			if info, ok := picture.Look(bytes.NewReader(got.Data)); !ok || info.MediaType != got.MediaType || info.Width != got.Width || info.Height != got.Height {
				t.Errorf("it says %+v, its content %+v", got, info)
			}
			got.Data = nil
			if got.MediaType != c.want.MediaType || got.Width != c.want.Width || got.Height != c.want.Height || got.Scaled != c.want.Scaled {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// noted puts a camera's note into a JPEG: EXIF with some other entry before the orientation.
func noted(jpeg []byte, order binary.AppendByteOrder, orientation uint16) []byte {
	tiff := []byte("II")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		tiff = []byte("MM")
	}
	tiff = order.AppendUint32(order.AppendUint16(tiff, 42), 8)
	tiff = order.AppendUint16(tiff, 2) // entries: tag, type, count, value
	tiff = append(order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, 0x0110), 2), 1), 'X', 0, 0, 0)
	tiff = order.AppendUint16(order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, 0x0112), 3), 1), orientation)
	segment := append([]byte("Exif\x00\x00"), append(tiff, 0, 0, 0, 0, 0, 0)...)
	head := binary.BigEndian.AppendUint16([]byte{0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 'J', 'F', 0xFF, 0xFF, 0xE1}, uint16(len(segment)+2))
	return append(append(head, segment...), jpeg[2:]...)
}

// TestTurned: a photo is shown as people see it, whatever way the camera was held. The names of the cases are those of the
// corner in which the standard has the first pixel of the file for an orientation.
func TestTurned(t *testing.T) {
	const w, h = 64, 32
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	for y := range h / 2 {
		clear(m.Pix[y*m.Stride:][:w/4])
	}
	plain := encoded(t, func(b io.Writer) error { return jpeg.Encode(b, m, nil) })
	for orientation, corner := range []string{0: "top left", 1: "top left", "top right", "bottom right", "bottom left", "top left", "top right", "bottom right", "bottom left", 9: "top left"} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			data := noted(plain, order, uint16(orientation))
			p, err := picture.Read("x.jpg", bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			want := picture.Picture{MediaType: "image/jpeg", Width: w, Height: h, Turned: orientation >= 2 && orientation <= 8}
			if orientation >= 5 && orientation <= 8 {
				want.Width, want.Height = h, w
			}
			info, _ := picture.Look(bytes.NewReader(data))
			got, _, err := image.Decode(bytes.NewReader(p.Data))
			if err != nil || info.Width != want.Width || info.Height != want.Height || bytes.Equal(p.Data, data) == want.Turned {
				t.Fatalf("%d %v: at a look %+v; %v", orientation, order, info, err)
			}
			first := ""
			for y, high := range map[int]string{2: "top", want.Height - 3: "bottom"} {
				for x, side := range map[int]string{2: "left", want.Width - 3: "right"} {
					if color.GrayModel.Convert(got.At(x, y)).(color.Gray).Y < 128 {
						first = high + " " + side
					}
				}
			}
			p.Data = nil
			if p.MediaType != want.MediaType || p.Width != want.Width || p.Height != want.Height || p.Turned != want.Turned || p.Scaled || first != corner {
				t.Errorf("%d %v: %+v with the first pixel %s; want %+v, %s", orientation, order, p, first, want, corner)
			}
		}
	}
}

// FuzzRead: whatever a file holds, it is refused or becomes an image of a fitting size.
func FuzzRead(f *testing.F) {
	for _, data := range [][]byte{pngOf(f, 3, 3), jpegOf(f, 3, 3), noted(jpegOf(f, 3, 2), binary.LittleEndian, 6), noted(jpegOf(f, 3, 2), binary.BigEndian, 3), gifOf(f, 3, 3), webpOf(f), enormous(f)} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if info, ok := picture.Look(bytes.NewReader(data)); ok && info.Width*info.Height > 1<<22 {
			t.Skip() // allowed up to a limit, but slow
		}
		p, err := picture.Read("x", bytes.NewReader(data))
		if err == nil && (len(p.Data) == 0 || max(p.Width, p.Height) > picture.MaxSide) {
			t.Errorf("%+v", p)
		}
	})
}
