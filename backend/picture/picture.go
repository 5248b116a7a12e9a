// Package picture makes image files fit for models with vision: it tells the kind by the content, turns what not every
// server reads into PNG, and scales down what is larger than any model looks at.
package picture

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif" // the formats that are read
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"sandglass/backend/fault"
)

// The limits. Models scale images down themselves: to 2,048 pixels at most (OpenAI), most local ones to less than 1,600.
const (
	MaxSide   = 2048      // pixels of the longer side, in what a model gets
	MaxBytes  = 40 << 20  // of a file
	maxPixels = 120 << 20 // of a file, unpacked: 4 bytes each
	jpegAt    = 90        // quality
)

// Picture is an image as a model gets it.
type Picture struct {
	MediaType     string // image/png or image/jpeg
	Width, Height int    // pixels
	Data          []byte
	Scaled        bool // it was larger
	Turned        bool // it lay as the camera was held, and is upright now
}

// Info is what the beginning of a file tells.
type Info struct {
	MediaType     string // image/png, image/jpeg, image/gif, image/webp
	Width, Height int    // pixels, as it is to be seen

	orientation int
}

// Look tells by the content whether a file is an image that Read takes.
func Look(r io.Reader) (Info, bool) {
	var head bytes.Buffer // what stands before the pixels
	c, format, err := image.DecodeConfig(io.TeeReader(r, &head))
	if err != nil {
		return Info{}, false
	}
	info := Info{"image/" + format, c.Width, c.Height, upright}
	if format == "jpeg" {
		info.orientation = orientation(head.Bytes())
	}
	if info.orientation >= firstSide {
		info.Width, info.Height = c.Height, c.Width
	}
	return info, true
}

// Read makes a Picture of a file of this name (for faults). PNG and JPEG of a fitting size stay as they are, to the byte,
// unless a camera's note says that they are to be turned; of an animated GIF the first frame is taken. The fault is Invalid.
func Read(name string, r io.Reader) (Picture, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return Picture{}, fault.Wrap(err, fault.Denied, "The image "+name+" cannot be read", err.Error(), "Check its permissions.")
	}
	if len(data) > MaxBytes {
		return Picture{}, fault.New(fault.Invalid, fmt.Sprintf("The image %s is larger than %d MB", name, MaxBytes>>20), "", "Make it smaller, or give it as a file: code can read it.")
	}
	info, ok := Look(bytes.NewReader(data))
	if !ok {
		return Picture{}, fault.New(fault.Invalid, name+" is no image that models take", "by its content it is no PNG, JPEG, WebP or GIF", "Convert it, or give it as a file: code can read it.")
	}
	if info.Width*info.Height > maxPixels {
		return Picture{}, fault.New(fault.Invalid, fmt.Sprintf("The image %s has %d × %d pixels", name, info.Width, info.Height),
			fmt.Sprintf("unpacked it would take more than %d MB", maxPixels*4>>20), "Make it smaller, or give it as a file: code can read it.")
	}
	p := Picture{MediaType: info.MediaType, Width: info.Width, Height: info.Height, Data: data}
	asIs := info.MediaType == "image/png" || info.MediaType == "image/jpeg"
	if asIs && info.orientation == upright && max(info.Width, info.Height) <= MaxSide {
		return p, nil
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return Picture{}, fault.Wrap(err, fault.Invalid, "The image "+name+" is damaged", err.Error(), "")
	}
	p.Turned = info.orientation != upright
	return p.encode(turned(scaled(img), info.orientation))
}

// scaled makes the longer side fit.
func scaled(img image.Image) image.Image {
	size := img.Bounds().Size()
	longer := max(size.X, size.Y)
	if longer <= MaxSide {
		return img
	}
	to := image.NewNRGBA(image.Rect(0, 0, max(1, size.X*MaxSide/longer), max(1, size.Y*MaxSide/longer)))
	draw.CatmullRom.Scale(to, to.Bounds(), img, img.Bounds(), draw.Src, nil)
	return to
}

// encode writes photographs as JPEG again, everything else as PNG. What the camera noted, such as the place, is left out.
func (p Picture) encode(img image.Image) (Picture, error) {
	var b bytes.Buffer
	var err error
	if p.MediaType == "image/jpeg" {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: jpegAt})
	} else {
		p.MediaType = "image/png"
		err = png.Encode(&b, img)
	}
	size := img.Bounds().Size()
	p.Scaled = size.X != p.Width
	p.Width, p.Height, p.Data = size.X, size.Y, b.Bytes()
	return p, err
}
