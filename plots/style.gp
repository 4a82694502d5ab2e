# House style of every picture: left and bottom border only, grid lines pale and horizontal, no key (labels stand at the lines).
# Built into the program (see the rule in the Makefile), which looks for nothing outside of itself. Only our own bytes may stand here.
set border 3 lc rgb '#767676' lw 0.7
set tics nomirror out scale 0.5 textcolor rgb '#444444' font ',11'
set grid ytics lc rgb '#e6e6e6' lw 0.6 lt 1
unset key
