package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
)

// sources is what reflection cannot see, keyed by "package.Type" and "package.Type.Member".
type sources struct {
	docs   map[string]string   // comments of types, fields and methods
	consts map[string][]string // values of the constants of a named string type
	params map[string][]string // parameter names of an interface's methods
	embeds map[string][]string // interfaces of its package that an interface is made of
}

func readSources(root string, packages ...string) (*sources, error) {
	s := &sources{docs: map[string]string{}, consts: map[string][]string{}, params: map[string][]string{}, embeds: map[string][]string{}}
	for _, pkg := range packages {
		dir := filepath.Join(root, "backend", pkg)
		files, err := os.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, f.Name()), nil, parser.ParseComments)
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", f.Name(), err)
			}
			for _, d := range file.Decls {
				if g, ok := d.(*ast.GenDecl); ok {
					s.decl(pkg, g)
				}
			}
		}
	}
	return s, nil
}

func (s *sources) decl(pkg string, g *ast.GenDecl) {
	for _, spec := range g.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			key := pkg + "." + spec.Name.Name
			s.docs[key] = first(spec.Doc, spec.Comment)
			if s.docs[key] == "" && len(g.Specs) == 1 {
				s.docs[key] = first(g.Doc)
			}
			s.members(key, spec.Type)
		case *ast.ValueSpec:
			id, ok := spec.Type.(*ast.Ident)
			if g.Tok != token.CONST || !ok || len(spec.Values) != 1 {
				continue
			}
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				v, _ := strconv.Unquote(lit.Value)
				key := pkg + "." + id.Name
				s.consts[key] = append(s.consts[key], v)
			}
		}
	}
}

func (s *sources) members(key string, t ast.Expr) {
	switch t := t.(type) {
	case *ast.StructType:
		for _, f := range t.Fields.List {
			for _, n := range f.Names {
				s.docs[key+"."+n.Name] = first(f.Doc, f.Comment)
			}
		}
	case *ast.InterfaceType:
		for _, m := range t.Methods.List {
			if id, ok := m.Type.(*ast.Ident); ok {
				pkg, _, _ := strings.Cut(key, ".")
				s.embeds[key] = append(s.embeds[key], pkg+"."+id.Name)
			}
			fn, ok := m.Type.(*ast.FuncType)
			if !ok || len(m.Names) == 0 {
				continue
			}
			k := key + "." + m.Names[0].Name
			s.docs[k] = first(m.Doc, m.Comment)
			for _, p := range fn.Params.List {
				for _, n := range p.Names {
					s.params[k] = append(s.params[k], n.Name)
				}
			}
		}
	}
}

// method is the key of an interface's method: its own, or one of an interface that it is made of. "" if there is none.
func (s *sources) method(iface, name string) string {
	if _, own := s.docs[iface+"."+name]; own {
		return iface + "." + name
	}
	for _, e := range s.embeds[iface] {
		if k := s.method(e, name); k != "" {
			return k
		}
	}
	return ""
}

// first is the first comment that says something, on one line.
func first(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if text := strings.Join(strings.Fields(g.Text()), " "); text != "" {
			return strings.ReplaceAll(text, "*/", "* /")
		}
	}
	return ""
}

// key is how sources names a type.
func key(t reflect.Type) string {
	return t.PkgPath()[strings.LastIndex(t.PkgPath(), "/")+1:] + "." + t.Name()
}
