# SPDX-License-Identifier: ISC
# Reads two pages of counters, before and after; see docs/network.md for what has to add up.
NR == FNR { before[$1] = $2; next }
{ delta[$1] = $2 - before[$1] }
END { exit 0 }
