package workbench

import "sandglass/backend/event"

// acting settles how an agent acts: as it was asked to, else as its model's check advises, else by code. Code takes the
// form of JSON by a schema where that is asked for or advised; otherwise, unless it is "off", the run may go over to it
// when the model loses the free form.
func acting(asked, advised event.Mode, structured string) (mode event.Mode, may bool) {
	switch {
	case asked == event.ModeTools:
		return asked, false
	case structured == "on":
		return event.ModeStructured, false
	case advised == event.ModeTools && asked == "":
		return advised, false
	case advised == event.ModeStructured && structured != "off":
		return advised, false
	}
	return "", structured != "off" // a log without the field means code
}
