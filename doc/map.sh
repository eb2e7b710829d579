#!/bin/sh
# Draws the README's picture, doc/map.png, from a map_grid.nc, with GMT (Debian: gmt gmt-gshhg-low ghostscript).
#   doc/map.sh output/clm5/map_grid.nc doc/map.png
set -eu
grid=$(realpath "$1")
picture=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
gmt begin map png E120
gmt set FONT_ANNOT_PRIMARY 10p,Helvetica FONT_LABEL 11p,Helvetica MAP_FRAME_PEN thinner COLOR_NAN white MAP_GRID_PEN 0.2p,gray80
gmt makecpt -Cviridis -I -T0/30 -H >scale.cpt
gmt grdimage "$grid?soc_stock_0_100cm" -Rd -JW18c -Cscale.cpt -nn -Q
gmt coast -Rd -JW18c -Dl -A10000 -W0.4p,gray30 -Bg30
gmt colorbar -Cscale.cpt -DJBC+w9c/0.3c+h+o0/0.6c+ef -Bxa10+l"soil organic carbon of the first metre, kg m@+-2@+"
gmt end
mv map.png "$picture"
