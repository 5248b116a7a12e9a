package figure

import (
	"maps"
	"slices"
	"strings"
)

// What a figure may say. A name that is not here is refused: a picture that leaves out what was asked for is a wrong one. A
// name stands for all that is in it.

// quiet has no effect on a still picture.
var quiet = words(`type name visible showlegend legendgroup legendgrouptitle legendrank legendwidth hoverinfo hovertemplate hovertext hoverlabel
	hoveron hoverongaps ids customdata meta uid uirevision selected unselected selectedpoints stream xaxis yaxis opacity cliponaxis
	xhoverformat yhoverformat zhoverformat alignmentgroup bingroup`)

const (
	marker = `marker.pattern.shape marker.color marker.colorscale marker.cmin marker.cmax marker.cmid marker.cauto marker.autocolorscale marker.reversescale
		marker.showscale marker.colorbar marker.coloraxis marker.opacity marker.line.color marker.line.width`
	positions = "x y x0 y0 dx dy xperiodalignment yperiodalignment"
)

var traceKnows = map[string]map[string]bool{
	"scatter": words(positions, marker, `fillpattern.shape mode text texttemplate textposition textfont line.color line.width line.dash line.shape line.smoothing line.simplify
		marker.symbol marker.size marker.sizeref marker.sizemin marker.sizemode marker.maxdisplayed error_x error_y fill fillcolor connectgaps stackgroup stackgaps orientation groupnorm`),
	"bar": words(positions, marker, `orientation base width offset offsetgroup text texttemplate textposition textfont textangle insidetextfont
		outsidetextfont insidetextanchor constraintext error_x error_y`),
	"histogram": words(positions, marker, `orientation histfunc histnorm nbinsx nbinsy xbins ybins autobinx autobiny cumulative.enabled offsetgroup
		text texttemplate textposition textfont textangle insidetextanchor`),
	"box": words(positions, `orientation boxpoints boxmean quartilemethod width whiskerwidth fillcolor line.color line.width jitter pointpos
		notched marker.color marker.size marker.symbol marker.opacity marker.line offsetgroup notchwidth`),
	"violin": words(positions, `orientation points box.visible box.width box.fillcolor box.line meanline.visible side width fillcolor line.color
		line.width scalegroup scalemode spanmode marker offsetgroup jitter pointpos`),
	"pie": words(`values labels text texttemplate textinfo textposition textfont insidetextfont outsidetextfont insidetextorientation
		marker.colors marker.line hole pull rotation direction sort domain automargin scalegroup`),
	"heatmap": words(positions, `z colorscale zmin zmax zmid zauto autocolorscale reversescale showscale colorbar coloraxis text texttemplate
		textfont xgap ygap connectgaps`),
	"contour": words(positions, `z colorscale zmin zmax zmid zauto autocolorscale reversescale showscale colorbar coloraxis contours.start contours.end contours.size
		contours.coloring contours.showlines contours.showlabels contours.labelfont contours.type ncontours autocontour line.color line.width
		line.dash line.smoothing connectgaps`),
	"image": words(positions, "z source colormodel"),
}

var axisKnows = words(`type range autorange rangemode domain anchor side overlaying position matches scaleanchor scaleratio constrain
	constraintoward title categoryorder categoryarray tickmode tickvals ticktext tick0 dtick nticks tickformat tickprefix ticksuffix
	tickangle tickfont tickcolor ticklen tickwidth ticks showticklabels showgrid gridcolor gridwidth griddash zeroline zerolinecolor
	zerolinewidth showline linecolor linewidth mirror visible exponentformat automargin color fixedrange showspikes spikecolor spikemode
	spikesnap spikedash spikethickness hoverformat layer autotypenumbers uirevision separatethousands showexponent showtickprefix
	showticksuffix ticklabelposition ticklabelmode ticklabelstep ticklabeloverflow tickson calendar titlefont autotickangles minexponent constraintoward insiderange
	autorangeoptions`)

var layoutKnows = words(`title titlefont width height autosize margin font paper_bgcolor plot_bgcolor colorway colorscale showlegend legend
	annotations shapes barmode bargap bargroupgap barcornerradius boxmode boxgap boxgroupgap violinmode violingap violingroupgap
	template hovermode hoverlabel hoverdistance dragmode clickmode selectdirection spikedistance uirevision datarevision editrevision
	selectionrevision meta transition modebar separators newshape activeshape newselection activeselection autotypenumbers
	extendpiecolors extendsunburstcolors extendtreemapcolors hidesources updatemenus sliders computed hoversubplots`)

func words(texts ...string) map[string]bool {
	out := map[string]bool{}
	for _, t := range texts {
		for _, w := range strings.Fields(t) {
			out[w] = true
		}
	}
	return out
}

// only says for which values a name may stand that is known for them alone.
var only = map[string][]any{
	"notched": {false}, "barcornerradius": {0.0}, "fillpattern.shape": {""}, "marker.pattern.shape": {""}, "layer": {"above traces", "below traces"}, "quartilemethod": {"linear"},
	"spanmode": {"soft"}, "groupnorm": {""}, "separators": {".,", "."}, "tickson": {"labels"}, "ticklabelposition": {"outside"},
	"ticklabelmode": {"instant"}, "ticklabelstep": {1.0}, "scalegroup": nil,
}

const otherwise = "Leave it out, or show the figure with display(fig) or as .html, where plotly.js draws it."

func checkTrace(kind string, o object) {
	known := traceKnows[kind]
	unknown(o, "", func(path string, v any) bool { return (known[path] || quiet[path]) && allowed(path, v) }, kind+" traces")
}

func checkLayout(o object) {
	plain := object{}
	for k, v := range o {
		name, _, _ := strings.Cut(k, "axis")
		if strings.HasPrefix(k, name+"axis") && (name == "x" || name == "y") {
			unknown(asObject(v), "", func(path string, v any) bool { return axisKnows[path] && allowed(path, v) }, "axes")
			continue
		}
		if strings.HasPrefix(k, "coloraxis") {
			continue
		}
		plain[k] = v
	}
	unknown(plain, "", func(path string, v any) bool { return layoutKnows[path] && allowed(path, v) }, "layouts")
	if len(o.list("images")) > 0 {
		refuse(otherwise, "pictures in a layout are not drawn here")
	}
}

func allowed(path string, v any) bool {
	values, ok := only[path]
	return !ok || values == nil || slices.Contains(values, v)
}

// unknown refuses the first name that fine does not take. An object whose name is not known is looked into.
func unknown(o object, prefix string, fine func(path string, v any) bool, whose string) {
	for _, k := range slices.Sorted(maps.Keys(o)) {
		v := o[k]
		path := prefix + k
		if v == nil || fine(path, v) || strings.HasSuffix(k, "src") {
			continue
		}
		if inner := asObject(v); inner != nil && prefix == "" {
			if len(inner) > 0 {
				unknown(inner, path+".", fine, whose)
			}
			continue
		}
		if inner := asObject(v); inner != nil && strings.Count(prefix, ".") < 3 {
			unknown(inner, path+".", fine, whose)
			continue
		}
		if l, isList := v.([]any); isList && len(l) == 0 {
			continue
		}
		refuse(otherwise, "%.60q of %s is not drawn in still pictures", path, whose)
	}
}
