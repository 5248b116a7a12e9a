package cpython

import (
	"encoding/json"
	"testing"

	"sandglass/backend/event"
)

func FuzzVariables(f *testing.F) {
	f.Add([]byte(`{"all":true,"changed":[{"name":"x","type":"list","kind":"data","preview":"[1]","len":1,"size":9,"more":true}],"removed":["y"],"total":1}`))
	f.Add([]byte(`{"changed":[{"table":{"columns":["a"],"rows":[[1]],"total":5},"dtypes":["int"],"shape":[1,2],"len":-1,"kind":"?"}],"total":-1}`))
	f.Add([]byte(`{"value":{"type":"str"},"text":"abc","items":[{"key":"a","size":-5}],"offset":-1}`))
	f.Add([]byte(`{"table":{"columns":["a"],"rows":[[1,2]],"total":5},"dtypes":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		check := func(s event.Summary, table *event.Table, dtypes []string) {
			if len(s.Preview) > maxPreview+3 || s.Size < 0 || s.Len != nil && *s.Len < 0 || len(s.Shape) > 32 || s.Kind == "" {
				t.Errorf("%q passed as %+v", data, s)
			}
			if table == nil {
				return
			}
			if len(dtypes) > 0 && len(dtypes) != len(table.Columns) || len(table.Rows) > maxPageRows {
				t.Errorf("%q passed as %+v", data, table)
			}
			for _, row := range table.Rows {
				if len(row) != len(table.Columns) {
					t.Errorf("%q passed", data)
				}
			}
		}
		var v event.Variables
		if json.Unmarshal(data, &v) == nil {
			if v := tidyVariables(v); v != nil {
				if len(v.Changed) > maxVariables || len(v.Removed) > maxNames || v.Total < 0 || v.More < 0 {
					t.Errorf("%q passed", data)
				}
				for _, c := range v.Changed {
					check(c.Summary, c.Table, c.DTypes)
				}
			}
		}
		p, err := decodePage(data)
		if err != nil {
			return
		}
		check(p.Value, p.Table, p.DTypes)
		for _, e := range p.Items {
			check(e.Summary, nil, nil)
		}
		if p.Offset < 0 || p.Total < 0 || len(p.Items) > maxPageRows {
			t.Errorf("%q passed", data)
		}
	})
}
