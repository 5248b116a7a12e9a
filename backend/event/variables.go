package event

// Variables is what a step changed in the variables, against the step before it. A long log stays small because what did
// not change is not told again.
type Variables struct {
	All     bool       `json:"all,omitempty"` // not a difference: there was no step before it
	Changed []Variable `json:"changed,omitempty"`
	Removed []string   `json:"removed,omitempty"` // names
	Total   int        `json:"total"`             // variables there are
	More    int        `json:"more,omitempty"`    // of them, not told yet, because there are so many
	Fault   string     `json:"fault,omitempty"`   // why they are not known: the name of a Python exception
}

// Variable is a summary of a variable.
type Variable struct {
	Name string `json:"name"`
	New  bool   `json:"new,omitempty"` // the step before did not have it
	Summary
	Table  *Table   `json:"table,omitempty"`  // the first rows, if it is one
	DTypes []string `json:"dtypes,omitempty"` // of the table's columns
}

// Summary says what a Python value is, on a line.
type Summary struct {
	Type    string `json:"type"`            // name of its Python type
	Kind    string `json:"kind"`            // "data", "function", "class" or "module"
	Preview string `json:"preview"`         // cut to some 160 characters
	Len     *int64 `json:"len,omitempty"`   // items, or characters
	Shape   []int  `json:"shape,omitempty"` // of an array or data frame
	DType   string `json:"dtype,omitempty"` // of an array's items
	Size    int64  `json:"size,omitempty"`  // bytes, an estimate
	More    bool   `json:"more,omitempty"`  // there is more in it: see Page
}

// Page is a part of a value: of a table its rows, of a text some characters, of anything else its entries.
type Page struct {
	Value  Summary  `json:"value"`
	Offset int      `json:"offset"` // of the first row, entry or character
	Total  int      `json:"total"`  // rows, entries or characters of the whole value
	Table  *Table   `json:"table,omitempty"`
	DTypes []string `json:"dtypes,omitempty"` // of the table's columns
	Text   string   `json:"text,omitempty"`
	Items  []Entry  `json:"items,omitempty"`
}

// Entry is a part of a value: an item of a list, a key and value of a dict, an attribute of an object.
type Entry struct {
	Key string `json:"key"`
	Summary
}
